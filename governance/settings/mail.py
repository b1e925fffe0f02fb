"""Mail out (SMTP), mail in (SMTP/LMTP listener or IMAP polling) and the demo's mailbox."""

from . import env

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
globals().update(env.smtp(env.text("EMAIL_URL", "smtp://127.0.0.1:1025")))
EMAIL_TIMEOUT = 10  # seconds; shorter than the outbox's lease
MAIL_DOMAIN = env.text("MAIL_DOMAIN", "portal.example")
DEFAULT_FROM_EMAIL = f"大连市基层减负平台 <whistle@{MAIL_DOMAIN}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_INSTANCE = env.text("MAIL_INSTANCE", "dl1")  # in every Message-ID: how the portal recognises its own mail

# Replies come to reply+TOKEN@MAIL_DOMAIN; the listener takes SMTP or LMTP.
INBOUND_SMTP_HOST = env.text("INBOUND_SMTP_HOST", "127.0.0.1")
INBOUND_SMTP_PORT = env.number("INBOUND_SMTP_PORT", 1026)
INBOUND_LMTP_PORT = env.number("INBOUND_LMTP_PORT", 0)
INBOUND_IMAP_URL = env.text("INBOUND_IMAP_URL", "")
# Authentication-Results of this host are believed (the MTA in front of us); empty believes none.
INBOUND_AUTHSERV_ID = env.text("INBOUND_AUTHSERV_ID", "")
# The demo's mailbox: every address outside the portal, on loopback only.
MAILBOX_PORT = env.number("MAILBOX_PORT", 1025)
