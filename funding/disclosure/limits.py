"""How often one address may ask; without the cache questions still wait for a person before anyone sees them."""

from governance.accounts.limits import hourly

too_many = hourly("money-question", "disclosure.questions_per_hour")
