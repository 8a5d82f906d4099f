"""Writes into the log who signs in, who fails to, and whose second factor changes; a server's log keeps it."""

import logging

from allauth.account.adapter import get_adapter
from allauth.mfa import signals as second_factor
from django.contrib.auth import signals
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver

log = logging.getLogger("portal.sign_in")


def _from(request):
    """The visitor's address as the limits see it; behind a socket or in a command there may be none."""
    try:
        return get_adapter().get_client_ip(request) if request is not None else "no request"
    except PermissionDenied:
        return "no address"


@receiver(signals.user_logged_in)
def signed_in(sender, request, user, **kwargs):
    log.info("signed in: %s from %s", user.email, _from(request))


@receiver(signals.user_login_failed)
def failed(sender, credentials, request=None, **kwargs):
    """`repr`, so that what was typed cannot begin a line of its own in the log."""
    log.warning("sign-in failed: %r from %s", str(credentials.get("email", ""))[:254], _from(request))


@receiver(second_factor.authentication_failed)
def wrong_code(sender, request, user, **kwargs):
    log.warning("wrong second factor: %s from %s", user.email, _from(request))


@receiver(second_factor.authenticator_added)
def factor_added(sender, request, user, authenticator, **kwargs):
    log.warning("second factor added: %s %s from %s", user.email, authenticator.type, _from(request))


@receiver(second_factor.authenticator_removed)
def factor_removed(sender, request, user, authenticator, **kwargs):
    log.warning("second factor removed: %s %s from %s", user.email, authenticator.type, _from(request))
