"""The loop over HTTP: the same forms, filters, scope and services as the pages; only JSON around them."""
