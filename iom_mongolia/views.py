"""What belongs to the portal as a whole: home, search, the choice of language, and pages for what goes wrong."""

import re
import sys
from pathlib import Path
from urllib.parse import urlencode

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
from office import pictures
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
                getattr(office, "name", "") or "IOM Mongolia", getattr(office, "opening", "") or "", data=office_data(office), feeds=feeds_of({}),
                picture=pictures.of_site(office),
            ),
        },
    )


@require_safe
def search(request):
    """Results for ?q=, of one kind, year and area of work with &kind=, &year= and &area=; &exact=1 takes no word for another.

    Nothing that is not public in the language of the page is found.
    """
    asked = " ".join(request.GET.get("q", "").split())[: office_search.LONGEST_QUERY]
    exact = bool(request.GET.get("exact"))
    year = request.GET.get("year", "")
    choices = {
        "kind": request.GET.get("kind", ""),
        "year": int(year) if re.fullmatch(r"[12]\d{3}", year, re.ASCII) else None,
        "area": request.GET.get("area", ""),
    }
    sources = (*office_search.SOURCES, *workshop_search.SOURCES)
    found, page, results, facets, areas = None, None, [], [], []
    if asked:
        found = office_search.search(asked, get_language(), sources, exact=exact, **choices)
        page = numbered_page(request, found.hits, RESULTS_ON_A_PAGE)
        results = found.results(page.object_list)
        facets = _facets(asked, found, exact=exact)
    if found and not found.hits:
        areas = WorkArea.objects.public()
    return render(
        request,
        "search.html",
        {
            "asked": asked,
            "exact": exact,
            "found": found,
            "rows": page,
            "results": results,
            "facets": facets,
            "areas": areas,
            "chosen": bool(found and found.chosen),
            "elsewhere": [(code, found.elsewhere.get(code, 0)) for code in LANGUAGES if code != get_language()] if found else [],
            "head": Head(_("Search"), noindex=True),
        },
    )


def _facets(asked, found, *, exact):
    """What the results can be narrowed to: (name of the choice, its words, [(label, how many, address, whether chosen)])."""
    kept = {"q": asked, **({"exact": "1"} if exact else {}), **found.chosen}

    def options(name, rows):
        without = {key: value for key, value in kept.items() if key != name}
        everything = (_("All"), None, f"?{urlencode(without)}", name not in found.chosen)
        return [everything, *((label, count, f"?{urlencode(without | {name: value})}", found.chosen.get(name) == value) for label, count, value in rows)]

    facets = [
        ("kind", _("Kind"), [(source.label, count, source.kind) for source, count in found.counts]),
        ("year", _("Year"), [(str(year), count, year) for year, count in found.years]),
        ("area", _("Area of work"), [(area.name, count, area.slug) for area, count in found.areas]),
    ]
    return [(name, label, options(name, rows)) for name, label, rows in facets if len(rows) > 1 or name in found.chosen]


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
