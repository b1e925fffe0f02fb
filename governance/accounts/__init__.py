"""Accounts: who acts where, from when to when (appointments), in which role, and how he signs in.

Stands on the kernel and the territory; the permission matrix's rows belong to the slices, the roles to this one.
"""
