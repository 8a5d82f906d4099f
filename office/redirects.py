"""Redirects: a page that moves leaves its old address behind, and no redirect leads in a circle."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext_lazy as _

from office.models import Redirect


def tidy(path):
    """A path as redirects are looked up by: without language, without a slash at the end."""
    language = get_language_from_path(path)
    if language:
        path = path.removeprefix(f"/{language}") or "/"
    return path.rstrip("/") or "/"


@transaction.atomic
def leave_behind(old_path, new_path):
    """The old address of a page leads to its new one from now on; addresses that led to the old one lead on as well.

    Paths with or without language. A redirect away from the new address is taken away: a page stands there now.
    Returns the Redirect, or None where nothing has moved.
    """
    old, new = tidy(old_path), tidy(new_path)
    if old == new:
        return None
    Redirect.objects.filter(old_path=new).delete()
    Redirect.objects.filter(new_path__in=[old, f"{old}/"]).update(new_path=f"{new}/")
    return Redirect.objects.update_or_create(old_path=old, defaults={"new_path": f"{new}/"})[0]


def refuse_a_circle(old_path, new_path, *, leave_out=None):
    """Refuses ("circle") a redirect after which following addresses would come back to where it began."""
    start, path = tidy(old_path), new_path
    known = dict(Redirect.objects.exclude(pk=leave_out).values_list("old_path", "new_path"))
    for _step in range(len(known) + 2):
        if path.startswith(("http://", "https://")):
            return
        path = tidy(path)
        if path == start:
            raise ValidationError(_("This redirect would lead in a circle."), code="circle")
        if path not in known:
            return
        path = known[path]
    raise ValidationError(_("This redirect would lead in a circle."), code="circle")
