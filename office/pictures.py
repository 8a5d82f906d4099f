"""The picture that other sites show beside a link: drawn of the words of the page, so that none is ever missing or out of date."""

import functools
import hashlib

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import pdf
from core.addresses import absolute
from office.figures import span_text
from office.models import CountryOffice

WIDTH, HEIGHT = 1200, 630


def words_of(kind, title, day, office):
    """All that the picture says, as a tuple; the same words give the same picture."""
    return (
        get_language(), str(kind), str(day), title,
        getattr(office, "organisation_name", "") or "IOM", getattr(office, "name", "") or "IOM Mongolia",
    )  # fmt: skip


def address_with_version(path, words):
    """The picture's address in full; other words give another address, so that no site keeps an old one."""
    return f"{absolute(path)}?v={hashlib.sha256(repr(words).encode()).hexdigest()[:8]}"


def of_site(office):
    """The address of the picture for pages that have none of their own: what the office says of itself."""
    return address_with_version(reverse("office:picture"), words_of("", site_title(office), "", office))


def site_title(office):
    return getattr(office, "opening", "") or getattr(office, "name", "") or "IOM Mongolia"


def of_area(area, office):
    return address_with_version(reverse("office:work_area_picture", args=[area.slug]), words_of(_("Our Work"), area.name, "", office))


def of_figure(indicator, office):
    words = words_of(_("Data and Resources"), indicator.title, span_text(indicator), office)
    return address_with_version(reverse("office:indicator_picture", args=[indicator.slug]), words)


def answer(kind, title, day):
    """The picture as PNG."""
    response = HttpResponse(_drawn(words_of(kind, title, day, CountryOffice.objects.first())), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@functools.lru_cache(maxsize=64)
def _drawn(words):
    data = dict(zip(("language", "kind", "day", "title", "organisation", "office"), words, strict=True))
    return pdf.pages("share", data, pixels_per_inch=72)[0]
