"""依规拒收: filed by a community, anonymous upward, answered by the department or ruled on."""
