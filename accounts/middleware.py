"""Staff without a second factor are led to set one up before anything else."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect

# What serves to set it up, to say again who one is, and to leave.
WITHOUT_IT = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "healthz",
    "readyz",
}


def staff_have_a_second_factor(get_response):
    """Does nothing where SECOND_FACTOR_REQUIRED is off. A request without a session is not asked who it is from, so
    public pages stay the same for all."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        if not settings.SECOND_FACTOR_REQUIRED or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if request.resolver_match.view_name in WITHOUT_IT or not request.user.is_authenticated:
            return None
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return None
        return redirect("mfa_activate_totp")

    middleware.process_view = process_view
    return middleware
