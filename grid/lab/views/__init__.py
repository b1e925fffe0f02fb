"""Pages of the lab: the office's and the public's."""
