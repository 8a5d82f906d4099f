"""Items as the public will read them: the public page itself, drawn from rows that are put back afterwards."""

import copy
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.pages import LANGUAGES, Head
from office import reviews, versions
from office.models import PreviewLink


class Preview:
    """What the bar above a previewed page says: the item's title, the other languages' addresses, until when it can be read."""

    def __init__(self, item, addresses, until=None):
        self.item, self.addresses, self.until = item, addresses, until


def answer(request, item, addresses, *, until=None):
    """The item's public page in the language of the request, made of its newest text as if it were published now.

    Nothing of it stays in the database. `addresses`: [(code, address)] of this preview in each language. A language without
    a title has no page: the answer says so.
    """
    language = get_language()
    with versions.as_it_will_be(item):
        item = type(item)._base_manager.get(pk=item.pk)
        seen = copy.copy(request)
        seen.previewed = Preview(item, addresses, until)
        if not getattr(item, f"title_{language}"):
            head = Head(_("Not written in this language yet"), noindex=True)
            return render(seen, "office/preview_missing.html", {"head": head})
        now = timezone.now()
        for code in LANGUAGES:
            if getattr(item, f"title_{code}"):
                setattr(item, f"publish_at_{code}", now - timedelta(seconds=1))
                setattr(item, f"unpublish_at_{code}", None)
        item.save()
        found = resolve(item.get_absolute_url())
        seen.resolver_match = found
        response = found.func(seen, *found.args, **found.kwargs)
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@transaction.atomic
def make_link(item, *, by):
    """A link for somebody without an account; it ends after seven days. For those who write."""
    if not reviews.writes(by, item):
        raise PermissionDenied
    now = timezone.now()
    link = PreviewLink(item=item, made_at=now, made_by=by, expires_at=now + PreviewLink.LASTS)
    link.save()
    return link


@transaction.atomic
def revoke(link, *, by):
    """Ends a link at once; one that has ended already stays as it is."""
    if not reviews.writes(by, link.item):
        raise PermissionDenied
    PreviewLink.objects.live().filter(pk=link.pk).update(revoked_at=timezone.now(), revoked_by=by)
