"""What search finds of the workshops: their pages, and the institutions that were invited to them or are in the news."""

from urllib.parse import urlencode

from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import Organisation
from office.models import NewsItem
from office.search import Source
from workshops.models import SeatAllocation, Workshop


def known_institutions(language):
    """Institutions that a public page names already; one that only staff know is nobody's business."""
    invited = SeatAllocation.objects.filter(organisation=OuterRef("pk"), workshop__in=Workshop.objects.public(language))
    news = NewsItem.objects.published(language).filter(institutions=OuterRef("pk"))
    return (
        Organisation.objects.exclude(**{f"name_{language}": ""})
        .exclude(kind=Organisation.Kind.PLACEHOLDER)
        .annotate(invited=Exists(invited), in_news=Exists(news))
        .filter(Q(invited=True) | Q(in_news=True))
    )


def other_names(language):
    return Func(F("also_known_as"), Value(" "), function="array_to_string", output_field=TextField())


def pages_about(institution):
    """The list that the institution stands behind: its workshops, or its news."""
    view = "workshops:list" if institution.invited else "news:list"
    return f"{reverse(view)}?{urlencode({'institution': institution.slug})}"


SOURCES = (
    Source(
        "workshops", _("Workshops"), Workshop, Workshop.objects.public, Workshop.get_absolute_url,
        fields=("title", "summary", "description", "place"), day=lambda row: (row.starts_on, row.precision),
        year=ExtractYear("starts_on"), has_areas=True,
    ),
    Source(
        "institutions", _("Institutions"), Organisation, known_institutions, pages_about,
        fields=("name", "acronym"), more=other_names,
    ),
)  # fmt: skip
