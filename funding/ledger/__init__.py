"""The double-entry ledger: accounts, journals, entries, balances, periods. The database keeps its rules."""
