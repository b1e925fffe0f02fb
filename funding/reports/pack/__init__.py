"""The audit pack: books, documents and vouchers of one project, community-year or unit-year in a ZIP with a hash manifest."""
