"""Execution, risks, the audit pack, the official budget form."""
