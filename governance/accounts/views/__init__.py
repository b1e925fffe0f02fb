"""Pages of the accounts slice: sign-in, desk, people and appointments, set-up."""
