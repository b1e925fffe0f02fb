"""清单: the admission list by year, its items, what differs between two versions, and next year's draft."""
