"""What a public page tells search engines, feeds and other sites about itself, and the answer where a text is missing."""

import re
from dataclasses import dataclass, field
from html import unescape

from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

A_PAGE_HOLDS = 20
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
LANGUAGE_NAMES = dict(settings.LANGUAGES)


@dataclass
class Head:
    """The head of a page. `languages` are those in which the same page exists; `noindex` keeps it out of indexes;
    `query` are the pairs of the address that make it another page, as the choices of an archive do. `data` is what the
    page tells machines in the words of schema.org; `times` and `feeds` are pairs: (property, text) and (title, address). `picture` is the address of what others
    show beside a link, 1200 × 630."""

    title: str
    description: str = ""
    languages: tuple = field(default=LANGUAGES)
    noindex: bool = False
    kind: str = "website"
    query: tuple = ()
    data: dict | None = None
    times: tuple = ()
    feeds: tuple = ()
    picture: str = ""


def plain(html, letters=0):
    """The words of a rich text, on one line, cut at a word where `letters` are given."""
    text = " ".join(unescape(strip_tags(re.sub(r"<(?:/p|/li|/h\d|br)[^>]*>", " ", html or ""))).split())
    return Truncator(text).chars(letters) if letters else text


def paragraphs(html):
    """The words of a rich text, a line for each paragraph, heading or entry of a list; entries begin with a dash."""
    marked = re.sub(r"<li[^>]*>\s*(?:<p[^>]*>)?", "\n– ", html or "")
    marked = re.sub(r"</?(?:p|li|h\d|ul|ol|blockquote|tr|table)[^>]*>|<br[^>]*>", "\n", marked)
    marked = re.sub(r"</t[dh]>", "  ", marked)
    lines = (" ".join(unescape(strip_tags(line)).split()) for line in marked.split("\n"))
    return [line for line in lines if line]


def numbered_page(request, rows, size=A_PAGE_HOLDS, parameter="page"):
    """The page of a list that the address asks for; one that does not exist gives the nearest that does."""
    return Paginator(rows, size).get_page(request.GET.get(parameter))


def only_in(request, languages, title, url_name, *arguments):
    """The answer where a text exists, but not in the language asked for: it says so and leads to the text.

    `title` is a function of a language code. Indexes leave the page out; the address is right, so it is no 404.
    """
    from django.urls import reverse
    from django.utils.translation import override

    elsewhere = []
    for code in languages:
        with override(code):
            elsewhere.append({"code": code, "title": title(code), "url": reverse(url_name, args=arguments)})
    return render(
        request,
        "other_language.html",
        {
            "elsewhere": elsewhere,
            "head": Head(_("This page is not available in this language"), languages=tuple(languages), noindex=True),
        },
    )
