"""What is public, as JSON to read: news, workshops, areas of work, figures, vacancies. The language stands in the address.

Nothing is here that the pages do not show, and nothing can be changed. `api_description.py` says what each answer holds.
"""

import json
from functools import wraps

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.addresses import absolute
from core.dates import iso
from core.downloads import etag_of
from iom_mongolia import api_description
from office import picture_library, renditions
from office.models import Indicator, NewsItem, Opportunity, WorkArea
from workshops.models import SeatAllocation, Workshop

A_PAGE_HOLDS = 50
LARGEST_WIDTH = 1440


def published(view):
    """The view's data as JSON. The same data bears the same ETag (304 for who has it); a cache asks again each time, so
    that a change is seen at once. Every site may read it. What is not there is said in JSON as well."""

    @require_safe
    @wraps(view)
    def answer(request, **arguments):
        try:
            said, status = view(request, **arguments), 200
        except Http404:
            said, status = {"error": _("There is nothing public at this address in this language.")}, 404
        except ValidationError as refusal:
            said, status = {"error": " ".join(refusal.messages)}, 400
        content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        etag = etag_of(content)
        response = get_conditional_response(request, etag=etag) if status == 200 else None
        response = response or HttpResponse(content, content_type="application/json", status=status)
        if status == 200:
            response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        response["Content-Language"] = get_language()
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def here(name, *arguments):
    return absolute(reverse(f"api:{name}", args=arguments))


def a_page(request, rows, show):
    """A page of a list with the addresses of those beside it; one that does not exist is 404."""
    number = request.GET.get("page") or "1"
    pages = Paginator(rows, A_PAGE_HOLDS)
    if not number.isdecimal() or not 1 <= int(number[:9]) <= pages.num_pages:
        raise Http404
    page = pages.page(int(number[:9]))

    def beside(other):
        query = request.GET.copy()
        query["page"] = str(other)
        return f"{absolute(request.path)}?{query.urlencode()}"

    return {
        "count": pages.count,
        "previous": beside(page.previous_page_number()) if page.has_previous() else None,
        "next": beside(page.next_page_number()) if page.has_next() else None,
        "results": [show(row) for row in page.object_list],
    }


def asked_area(request):
    """The area that ?area= names, or None; refuses a word that is none ("unknown")."""
    slug = request.GET.get("area")
    area = WorkArea.objects.public().filter(slug=slug).first() if slug else None
    if slug and area is None:
        raise ValidationError(_("There is no area of work with this name."), code="unknown")
    return area


# Beginning ---------------------------------------------------------------------------------------------------


@published
def index(request):
    return {name: here(name) for name in ("news", "workshops", "areas", "indicators", "opportunities", "description")}


@require_safe
def description(request):
    """The OpenAPI file."""
    response = JsonResponse(api_description.description(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# News --------------------------------------------------------------------------------------------------------


def short(row):
    return {"slug": row.slug, "name": row.name}


def institution(row):
    return {"slug": row.slug, "name": str(row)}


def picture(row):
    """A picture that is shown: the largest file of it in each format, and its words."""
    there = [row.rendition("whole", format, LARGEST_WIDTH) for format in renditions.FORMATS]
    return {
        "files": [
            {
                "address": absolute(picture_library.address(row, each)), "type": renditions.FORMATS[each["format"]][1],
                "width": each["width"], "height": each["height"], "bytes": each["size"],
            }
            for each in there if each
        ],
        "alt": row.alt,
        "caption": row.caption,
        "credit": row.credit,
        "terms": row.licence or None,
        "place": row.place,
        "taken": iso(row.taken_on, row.precision) or None,
    }  # fmt: skip


def changes(item):
    return [note for note in item.changes.all() if note.text]


def news_entry(item):
    told = changes(item)
    return {
        "slug": item.slug,
        "language": get_language(),
        "kind": item.kind,
        "title": item.title,
        "lead": item.lead,
        "date": iso(item.published_on, item.precision),
        "published_at": getattr(item, f"publish_at_{get_language()}").isoformat(),
        "changed_on": iso(told[0].on) if told else None,
        "areas": [short(area) for area in item.areas],
        "page": absolute(item.get_absolute_url()),
        "self": here("news_item", item.slug),
    }


def published_news():
    return NewsItem.objects.published().prefetch_related(Prefetch("work_areas", WorkArea.objects.public(), to_attr="areas"), "changes")


@published
def news(request):
    rows = published_news()
    if area := asked_area(request):
        rows = rows.filter(work_areas=area)
    if kind := request.GET.get("kind"):
        if kind not in NewsItem.Kind.values:
            raise ValidationError(_("There is no kind of news with this name."), code="unknown")
        rows = rows.filter(kind=kind)
    if year := request.GET.get("year"):
        if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year)):
            raise ValidationError(_("A year has four digits."), code="unknown")
        rows = rows.filter(published_on__year=int(year))
    return a_page(request, rows, news_entry)


@published
def news_item(request, slug):
    item = get_object_or_404(published_news().for_cards().select_related("funder"), slug=slug)
    return {
        **news_entry(item),
        "dateline": item.dateline,
        "body": item.body,
        "quotes": [{"text": said.text, "speaker": said.speaker, "role": said.role} for said in item.quotes.all() if said.text],
        "changes": [{"kind": note.kind, "date": iso(note.on), "text": note.text} for note in changes(item)],
        "pictures": [picture(each.picture) for each in item.pictures_shown],
        "targets": [target.code for target in item.targets.all()],
        "institutions": [institution(row) for row in item.institutions.all()],
        "funder": institution(item.funder) if item.funder else None,
        "workshops": [workshop.slug for workshop in item.workshops.public()],
        "source": item.source_url or None,
        "languages": item.public_languages,
    }


# Workshops ---------------------------------------------------------------------------------------------------


def workshop_entry(workshop):
    return {
        "slug": workshop.slug,
        "language": get_language(),
        "kind": workshop.kind,
        "status": workshop.status,
        "title": workshop.title,
        "summary": workshop.summary,
        "starts": iso(workshop.starts_on, workshop.precision) or None,
        "ends": iso(workshop.ends_on, workshop.precision) or None,
        "place": workshop.place,
        "venue": workshop.venue,
        "places": workshop.capacity,
        "funder": institution(workshop.funder) if workshop.funder else None,
        "areas": [short(area) for area in workshop.areas],
        "page": absolute(workshop.get_absolute_url()),
        "calendar": absolute(reverse("workshops:calendar", args=[workshop.slug])),
        "self": here("workshop", workshop.slug),
    }


def public_workshops():
    areas = Prefetch("work_areas", WorkArea.objects.public(), to_attr="areas")
    return Workshop.objects.public().select_related("funder").prefetch_related(areas).order_by("-starts_on", "-pk")


@published
def workshops(request):
    rows = public_workshops()
    if area := asked_area(request):
        rows = rows.filter(work_areas=area)
    return a_page(request, rows, workshop_entry)


@published
def workshop(request, slug):
    invited = Prefetch("allocations", SeatAllocation.objects.select_related("organisation"))
    row = get_object_or_404(public_workshops().prefetch_related(invited), slug=slug)
    return {
        **workshop_entry(row),
        "description": row.description,
        "institutions": [institution(allocation.organisation) for allocation in row.allocations.all()],
        "participants": row.reported_participants,
        "news": [item.slug for item in row.news.published()],
    }


# Areas and figures -------------------------------------------------------------------------------------------


def area_entry(area):
    return {
        "slug": area.slug,
        "language": get_language(),
        "name": area.name,
        "summary": area.summary,
        "targets": [target.code for target in area.targets.all()],
        "objectives": [objective.number for objective in area.objectives.all()],
        "page": absolute(area.get_absolute_url()),
        "self": here("area", area.slug),
    }


def public_areas():
    return WorkArea.objects.public().prefetch_related("targets", "objectives")


@published
def areas(request):
    return a_page(request, public_areas(), area_entry)


@published
def area(request, slug):
    row = get_object_or_404(public_areas(), slug=slug)
    return {**area_entry(row), "body": row.body}


def number(value):
    """A whole number where it is one, so that no digit is made up."""
    return int(value) if value == value.to_integral_value() else float(value)


def indicator_entry(row):
    return {
        "slug": row.slug,
        "language": get_language(),
        "title": row.title,
        "unit": row.unit,
        "source": row.source,
        "source_url": row.source_url or None,
        "licence": row.licence or None,
        "note": row.note,
        "areas": [short(area) for area in row.areas],
        "page": absolute(row.get_absolute_url()),
        "self": here("indicator", row.slug),
    }


def public_indicators():
    return Indicator.objects.public().prefetch_related(Prefetch("work_areas", WorkArea.objects.public(), to_attr="areas"))


@published
def indicators(request):
    rows = public_indicators()
    if area := asked_area(request):
        rows = rows.filter(work_areas=area)
    return a_page(request, rows, indicator_entry)


@published
def indicator(request, slug):
    row = get_object_or_404(public_indicators().prefetch_related("points"), slug=slug)
    return {
        **indicator_entry(row),
        "values": [
            {"label": point.label or point.label_en, "part": point.part, "value": number(point.value), "note": point.note}
            for point in row.points.all()
        ],
    }


# Vacancies, tenders, calls -----------------------------------------------------------------------------------


def opportunity_entry(row):
    """Where to apply is said while that is possible."""
    return {
        "slug": row.slug,
        "language": get_language(),
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "reference": row.reference or None,
        "duty_station": row.duty_station,
        "terms": row.terms,
        "opens_at": timezone.localtime(row.opens_at).isoformat(timespec="seconds"),
        "closes_at": timezone.localtime(row.closes_at).isoformat(timespec="seconds"),
        "is_open": row.is_open,
        "apply_url": (row.apply_url or None) if row.is_open else None,
        "apply_email": (row.apply_email or None) if row.is_open else None,
        "page": absolute(row.get_absolute_url()),
        "self": here("opportunity", row.slug),
    }


@published
def opportunities(request):
    """What is open now."""
    rows = Opportunity.objects.open()
    if kind := request.GET.get("kind"):
        if kind not in Opportunity.Kind.values:
            raise ValidationError(_("There is neither a vacancy nor a tender nor a call of this kind."), code="unknown")
        rows = rows.filter(kind=kind)
    return a_page(request, rows, opportunity_entry)


@published
def opportunity(request, slug):
    row = get_object_or_404(Opportunity.objects.public(), slug=slug)
    return {**opportunity_entry(row), "body": row.body, "how_to_apply": row.how_to_apply if row.is_open else ""}
