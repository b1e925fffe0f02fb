"""WSGI entry point for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
application = get_wsgi_application()

# What was imported stays for ever: the collector need not look at it again, and the workers share it after the fork.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)  # a request makes some thousand objects that mostly end with it
