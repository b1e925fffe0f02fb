"""Incidents: reported in three inputs, routed by place and rule, seven steps."""
