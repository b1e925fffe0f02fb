"""One settings package: ``env`` reads the environment, one small file per integration, everything here is plain Django."""

from . import env
from .api import *  # noqa: F403
from .mail import *  # noqa: F403
from .queue import *  # noqa: F403
from .security import *  # noqa: F403

BASE_DIR = env.BASE_DIR
VAR_DIR = env.Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)
DEMO_WHISTLES = env.number("DEMO_WHISTLES", 600)  # 0: the demo's people without their history
STARTED_AT = env.number("STARTED_AT", 0)  # seconds since 1970: a heartbeat from before this start does not count
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "governance",
    "communities",
    "grid",
    "funding",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "pgtrigger",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "js_lib_leaflet",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "governance.kernel.ui.middleware.DisplayModeMiddleware",
]
ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.kernel.ui.context.portal",
            ],
            "builtins": ["governance.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "governance.kernel.ui.forms.PortalFormRenderer"
FILTERS_EMPTY_CHOICE_LABEL = "全部"

# Migrations run as the owner of the tables; the portal itself connects as a role that cannot alter them (reliability.md 6).
_owner = env.flag("DATABASE_AS_OWNER", False)
DATABASES = {
    "default": env.database(
        env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL")) if _owner else env.text("DATABASE_URL")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {  # the cache is a convenience: nothing is lost with it
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "portal"}  # noqa: F405
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.flag("PLAIN_STATIC", False)
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"mail.log": {"level": "WARNING"}},  # aiosmtpd would write every reply address, which is a secret
}
