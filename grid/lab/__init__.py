"""Open data for universities, k-anonymous: a cut is checked, published frozen, and downloaded by anybody."""
