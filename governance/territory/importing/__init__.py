"""Imports of divisions, departments and holidays: read, preview with errors by row and column, confirm, write at once.

Nothing is written before the confirmation, and nothing at all while one row is wrong.
"""
