"""The office's public pages: work areas, and whom to ask."""

from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts.models import PressContact
from core.pages import Head, only_in, plain
from office import pictures
from office.feeds import feeds_of
from office.figures import figures
from office.models import CountryOffice, Page, WorkArea

# On an area's page: numbers at its head, and drawings; the others are links.
KEY_FIGURES = 3
CHARTS = 2


# Standing pages --------------------------------------------------------------------------------------------


def standing(key, title="", description=""):
    """(Page or None, Head): the page where it is published in the reader's language, else only a title of the code's own."""
    page = Page.objects.filter(key=key).first()
    if page is None:
        return None, Head(title or str(Page.Key(key).label), description)
    if not page.is_published():
        return None, Head(title or str(Page.Key(key).label), description, noindex=True)
    return page, Head(page.title, plain(page.lead or page.body, 250) or description, languages=tuple(page.public_languages))


def text_page(request, key, template, **context):
    """A page that is above all its text: where that exists in the other language only, it says so."""
    page = Page.objects.filter(key=key).first()
    if page and not page.is_published() and page.public_languages:
        return only_in(request, page.public_languages, lambda code: getattr(page, f"title_{code}"), request.resolver_match.view_name)
    if page and page.is_published():
        head = Head(page.title, plain(page.lead or page.body, 250), languages=tuple(page.public_languages))
    else:
        page, head = None, Head(str(Page.Key(key).label))
    return render(request, template, {"page": page, "head": head, **context})


def who_we_are_about(request):
    return text_page(request, Page.Key.ABOUT, "office/who_we_are_about.html")


def iom_global(request):
    return text_page(request, Page.Key.IOM_GLOBAL, "office/iom_global.html")


def privacy(request):
    return text_page(request, Page.Key.PRIVACY, "office/privacy.html")


def accessibility(request):
    return text_page(request, Page.Key.ACCESSIBILITY, "office/accessibility.html")


def our_work(request):
    page, head = standing(Page.Key.OUR_WORK)
    return render(request, "office/our_work.html", {"page": page, "head": head, "areas": WorkArea.objects.public()})


def work_area(request, slug):
    area = get_object_or_404(WorkArea, slug=slug, is_public=True)
    languages = [code for code in ("en", "mn") if getattr(area, f"name_{code}")]
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(area, f"name_{code}"), "office:work_area", slug)
    shown = figures(area.indicators.public())
    return render(
        request,
        "office/work_area.html",
        {
            "area": area,
            "text": mark_safe(area.body),  # noqa: S308 - cleaned when stored
            "news": area.news.published()[:5],
            "workshops": area.workshops.public()[:5],
            "targets": area.targets.select_related("goal"),
            "objectives": area.objectives.all(),
            "key_figures": [figure for figure in shown if figure["latest"]][:KEY_FIGURES],
            "figures": shown[:CHARTS],
            "more_figures": shown[CHARTS:],
            "resources": area.resources.public().prefetch_related("files"),
            "head": Head(
                area.name, area.summary or plain(area.body, 250), languages=tuple(languages), feeds=feeds_of({"area": area})[-1:],
                picture=pictures.of_area(area, CountryOffice.objects.first()),
            ),
        },
    )


@require_safe
def work_area_picture(request, slug):
    """The picture beside a link to the area's page."""
    area = get_object_or_404(WorkArea.objects.public().exclude(**{f"name_{get_language()}": ""}), slug=slug)
    return pictures.answer(_("Our Work"), area.name, "")


@require_safe
def site_picture(request):
    """The picture beside a link to a page that has none of its own."""
    return pictures.answer("", pictures.site_title(CountryOffice.objects.first()), "")


def contacts(request):
    page, head = standing(Page.Key.CONTACTS, description=_("How to reach the office, and whom the press may ask."))
    return render(
        request,
        "office/contacts.html",
        {"page": page, "head": head, "press_contacts": PressContact.objects.active()},
    )
