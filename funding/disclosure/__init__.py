"""What residents can see of the money, and ask about it."""
