"""The menu of the public pages and whose office this is, for every template that asks."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _


def navigation(request):
    """Context: `navigation`, the sections of the menu, `country_office`, and `site_picture`, what other sites show beside a
    link to a page that has no picture of its own. The first two are one query each at the first use, so pages that show
    neither (staff pages, the admin) ask the database nothing."""
    office = SimpleLazyObject(_country_office)
    return {
        "navigation": SimpleLazyObject(lambda: sections(request)),
        "country_office": office,
        "site_picture": SimpleLazyObject(lambda: _picture(office)),
    }


def sections(request):
    """Who We Are, Our Work with its areas, Data and Resources, Take Action, 2030 Agenda: [{title, url, items, current}].
    `current` is "page" for the page itself, "true" for a section that holds it, else empty."""
    from office.models import WorkArea

    areas = WorkArea.objects.filter(is_public=True).only("slug", "icon", "order", "name_en", "name_mn")
    menu = [
        _section(_("Who We Are"), "", [
            _link(_("About"), "office:who_we_are_about"),
            _link(_("IOM Global"), "office:iom_global"),
        ]),
        _section(_("Our Work"), "office:our_work", [
            _link(area.name, "office:work_area", area.slug, icon=area.icon or area.slug) for area in areas if area.name
        ]),
        _section(_("Data and Resources"), "office:data_and_resources"),
        _section(_("Take Action"), "office:take_action"),
        _section(_("2030 Agenda"), "office:agenda_2030"),
    ]
    for section in menu:
        for item in section["items"]:
            item["current"] = "page" if item["url"] == request.path else ""
        inside = any(item["current"] for item in section["items"]) or (
            section["url"] and request.path.startswith(section["url"])
        )
        section["current"] = "page" if section["url"] == request.path else "true" if inside else ""
    return menu


def _section(title, route, items=()):
    return {**_link(title, route), "items": [item for item in items if item["url"]]}


def _link(title, route, *args, icon=""):
    try:
        url = reverse(route, args=args) if route else ""
    except NoReverseMatch:
        url = ""
    return {"title": title, "url": url, "icon": icon}


def _picture(office):
    from office import pictures

    return pictures.of_site(office)


def _country_office():
    from office.models import CountryOffice

    return CountryOffice.objects.first()
