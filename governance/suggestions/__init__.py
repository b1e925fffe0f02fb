"""Suggestions: people's suggestions and the regulation library (capability 21; its issue is not open yet)."""
