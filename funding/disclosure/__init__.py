"""What residents can see of the money, and ask about it: published figures by their clock, public pages, the question box."""
