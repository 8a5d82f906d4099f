"""Secret links: whoever has the address may do the one thing that it is for, without an account.

A token has 128 bits. What is random (the nonce) is stored beside a digest of the token; the token itself follows from the
nonce and the server's key, so that a letter or a badge can be made again, while the database alone opens nothing.
"""

import base64
import hashlib
import re
import secrets
from functools import wraps

from django.conf import settings
from django.db import models
from django.http import Http404
from django.urls import get_resolver
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache

from core.masking import TOKEN


def digest_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


def fresh_nonce():
    return secrets.token_hex(16)


class SecretQuerySet(models.QuerySet):
    def by_token(self, token):
        """The row whose token this is, or None; what it allows, and until when, is for the caller to say."""
        if not re.fullmatch(TOKEN, token or ""):
            return None
        row = self.filter(digest=digest_of(token)).first()
        # The index has compared already; this comparison tells nothing by the time it takes.
        return row if row is not None and constant_time_compare(row.digest, digest_of(token)) else None


class Secret(models.Model):
    """A row that a secret address leads to."""

    nonce = models.CharField(max_length=32, default=fresh_nonce, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = SecretQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options):
        self.seal()
        super().save(**options)

    def seal(self):
        """Works the digest out; for rows that are stored without `save`."""
        if not self.digest:
            self.digest = digest_of(self._derived(settings.SECRET_KEY))

    def _derived(self, key):
        code = salted_hmac(f"core.secrets.{self._meta.label_lower}", self.nonce, secret=key, algorithm="sha256").digest()[:16]
        return base64.urlsafe_b64encode(code).rstrip(b"=").decode()

    @property
    def token(self):
        """The token, to be put into a letter or a QR code and nowhere else.

        Raises LookupError where neither SECRET_KEY nor one of its fallbacks made it: such a link must be renewed.
        """
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            token = self._derived(key)
            if digest_of(token) == (self.digest or digest_of(token)):
                return token
        raise LookupError("The key that made this link is gone.")


def secret_page(view):
    """Decorator of views behind a token: kept by no cache and no search engine, and its address told to no other page.

    The origin is still sent, for the check against forged forms needs it.
    """

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except Http404 as absent:
            response = get_resolver().resolve_error_handler(404)(request, exception=absent)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded
