"""What belongs to the portal as a whole: home, search, the choice of language, and pages for what goes wrong."""

import re
import sys
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.middleware import busy_answer, unreadable_answer
from core.pages import LANGUAGES, Head, numbered_page
from office import search as office_search
from office.feeds import feeds_of
from office.figures import figures
from office.models import CountryOffice, Goal, Indicator, NewsItem, WorkArea
from office.structured import office_data
from workshops import search as workshop_search
from workshops.models import Workshop

NEWS_ON_HOME = 3
RESULTS_ON_A_PAGE = 20


@require_safe
def choose_language(request):
    """The root leads to the language that the browser asks for; nothing is remembered."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request):
    office = CountryOffice.objects.first()
    today = timezone.localdate()
    workshops = Workshop.objects.public().select_related("funder")
    coming = workshops.upcoming().exclude(status=Workshop.Status.POSTPONED).exclude(starts_on=None)
    return render(
        request,
        "home.html",
        {
            "country_office": office,
            "next_workshop": coming.order_by("starts_on", "pk").first(),
            "today": today,
            "news": NewsItem.objects.published().for_cards()[:NEWS_ON_HOME],
            "areas": WorkArea.objects.public(),
            "figure": next(iter(figures(Indicator.objects.public().filter(on_home_page=True)[:1])), None),
            "goals": Goal.objects.all(),
            "head": Head(
                getattr(office, "name", "") or "IOM Mongolia", getattr(office, "opening", "") or "", data=office_data(office), feeds=feeds_of({})
            ),
        },
    )


@require_safe
def search(request):
    """Results for ?q=, of one kind with &kind=. Nothing that is not public in the language of the page is found."""
    asked = " ".join(request.GET.get("q", "").split())[: office_search.LONGEST_QUERY]
    kind = request.GET.get("kind", "")
    sources = (*office_search.SOURCES, *workshop_search.SOURCES)
    found, page, results = None, None, []
    if asked:
        found = office_search.search(asked, get_language(), sources, kind=kind)
        page = numbered_page(request, found.hits, RESULTS_ON_A_PAGE)
        results = found.results(page.object_list)
    return render(
        request,
        "search.html",
        {
            "asked": asked,
            "found": found,
            "rows": page,
            "results": results,
            "kind": kind if found and any(source.kind == kind for source, _count in found.counts) else "",
            "other_languages": [code for code in LANGUAGES if code != get_language()],
            "head": Head(_("Search"), noindex=True),
        },
    )


@require_safe
def mongolian_script(request):
    """The font for titles in the traditional script, where the setting names one: few machines have their own."""
    try:
        file = Path(settings.MONGOLIAN_SCRIPT_FONT or "/").open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(file, content_type="font/ttf")
    response["Cache-Control"] = "public, max-age=2592000"
    return response


def csrf_failure(request, reason=""):
    return render(request, "csrf.html", status=403)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    """The words of the address stand in the search box: often they are what was looked for."""
    last = re.split(r"/+", request.path_info.strip("/"))[-1]
    guess = " ".join(re.findall(r"[^\W\d_]{2,}", last))[:60]
    return render(request, "404.html", {"guess": "" if guess in LANGUAGES else guess}, status=404)


def bad_request(request, exception=None):
    return unreadable_answer(request)


def server_error(request):
    """Called while the fault is being handled, so what it was is at hand."""
    return busy_answer(request, sys.exception()) or render(request, "500.html", status=500)


@require_safe
def robots(request):
    """What robots may leave alone, and where the list of pages is."""
    rules = ["User-agent: *"]
    rules += [f"Disallow: /{code}/{part}/" for code in LANGUAGES for part in ("admin", "staff", "accounts", "search")]
    rules += ["", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(rules), content_type="text/plain; charset=utf-8")
