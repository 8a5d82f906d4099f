"""Template tags of the public pages: links in the head, texts that exist in one language only, telephone addresses."""

import json
from urllib.parse import urlencode, urlsplit

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core.pages import LANGUAGES, plain

register = template.Library()

LOCALES = {"en": "en_GB", "mn": "mn_MN"}


@register.inclusion_tag("components/head_links.html", takes_context=True)
def head_links(context):
    """Canonical address, the same page in other languages, and what other sites show of a link. Needs `head`."""
    request, head = context.get("request"), context.get("head")
    if request is None or head is None:
        return {}
    # Of the query only the choices that the view names and the number of a list's page make another page.
    number = getattr(context.get("rows"), "number", 1)
    pairs = [*head.query, *([("page", number)] if number > 1 else [])]
    query = f"?{urlencode(pairs)}" if pairs else ""
    here = request.path
    alternates = []
    # The second page of a list holds other items in each language: it is no translation of the other's second page.
    if len(head.languages) > 1 and number == 1:
        for code in head.languages:
            alternates.append((code, request.build_absolute_uri(translate_url(here, code)) + query))
        # Without a language the portal chooses the visitor's.
        own = f"/{translation.get_language()}/"
        if here.startswith(own):
            alternates.append(("x-default", request.build_absolute_uri(here[len(own) - 1 :]) + query))
    office = context.get("country_office")
    language = translation.get_language()
    return {
        "head": head,
        # A page without a picture of its own shows the site's.
        "picture": head.picture or str(context.get("site_picture", "")),
        "data": json_ld(head.data) if head.data else "",
        "other_locales": [LOCALES[code] for code in head.languages if code != language],
        "canonical": request.build_absolute_uri(here) + query,
        "alternates": alternates,
        "locale": LOCALES.get(language, ""),
        "site": getattr(office, "name", "") or "IOM Mongolia",
    }


@register.simple_tag
def in_language(row, attribute="name"):
    """A name in the reader's language; where it has none, the one that it has, marked as being in its language."""
    language = translation.get_language()
    for code in (language, *LANGUAGES):
        words = getattr(row, f"{attribute}_{code}", "")
        if words:
            return words if code == language else format_html('<span lang="{}">{}</span>', code, words)
    return ""


@register.filter
def words(html):
    """The words of a rich text on one line."""
    return plain(html)


@register.filter
def tel(number):
    """A telephone number as the address of a link: digits and a leading +."""
    number = str(number or "")
    return ("+" if number.strip().startswith("+") else "") + "".join(filter(str.isdigit, number))


@register.simple_tag(takes_context=True)
def language_address(context, code):
    """The address of this very page in another language."""
    return translate_url(context["request"].path, code)


@register.filter
def site_name(url):
    """Whose address it is: the host without www."""
    return (urlsplit(str(url)).hostname or "").removeprefix("www.")


@register.filter
def shown_address(url):
    """A web address as people say it: without protocol, www and the last slash."""
    return str(url).split("://", 1)[-1].removeprefix("www.").rstrip("/")


_IN_A_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(said):
    """What a page says to machines, as data and no script: browsers run nothing of it, and no text can close it."""
    text = json.dumps(said, ensure_ascii=False, cls=DjangoJSONEncoder).translate(_IN_A_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped for scripts above
