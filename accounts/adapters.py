"""How django-allauth is bent to this office: no self sign-up, and second factors encrypted at rest."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts are made by an administrator."""
        return False

    def pre_login(self, request, user, **kwargs):
        """A demo account's password is public: it opens nothing outside demo mode."""
        if user.is_demo and not settings.DEMO_MODE:
            from allauth.core.exceptions import ImmediateHttpResponse
            from django.shortcuts import redirect

            raise ImmediateHttpResponse(redirect("account_login"))
        return super().pre_login(request, user, **kwargs)


def _fernet():
    keys = settings.SECOND_FACTOR_KEYS or [
        base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + secret.encode()).digest()).decode()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]
    return MultiFernet([Fernet(key) for key in keys])


class SecondFactorAdapter(DefaultMFAAdapter):
    """Stored secrets are encrypted: by default they would lie in the database as they are."""

    def encrypt(self, text):
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _fernet().decrypt(encrypted_text.encode()).decode()
