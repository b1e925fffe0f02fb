"""Open data for universities, k-anonymous."""
