"""Communities: what may reach them, what hangs at their doors, how large they are."""
