"""Reporting with a telephone: one screen, drafts that survive a lost connection and are sent once."""
