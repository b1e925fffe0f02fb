"""Pages over the kernel: rules, calendar, metric cards, the audit trail, health. They know no business.

Roles appear by value: the roles themselves live in a slice above.
"""
