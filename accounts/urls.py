"""Sign-in, its password and its second factor: allauth's pages, those that serve here and no others.

Nobody signs up by themselves or changes their address; an administrator makes and changes accounts.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import TemplateView

from accounts import forms, views

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("signup/", TemplateView.as_view(template_name="account/signup_closed.html"), name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.ReauthenticateView.as_view(form_class=forms.ConfirmPasswordForm), name="account_reauthenticate"),
    path("password/change/", account.PasswordChangeView.as_view(form_class=forms.NewPasswordForm), name="account_change_password"),
    path("password/reset/", account.PasswordResetView.as_view(form_class=forms.ForgottenPasswordForm), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.PasswordResetFromKeyView.as_view(form_class=forms.ResetPasswordForm),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("2fa/", second_factor.index, name="mfa_index"),
    path("2fa/authenticate/", second_factor.AuthenticateView.as_view(form_class=forms.CodeForm), name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.ReauthenticateView.as_view(form_class=forms.ConfirmCodeForm), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.ActivateTOTPView.as_view(form_class=forms.FirstCodeForm), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
