"""What communities are entitled to each year, and how it reaches them."""
