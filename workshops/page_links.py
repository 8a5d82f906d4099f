"""Which addresses of workshops lead to something that the public can see, for the check of links in texts."""

from office.links import by_slug
from workshops.models import Material, Workshop


def _with_a_page(language=None):
    """Unlisted ones too: whoever links to one has its address."""
    rows = Workshop.objects.exclude(status=Workshop.Status.DRAFT).exclude(visibility=Workshop.Visibility.INTERNAL)
    return rows.exclude(**{f"title_{language}": ""}) if language else rows


def _materials(_language, wanted):
    rows = Material.objects.filter(pk__in=[each["pk"] for each in wanted], workshop__in=_with_a_page(), visible_to=Material.For.EVERYBODY)
    there = set(rows.values_list("workshop__slug", "pk"))
    return [each for each in wanted if (each["slug"], each["pk"]) in there]


ROWS = {
    **dict.fromkeys(["workshops:detail", "workshops:calendar", "api:workshop"], by_slug(lambda _language: _with_a_page())),
    "workshops:picture": by_slug(_with_a_page),
    "workshops:material": _materials,
}
