"""Staff without a second factor are led to set one up before anything else."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse


def staff_have_a_second_factor(get_response):
    def middleware(request):
        if settings.SECOND_FACTOR_REQUIRED and request.user.is_authenticated:
            allowed = request.resolver_match is None and "/accounts/" in request.path
            if not allowed and not is_mfa_enabled(request.user):
                return redirect(reverse("mfa_activate_totp"))
        return get_response(request)

    return middleware
