"""Mail that comes in: kept first, read afterwards.

The listener (``server``) and the IMAP poll (``imap``) only store; ``process`` reads each stored mail: loops and bounces, who it is from,
what it says, and what follows. What cannot be trusted waits in quarantine for a person; what cannot be read becomes a comment.
"""
