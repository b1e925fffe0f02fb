"""Admission's panels on the desks: only for those who have something to do."""
