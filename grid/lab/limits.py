"""How often one address may download; without the cache the files are public all the same."""

from governance.accounts.limits import hourly

too_many = hourly("open-data", "lab.downloads_per_hour")
