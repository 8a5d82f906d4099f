"""System checks of what the portal relies on and cannot repair by itself."""

from django.conf import settings
from django.core.checks import Error, Info, Tags, register
from django.core.checks import Warning as Warned
from django.db import connection


@register(Tags.database)
def database_lowers_mongolian(app_configs, databases, **kwargs):
    """With a plain C ctype PostgreSQL leaves Mongolian capitals as they are, and search goes blind."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('ӨҮ'), current_setting('default_transaction_isolation')")
        lowered, isolation = cursor.fetchone()
    problems = []
    if lowered != "өү":
        problems.append(
            Error(
                "The database cannot lower-case Mongolian letters.",
                hint="Create it with a UTF-8 locale, for example the builtin C.UTF-8: "
                "CREATE DATABASE … TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'.",
                id="core.E001",
            )
        )
    if isolation != "read committed":
        problems.append(
            Error(
                f"The database's default isolation is {isolation}; seats are counted in read committed.",
                id="core.E002",
            )
        )
    return problems


@register(Tags.caches)
def cache_is_shared(app_configs, **kwargs):
    """A cache of one process would let another one accept the same one-time code again."""
    backend = settings.CACHES["default"]["BACKEND"]
    if settings.PORTAL_MODE == "production" and backend.rsplit(".", 1)[-1] in {"LocMemCache", "DummyCache"}:
        return [Error("The cache must be shared by all processes.", id="core.E003")]
    return []


@register(deploy=True)
def visitors_are_told_apart(app_configs, **kwargs):
    """Behind a proxy that is not counted all visitors come from its address: one who asks too often would lock all others out."""
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        hint = "Set TRUSTED_PROXY_COUNT to the number of proxies before the portal, each of which adds to X-Forwarded-For."
        return [Warned("Behind the proxy all visitors share one limit of requests and of sign-ins.", hint=hint, id="core.W002")]
    return []


@register(deploy=True)
def mongolian_script_can_be_set(app_configs, **kwargs):
    """Certificates leave a name in traditional script out where its font is missing; whoever installs the portal should know."""
    from core import pdf

    hint = (
        "Install a font for it and name its file in MONGOLIAN_SCRIPT_FONT; on Debian the package fonts-noto-core "
        "brings /usr/share/fonts/truetype/noto/NotoSansMongolian-Regular.ttf."
    )
    if not settings.MONGOLIAN_SCRIPT_FONT:
        return [Info("Certificates leave out names in traditional Mongolian script.", hint=hint, id="core.I001")]
    if not pdf.script_font():
        return [Warned(f"MONGOLIAN_SCRIPT_FONT names no font that can be read: {settings.MONGOLIAN_SCRIPT_FONT}", hint=hint, id="core.W001")]
    return []
