"""What demands cost communities: quotas of departments, the index of a community and week."""
