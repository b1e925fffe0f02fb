"""Admission's lines in the menu."""

SECTION = "减负准入"
