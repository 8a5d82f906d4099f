"""Allauth's forms in the portal's words: labels instead of placeholders, hints that say what to do.

Nothing stops a password manager or a paste: no field hinders it and each says by `autocomplete` what it takes.
"""

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _


class Plain:
    """Takes allauth's placeholders away and sets labels and hints: `words` is {field: (label, hint)}."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]
            if name == "code":
                field.widget.attrs.update(inputmode="numeric", autocapitalize="off", spellcheck="false")


PASSWORD_RULE = _("At least 12 characters; several words are easy to remember. A password that many people use is refused.")


class SignInForm(Plain, account.LoginForm):
    words = {"login": (_("E-mail"), ""), "password": (_("Password"), "")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        if not self.is_bound:  # after an error the summary of errors has the focus
            self.fields["login"].widget.attrs["autofocus"] = True


class ConfirmPasswordForm(Plain, account.ReauthenticateForm):
    words = {"password": (_("Password"), "")}


class NewPasswordForm(Plain, account.ChangePasswordForm):
    words = {
        "oldpassword": (_("Current password"), ""),
        "password1": (_("New password"), PASSWORD_RULE),
        "password2": (_("New password once more"), ""),
    }


class ForgottenPasswordForm(Plain, account.ResetPasswordForm):
    words = {"email": (_("E-mail"), _("The address of your account."))}


class ResetPasswordForm(Plain, account.ResetPasswordKeyForm):
    words = {"password1": (_("New password"), PASSWORD_RULE), "password2": (_("New password once more"), "")}


class CodeForm(Plain, second_factor.AuthenticateForm):
    words = {"code": (_("Code"), _("Six digits from the app on your phone, or one of your recovery codes."))}


class ConfirmCodeForm(Plain, second_factor.ReauthenticateForm):
    words = {"code": (_("Code"), _("Six digits from the app on your phone, or one of your recovery codes."))}


class FirstCodeForm(Plain, totp.ActivateTOTPForm):
    words = {"code": (_("Code"), _("The six digits that the app shows now."))}


