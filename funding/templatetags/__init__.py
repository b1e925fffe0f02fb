"""Template filters of the funding app."""
