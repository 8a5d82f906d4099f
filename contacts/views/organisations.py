"""Institutions with their names over time, their people and the workshops that they were invited to."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, F, Func, Q, TextField, Value
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from accounts.access import organiser_required
from contacts.institutions import Institutions
from contacts.models import Organisation, Position, Succession
from contacts.views.people import asked, in_other_script
from core import names
from core.pages import numbered_page

A_PAGE_HOLDS = 50
WORKSHOPS_SHOWN = 50
MOST_WORDS = 6


# The list -----------------------------------------------------------------------------------------------------


@organiser_required
def organisations(request):
    query, kind = asked(request, "q"), asked(request, "kind", 20)
    which = "all" if request.GET.get("which") == "all" else "existing"
    rows = Organisation.objects.all() if which == "all" else Organisation.objects.existing()
    rows = _named(rows, query)
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    else:
        kind = ""
        rows = rows.exclude(kind=Organisation.Kind.PLACEHOLDER)
    # The alphabet's order is not the database's: the page is chosen here and its rows are counted then.
    ordered = sorted(rows.only("slug", "kind", "name_en", "name_mn", "acronym_en", "acronym_mn", "valid_from", "valid_from_precision", "valid_to", "valid_to_precision"), key=lambda body: (names.sort_key(str(body)), body.pk))
    page = numbered_page(request, ordered, A_PAGE_HOLDS)
    shown = list(page.object_list)
    here = Position.objects.filter(organisation__in=[body.pk for body in shown], valid_to=None, person__merged_into=None, person__anonymised_at=None)
    numbers = dict(here.order_by().values_list("organisation").annotate(Count("person", distinct=True)))
    institutions = Institutions()
    for body in shown:
        body.number_of_people = numbers.get(body.pk, 0)
        body.other_name = in_other_language(body)
        body.heirs = [] if body.is_current else institutions.heirs(body)
    context = {
        "page": page,
        "shown": shown,
        "q": query,
        "kind": kind,
        "which": which,
        "kinds": Organisation.Kind.choices,
        "filtered": bool(query or kind),
        "among_all": urlencode({"q": query, "kind": kind, "which": "all"}),
    }
    template = "staff/organisations/list.html"
    return render(request, f"{template}#rows" if request.htmx and not request.htmx.boosted else template, context)


def _named(rows, query):
    """Those of which each word stands in a name, an acronym or another name by which they are known."""
    if not query:
        return rows
    rows = rows.annotate(others=Func(F("also_known_as"), Value(" "), function="array_to_string", output_field=TextField()))
    for word in names.repair(query)[0].split()[:MOST_WORDS]:
        said = Q()
        for column in ("name_en", "name_mn", "acronym_en", "acronym_mn", "others"):
            said |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(said)
    return rows


def in_other_language(body):
    """The name that the reader's language does not show; empty where there is none."""
    name = body.name_en if get_language() == "mn" else body.name_mn
    return "" if name == str(body) else name


# One institution ----------------------------------------------------------------------------------------------


@organiser_required
def organisation(request, slug):
    body = get_object_or_404(Organisation.objects.select_related("parent"), slug=slug)
    open_positions = (
        Position.objects.filter(organisation=body, valid_to=None, person__merged_into=None, person__anonymised_at=None)
        .select_related("person")
        .defer("person__search", "person__note")
        .order_by("person__sort_key", "-is_main", "pk")
    )
    page = numbered_page(request, open_positions, A_PAGE_HOLDS)
    for position in page:
        position.other_script = in_other_script(position.person)
    links = _reforms(body)
    context = {
        "organisation": body,
        "names": [(code, getattr(body, f"name_{code}"), getattr(body, f"acronym_{code}")) for code in ("en", "mn")],
        "chain": links if len(links) > 1 else [],
        "heirs": [] if body.is_current else [link.body for link in links if link.place > 0 and link.body.is_current],
        "parts": sorted(body.parts.all(), key=lambda part: names.sort_key(str(part))),
        "page": page,
        # Seats are of a later layer, which hangs itself onto institutions.
        "allocations": body.allocations.select_related("workshop").order_by(F("workshop__starts_on").desc(nulls_last=True), "-pk")[:WORKSHOPS_SHOWN],
    }
    return render(request, "staff/organisations/organisation.html", context)


@dataclass
class Link:
    """One body of a line of reforms. `place`: 0 is the one asked for, those before are negative; `became` tells its own end."""

    body: Organisation
    place: int
    became: list = field(default_factory=list)


def _reforms(body):
    """All that an institution came from and went into, the oldest first, as Links. Two queries."""
    after, before, told = {}, {}, {}
    for row in Succession.objects.order_by("on", "pk"):
        after.setdefault(row.predecessor_id, []).append(row.successor_id)
        before.setdefault(row.successor_id, []).append(row.predecessor_id)
        told.setdefault(row.predecessor_id, []).append(row)
    places = {body.pk: 0}
    for ways, step in ((before, -1), (after, 1)):
        todo = [body.pk]
        while todo:
            key = todo.pop(0)
            for other in ways.get(key, ()):
                if other not in places:
                    places[other] = places[key] + step
                    todo.append(other)
    bodies = Organisation.objects.in_bulk(places)
    bodies[body.pk] = body
    links = [
        Link(bodies[key], place, [(row, bodies[row.successor_id]) for row in told.get(key, ()) if row.successor_id in bodies])
        for key, place in places.items()
    ]
    links.sort(key=lambda link: (link.place, link.body.valid_from or date.min, link.body.pk))
    return links
