"""Data and Resources: the list of figures and publications, a page and files of each."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import downloads, uploads
from core.addresses import absolute
from core.pages import LANGUAGES, Head, only_in, plain
from office import citations, figures, pictures
from office.models import Comparison, CountryOffice, Indicator, Page, Resource, ResourceFile, WorkArea
from office.views import standing

# The kind of an entry of the list that is no publication.
FIGURE = "figure"
RELATED = 4


@require_safe
def data_and_resources(request):
    """Figures and publications, chosen by area, kind, language and year in the address; what is no choice is left out."""
    page, head = standing(Page.Key.DATA)
    indicators = list(Indicator.objects.public().prefetch_related("points", "work_areas"))
    resources = list(Resource.objects.public().prefetch_related("files", "work_areas"))
    areas = [area for area in WorkArea.objects.public() if any(area in row.work_areas.all() for row in (*indicators, *resources))]
    years = sorted({row.year for row in (*indicators, *resources) if row.year}, reverse=True)
    chosen = _chosen(request.GET, areas, years)
    found = [row for row in indicators if _fits_figure(row, chosen)]
    publications = [row for row in resources if _fits(row, chosen)]
    kinds = [(FIGURE, _("Figures")), *((kind.value, kind.label) for kind in Resource.Kind if any(row.kind == kind for row in resources))]
    return render(
        request,
        "office/data_and_resources.html",
        {
            "page": page,
            "head": Head(head.title, head.description, head.languages, noindex=head.noindex or bool(chosen)),
            "featured": _featured(found) if not chosen else None,
            "figures": [shown for row in found if (shown := figures.figure(row))],
            "publications": [(kind, rows) for kind in Resource.Kind if (rows := [row for row in publications if row.kind == kind])],
            "areas": areas,
            "years": years,
            "kinds": kinds,
            "languages": [(code, name) for code, name in ResourceFile.Language.choices if code in LANGUAGES],
            "chosen": chosen,
        },
    )


def _chosen(asked, areas, years):
    chosen = {}
    if area := next((area for area in areas if area.slug == asked.get("area")), None):
        chosen["area"] = area
    if asked.get("kind") in {FIGURE, *Resource.Kind.values}:
        chosen["kind"] = asked["kind"]
    if asked.get("language") in LANGUAGES:
        chosen["language"] = asked["language"]
    if year := next((year for year in years if str(year) == asked.get("year")), None):
        chosen["year"] = year
    return chosen


def _fits(row, chosen):
    """Whether a publication is of what was chosen. Its language is that of its files, and not that of its title."""
    return (
        ("area" not in chosen or chosen["area"] in row.work_areas.all())
        and chosen.get("kind", row.kind) == row.kind
        and chosen.get("year", row.year) == row.year
        and ("language" not in chosen or any(file.language in {chosen["language"], ResourceFile.Language.BOTH} for file in row.files.all()))
    )


def _fits_figure(row, chosen):
    """A figure is of the year of its latest value, and in each language in which it has a title."""
    return (
        ("area" not in chosen or chosen["area"] in row.work_areas.all())
        and chosen.get("kind", FIGURE) == FIGURE
        and chosen.get("year", row.year) == row.year
        and ("language" not in chosen or bool(getattr(row, f"title_{chosen['language']}")))
    )


def _featured(indicators):
    """The figure that is drawn above the list: the first of the home page that has a drawing."""
    for row in indicators:
        if row.on_home_page and (shown := figures.figure(row, "featured")) and shown["chart"]:
            return shown
    return None


# Figures ---------------------------------------------------------------------------------------------------


def _indicator(slug):
    return get_object_or_404(Indicator.objects.exclude(confidence=Indicator.Confidence.LOW).filter(is_public=True), slug=slug)


@require_safe
def indicator(request, slug):
    """A figure with its drawing, table and source; beside it what speaks of the same and differs, with the reason."""
    row = _indicator(slug)
    languages = row.public_languages
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(row, f"title_{code}"), "office:indicator", slug)
    shown = figures.figure(row)
    if shown is None:
        raise Http404
    areas, office = list(row.work_areas.public()), CountryOffice.objects.first()
    return render(
        request,
        "office/indicator.html",
        {
            "indicator": row,
            "figure": shown,
            "comparisons": _comparisons(row),
            "areas": areas,
            "related": Indicator.objects.public().filter(work_areas__in=areas).exclude(pk=row.pk).distinct()[:RELATED],
            "head": Head(
                row.title, plain(f"{row.title}. {row.unit}. {row.source}", 250), languages=tuple(languages),
                data=figures.dataset(row, office), picture=pictures.of_figure(row, office),
            ),
        },
    )


@require_safe
def indicator_picture(request, slug):
    """The picture beside a link to the figure's page."""
    row = _indicator(slug)
    if get_language() not in row.public_languages:
        raise Http404
    return pictures.answer(_("Data and Resources"), row.title, figures.span_text(row))


def _comparisons(row):
    """[(reason, this figure, the other)]: public ones alone; each pair is told from either side."""
    told = []
    pairs = Comparison.objects.filter(Q(indicator=row) | Q(other=row))
    for pair in pairs.select_related("indicator", "other").prefetch_related("indicator__points", "other__points"):
        one, other = (pair.indicator, pair.other) if pair.indicator_id == row.pk else (pair.other, pair.indicator)
        if get_language() in other.public_languages and pair.reason:
            sides = [figures.figure(side, f"compared-{pair.pk}-{side.pk}") for side in (one, other)]
            if all(sides):
                told.append((pair.reason, sides))
    return told


@require_safe
def indicator_csv(request, slug):
    row = _in_this_language(_indicator(slug))
    return downloads.answer(request, figures.as_csv(row), content_type="text/csv", name=f"{row.slug}.{get_language()}.csv")


@require_safe
def indicator_json(request, slug):
    row = _in_this_language(_indicator(slug))
    return downloads.answer(request, figures.as_json(row), content_type="application/json", name=f"{row.slug}.{get_language()}.json")


def _in_this_language(row):
    if get_language() not in row.public_languages:
        raise Http404
    return row


# Publications ----------------------------------------------------------------------------------------------


def _resource(slug):
    return get_object_or_404(Resource.objects.filter(is_public=True), slug=slug)


@require_safe
def resource(request, slug):
    """A publication with its files by language, how to cite it, and all that an infographic shows in words."""
    row = _resource(slug)
    languages = row.public_languages
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(row, f"title_{code}"), "office:resource", slug)
    areas = list(row.work_areas.public())
    return render(
        request,
        "office/resource.html",
        {
            "resource": row,
            "picture": row.picture,
            "files": row.files_for_reader,
            "areas": areas,
            "citation": citations.in_words(row, _address(row)),
            "related": Resource.objects.public().filter(work_areas__in=areas).exclude(pk=row.pk).distinct()[:RELATED],
            "head": Head(row.title, row.summary or plain(row.description, 250), languages=tuple(languages)),
        },
    )


def _address(row):
    """The address that is cited: where the publication itself lies, else its page here."""
    return row.url or absolute(row.get_absolute_url())


@require_safe
def resource_bibtex(request, slug):
    row = _in_this_language(_resource(slug))
    text = citations.bibtex(row, _address(row), language=get_language())
    return downloads.answer(request, text, content_type="application/x-bibtex", name=f"{row.slug}.bib")


@require_safe
def resource_ris(request, slug):
    row = _in_this_language(_resource(slug))
    text = citations.ris(row, _address(row), language=get_language())
    return downloads.answer(request, text, content_type="application/x-research-info-systems", name=f"{row.slug}.ris")


@require_safe
def resource_file(request, slug, pk):
    """A file that is kept here, of a publication that is public in some language; the reader's own copy is asked for first."""
    kept = get_object_or_404(ResourceFile.objects.select_related("resource").exclude(file=""), pk=pk, resource__slug=slug)
    if not kept.resource.public_languages:
        raise Http404
    etag = f'"{kept.digest[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = uploads.hand_out(kept.file, title=f"{slug}.{kept.language}")
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response
