"""准入申请: how an item gets onto the list, step by step, with its limits and its emergency lane (domain-rules 2.3)."""
