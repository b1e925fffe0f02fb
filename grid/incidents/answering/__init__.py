"""What a department does about an incident without an account: the pages behind the link of a mail, and plain replies."""
