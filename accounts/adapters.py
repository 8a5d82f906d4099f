"""How django-allauth is bent to this office: no self sign-up, quiet messages, and second factors encrypted at rest."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail or the password is wrong. Check both; capital letters count in the password."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is wrong or too old. Wait for the next one and type that."),
        "too_many_login_attempts": _("Too many wrong attempts. Wait five minutes, or have your password reset by e-mail."),
        "rate_limited": _("Too many attempts. Wait a minute."),
    }

    def is_open_for_signup(self, request):
        """Accounts are made by an administrator."""
        return False

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """That one has signed in or out is seen; a message would leave a cookie with somebody who has just left."""
        if message_template in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def send_password_reset_mail(self, user, email, context):
        """In the language of the account, whoever asked for it."""
        with translation.override(user.preferred_language):
            super().send_password_reset_mail(user, email, context)

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)


def _fernet():
    keys = settings.SECOND_FACTOR_KEYS or [
        base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + secret.encode()).digest()).decode()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]
    return MultiFernet([Fernet(key) for key in keys])


class SecondFactorAdapter(DefaultMFAAdapter):
    """Stored secrets are encrypted: by default they would lie in the database as they are."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text):
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _fernet().decrypt(encrypted_text.encode()).decode()
