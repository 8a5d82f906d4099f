"""Addresses in full, for what leaves the portal: letters, QR codes, calendars."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override


def absolute(path):
    """A path of the portal as others reach it."""
    return f"{settings.PORTAL_ADDRESS}{path}"


def address_of(name, *arguments, language):
    """The full address of a page in a language."""
    with override(language):
        return absolute(reverse(name, args=arguments))
