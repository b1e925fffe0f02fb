"""Execution against time, risks by rule, the audit pack, the official budget form and final account."""
