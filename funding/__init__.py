"""Public money: a double-entry ledger, what communities are entitled to, projects, disclosure, reports."""
