"""The city's eye: figures of what the other slices do, each with its metric card and the list behind it.

Reads selectors and the kernel's rollup, owns no table. Nothing imports it.
"""
