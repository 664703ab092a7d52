"""What Django is told, made from the program's settings; it writes only the keys of the home.

The home, the keys and the database file are made where there are none, for their owner alone.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from caretally.project.database_url import SQLITE_FILE, database_settings
from caretally.settings import Settings

KEY_FILE = "secret_key"
SEALING_FILE = "sealing_key"
APPS = (
    "caretally.store", "caretally.web",
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.humanize",
    "allauth", "allauth.account", "allauth.mfa", "allauth.usersessions", "axes", "csp",
    "django_htmx", "django_tasks", "django_tasks_db",
)  # fmt: skip
MIDDLEWARE = (
    "caretally.web.frame.request_log.request_log",
    "caretally.api.metering.metering",
    "caretally.api.metering.api_refusals",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "caretally.web.frame.middleware.refusals",
    "caretally.web.portal.wall.portal_wall",
    "caretally.web.frame.middleware.automatic_log_off",
    "caretally.web.frame.middleware.second_factor",
    "axes.middleware.AxesMiddleware",
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "caretally.web.frame.request_log.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "caretally": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
"""Lines of JSON on standard error. A page that is not there is no error."""
WEB = Path(__file__).resolve().parent.parent / "web"
WEEK = 7 * 24 * 3600


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Django's settings."""
    home = made_home(settings.home)
    if not settings.database_url:
        (home / SQLITE_FILE).touch(mode=0o600, exist_ok=True)
    return {
        "SECRET_KEY": settings.secret_key or kept_secret(home, KEY_FILE),
        "HOOK_NETWORKS": settings.hook_networks,
        "PUBLIC_URL": settings.public_url,
        "LIVE_PORT": settings.live_port,
        "LIVE_URL": settings.live_url,
        "NOTICES": {
            name: getattr(settings, name)
            for name in ("smtp_url", "mail_from", "sms_url", "sms_body", "sms_authorization")
        },
        "SEALING_KEYS": settings.sealing_keys or (kept_secret(home, SEALING_FILE),),
        "DATABASES": databases(settings, home),
        "INSTALLED_APPS": list(APPS),
        "MIDDLEWARE": list(MIDDLEWARE),
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en-us",
        "DEBUG": False,
        "ROOT_URLCONF": "caretally.project.urls",
        "WSGI_APPLICATION": "caretally.project.wsgi.application",
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "TEMPLATES": [templates()],
        "LOGGING": LOGGING,
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
        **addresses(settings),
        **sign_in(),
    }


def databases(settings: Settings, home: Path) -> dict[str, Any]:
    """Return the databases: the program's, and the same as its owner sees it where one is named."""
    found = {"default": database_settings(settings.database_url, home)}
    if settings.owner_database_url:
        found["owner"] = database_settings(settings.owner_database_url, home)
    return found


def templates() -> dict[str, Any]:
    """Return how pages are rendered."""
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "caretally.web.frame.context.frame",
            ],
        },
    }


def addresses(settings: Settings) -> dict[str, Any]:
    """Return what depends on the address under which people reach the program."""
    public = urlsplit(settings.public_url)
    is_tls = public.scheme == "https"
    hosts = [settings.host, "localhost", "127.0.0.1", "[::1]", public.hostname or ""]
    known = sorted(set(filter(None, hosts)))
    return {
        "ALLOWED_HOSTS": known,
        "LIVE_ORIGINS": [settings.public_url] if settings.public_url
        else [f"http://{each}:{settings.port}" for each in known],
        "CSRF_TRUSTED_ORIGINS": [settings.public_url] if settings.public_url else [],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if is_tls else None,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not is_tls,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": WEEK * 52 if is_tls else 0,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SESSION_COOKIE_SECURE": is_tls,
        "CSRF_COOKIE_SECURE": is_tls,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "caretally_session",
        "CSRF_COOKIE_NAME": "caretally_csrf",
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [NONE], "script-src": [SELF], "style-src": [SELF],
                "img-src": [SELF, "data:"], "font-src": [SELF],
                "connect-src": [SELF, *live_sources(settings, known)],
                "form-action": [SELF], "base-uri": [NONE], "frame-ancestors": [NONE],
                "manifest-src": [SELF],
            }
        },
    }  # fmt: skip


def live_sources(settings: Settings, hosts: list[str]) -> list[str]:
    """Return where pages may hold a live connection."""
    if settings.live_url:
        address = urlsplit(settings.live_url)
        return [f"{address.scheme}://{address.netloc}"]
    if not settings.live_port or settings.public_url:
        return []
    # Browsers take no IPv6 address in this list.
    return [f"ws://{each}:{settings.live_port}" for each in hosts if not each.startswith("[")]


def sign_in() -> dict[str, Any]:
    """Return how people sign in: accounts are made by an administrator, never by a visitor."""
    return {
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("UserAttributeSimilarityValidator", {}),
                ("MinimumLengthValidator", {"min_length": 12}),
                ("CommonPasswordValidator", {}),
            )
        ],
        "LOGIN_URL": "/accounts/login/",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "caretally.web.frame.accounts.ClosedDoor",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_LOGOUT_ON_GET": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_AGE": 12 * 3600,
        "ACCOUNT_RATE_LIMITS": {"login_failed": "30/m/ip,10/5m/key"},
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 900,
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes", "webauthn"],
        "MFA_RECOVERY_CODE_COUNT": 10,
        "MFA_TOTP_ISSUER": "Caretally",
        "MFA_TOTP_TOLERANCE": 1,
        "USERSESSIONS_TRACK_ACTIVITY": False,
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": 0.25,
        # A stranger at another address cannot lock anybody out.
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_USERNAME_CALLABLE": "caretally.web.frame.accounts.typed_login",
        "AXES_CLIENT_IP_CALLABLE": "caretally.web.frame.accounts.client_address",
        "AXES_LOCKOUT_CALLABLE": "caretally.web.frame.accounts.locked_out",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_VERBOSE": False,
        "AXES_ENABLE_ACCESS_FAILURE_LOG": False,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }


def made_home(home: Path) -> Path:
    """Return the home, made if need be."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def kept_secret(home: Path, name: str) -> str:
    """Return a secret of a home, made once and readable by its owner alone."""
    file = home / name
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(secrets.token_urlsafe(64) + "\n")
    return kept_secret(home, name)
