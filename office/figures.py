"""What is shown of an indicator: its drawing, its table, and the same numbers for machines."""

import json
from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import charts, spreadsheets
from core.addresses import absolute, address_of
from core.pages import plain
from office import structured

# The words of schema.org for a licence, by what the office writes.
LICENCES = {
    "CC BY 3.0 IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
}


def figures(indicators):
    """[what figure() gives] of each indicator that has values; two queries."""
    return [shown for indicator in indicators.prefetch_related("points") if (shown := figure(indicator))]


def figure(indicator, identity=""):
    """{indicator, chart, table, single, latest, last, span}: an indicator with its drawing, or None in its place where one value
    or a table says it; None where it has no values. `identity` tells drawings of one page apart."""
    points = points_of(indicator)
    if not points:
        return None
    drawing = charts.draw(
        indicator.chart, points, title=indicator.title, unit=indicator.unit, identity=identity or f"figure-{indicator.slug}"
    )
    return {
        "indicator": indicator,
        "chart": drawing,
        "table": drawing.table if drawing else charts.table(points),
        "single": charts.number(points[0].value) if len(points) == 1 else "",
        "single_label": charts.label_text(points[0].label) if len(points) == 1 else "",
        # The last value of a series over time, to be shown large.
        "latest": (charts.number(points[-1].value), charts.label_text(points[-1].label))
        if charts.moment(points[-1].label) is not None and not points[-1].part else None,
        # Of single values, which are no series, the last: the newest, or the total.
        "last": (charts.number(points[-1].value), charts.label_text(points[-1].label)) if not points[-1].part else None,
        "span": span_text(indicator),
    }  # fmt: skip


def points_of(indicator):
    return [charts.Point(point.label or point.label_en, point.value, point.part, point.note) for point in indicator.points.all()]


def span_text(indicator):
    """The time of an indicator's values in words: "1990–2024", "December 2015 – March 2024", or ""."""
    if not indicator.span:
        return ""
    first, last = (charts.label_text(label) for label in indicator.span)
    if first == last:
        return first
    return f"{first}–{last}" if first.isdigit() and last.isdigit() else f"{first} – {last}"


# For machines ----------------------------------------------------------------------------------------------


def plain_number(value):
    """A value as machines read it: a point, no grouping, no zeros after the last digit that counts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_csv(indicator):
    """All values, one a line, in the reader's language; safe for Excel."""
    parts = any(point.part for point in indicator.points.all())
    header = [_("Year, date or name"), *([pgettext("column", "Part")] if parts else []), _("Value"), _("Unit"), _("Note"), _("Source")]
    rows = [
        [
            point.label or point.label_en, *([point.part] if parts else []), Decimal(plain_number(point.value)), indicator.unit,
            point.note, indicator.source or indicator.source_en,
        ]
        for point in indicator.points.all()
    ]  # fmt: skip
    return spreadsheets.write_csv(header, rows)


def as_json(indicator):
    """The same as JSON, with what belongs to it."""
    said = {
        "id": indicator.slug,
        "language": get_language(),
        "title": indicator.title,
        "unit": indicator.unit,
        "period": "/".join(dict.fromkeys(indicator.span)) if indicator.span else None,
        "source": indicator.source or None,
        "source_url": indicator.source_url or None,
        "licence": indicator.licence or None,
        "note": indicator.note or None,
        "page": absolute(indicator.get_absolute_url()),
        "values": [
            {
                "label": point.label or point.label_en,
                **({"part": point.part} if point.part else {}),
                "value": _number(point.value),
                **({"note": point.note} if point.note else {}),
            }
            for point in indicator.points.all()
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _number(value):
    """An integer where it is one, so that no digit is lost or made up."""
    return int(value) if value == value.to_integral_value() else float(value)


def dataset(indicator, office):
    """schema.org's Dataset about an indicator, for the engines that look for data."""
    files = {"text/csv": "office:indicator_csv", "application/json": "office:indicator_json"}
    language = get_language()
    licences = [LICENCES[name.strip()] for name in indicator.licence.split(";") if name.strip() in LICENCES]
    return {"@context": structured.CONTEXT, **structured.said(
        at_type="Dataset",
        name=indicator.title,
        # The engines take no description shorter than fifty letters.
        description=plain(" ".join(filter(None, [f"{indicator.title} ({indicator.unit}).", indicator.note, indicator.source]))),
        url=address_of("office:indicator", indicator.slug, language=language),
        inLanguage=language,
        isAccessibleForFree=True,
        spatialCoverage=structured.said(at_type="Place", name=_("Mongolia")),
        temporalCoverage="/".join(dict.fromkeys(_iso_month(label) for label in indicator.span)) if indicator.span else None,
        variableMeasured=structured.said(at_type="PropertyValue", name=indicator.title, unitText=indicator.unit),
        creator=structured.said(at_type="Organization", name=indicator.source) if indicator.source else None,
        publisher=structured.publisher(office),
        isBasedOn=indicator.source_url,
        license=licences[0] if len(licences) == 1 else licences,
        distribution=[
            structured.said(at_type="DataDownload", encodingFormat=kind, contentUrl=address_of(name, indicator.slug, language=language))
            for kind, name in files.items()
        ],
    )}  # fmt: skip


def _iso_month(label):
    """A quarter as its first month, for ISO 8601 knows no quarters."""
    if "Q" not in label:
        return label
    year, quarter = label.replace(" ", "-").split("-Q")
    return f"{year}-{int(quarter) * 3 - 2:02d}"
