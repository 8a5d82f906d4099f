"""Settings of the portal: read from the environment, safe unless told otherwise.

PORTAL_MODE says what kind of place this is:
    production   (the default) nothing is assumed: SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and EMAIL_HOST are required
    demo         what `make run` starts: own machine, plain http, demo accounts may sign in
    test         what the tests use
"""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from iom_mongolia import postgres

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = Path(os.environ.get("PORTAL_LOCAL_DIR", BASE_DIR / ".local"))


def env(name, default=None, *, required_in_production=False):
    value = os.environ.get(name)
    if value:
        return value
    if required_in_production and IN_PRODUCTION:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default


def env_flag(name, default):
    return env(name, "yes" if default else "no").strip().lower() in {"1", "yes", "true", "on"}


def env_list(name, default=""):
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


PORTAL_MODE = os.environ.get("PORTAL_MODE", "production")
if PORTAL_MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("PORTAL_MODE is one of: production, demo, test.")
IN_PRODUCTION = PORTAL_MODE == "production"
# Demo accounts have published passwords: they exist and may sign in here only.
DEMO_MODE = PORTAL_MODE in {"demo", "test"}

DEBUG = env_flag("DEBUG", False) and not IN_PRODUCTION
SECRET_KEY = env("SECRET_KEY", "only-for-this-machine-and-never-in-production", required_in_production=True)
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver", required_in_production=True).split(",")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# How the portal is reached by those who read a letter or scan a QR code.
PORTAL_ADDRESS = env("PORTAL_ADDRESS", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if IN_PRODUCTION else "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "iom_mongolia.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_htmx",
    "django_prose_editor",
    "django_tasks_db",
    "pghistory",
    "pgtrigger",
    "core",
    "accounts",
    "contacts",
    "office",
    "workshops",
    "iom_mongolia",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.secure_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # For a poor connection; it pads what it sends, so that lengths betray no secret (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "core.middleware.refuse_unreadable_requests",
    "core.middleware.say_when_busy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.staff_have_a_second_factor",
    "core.middleware.keep_history_of_who",
    "office.middleware.follow_redirects",
]

ROOT_URLCONF = "iom_mongolia.urls"
WSGI_APPLICATION = "iom_mongolia.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iom_mongolia.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"

# Database ------------------------------------------------------------------------------------------------

DATABASE_URL = env("DATABASE_URL", required_in_production=True) or postgres.embedded_url()
DATABASES = {
    "default": {
        **postgres.database_settings(DATABASE_URL),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer in transaction mode cannot keep a server-side cursor.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache holds sign-in limits and used one-time codes, so all processes must share it.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Who may sign in -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.roles.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if PORTAL_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff:today"
LOGOUT_REDIRECT_URL = "home"
# Staff must have a second factor; on one's own machine that would only be in the way.
SECOND_FACTOR_REQUIRED = env_flag("SECOND_FACTOR_REQUIRED", IN_PRODUCTION)
# Keys that encrypt the second factors' secrets; the first encrypts, all decrypt. Derived from SECRET_KEY where not set.
SECOND_FACTOR_KEYS = env_list("SECOND_FACTOR_KEYS")

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Nobody can have the portal write to strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "IOM Mongolia"
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0"))

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "iom_mongolia.views.csrf_failure"
# A message needs no row in the session of somebody who is not signed in.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Transport and headers ------------------------------------------------------------------------------------

if IN_PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env_flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = int(env("SECURE_HSTS_SECONDS", str(2 * 365 * 24 * 3600)))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env_flag("SECURE_HSTS_PRELOAD", True)
    if env_flag("BEHIND_TLS_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# Where "Exit this page" leads: a site that says nothing of the one that was left, and is quickly there.
EXIT_ADDRESS = env("EXIT_ADDRESS", "https://www.google.com/")

# Languages, dates, places ----------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("mn", _("Mongolian"))]
LOCALE_PATHS = [BASE_DIR / "iom_mongolia" / "locale"]
FORMAT_MODULE_PATH = ["iom_mongolia.formats"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ulaanbaatar"

# Files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", LOCAL_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if PORTAL_MODE == "test":
    # Tests run without collecting files first.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(env("MEDIA_ROOT", LOCAL_DIR / "media"))
MEDIA_URL = "/media/"
# Who was erased, as digests: kept apart from the database, so that a restored backup brings nobody back.
ERASURE_LEDGER = Path(env("ERASURE_LEDGER", LOCAL_DIR / "erasures.log"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# Documents ------------------------------------------------------------------------------------------------

# A font file for names in traditional Mongolian script; without it such names are left out of certificates.
MONGOLIAN_SCRIPT_FONT = env("MONGOLIAN_SCRIPT_FONT", "")

# Letters --------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "IOM Mongolia <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if env("EMAIL_HOST", required_in_production=True):
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": env("EMAIL_HOST"),
                "port": int(env("EMAIL_PORT", "587")),
                "username": env("EMAIL_HOST_USER", ""),
                "password": env("EMAIL_HOST_PASSWORD", ""),
                "use_tls": env_flag("EMAIL_USE_TLS", True),
                "timeout": 10,
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "core.mail_folder.EmailBackend",
            "OPTIONS": {"file_path": LOCAL_DIR / "letters"},
        }
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"mask_tokens": {"()": "core.masking.MaskTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr, "filters": ["mask_tokens"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
