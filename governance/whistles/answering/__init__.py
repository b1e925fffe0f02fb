"""What a department does without an account: the pages behind the link of a mail."""
