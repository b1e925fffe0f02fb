"""The demo's mail world: an SMTP server that keeps everything, and a page where a newcomer plays the department."""
