"""Pages of disclosure: the public ones and the desk's."""
