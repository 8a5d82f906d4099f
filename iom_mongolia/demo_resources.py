"""Publications of the demonstration: an infographic, made of a figure of the facts, as picture and PDF in both languages."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from core import charts, pdf
from office import figures, files
from office.models import Indicator, Resource, ResourceFile

FIGURE = "immigrant-stock"
# As wide as the page at which it is looked at on a dense screen.
PIXELS_PER_INCH = 200
TITLE = {"en": "Migrants in Mongolia on one sheet (demonstration)", "mn": "Монгол дахь шилжигчид нэг хуудсанд (үзүүлэн)"}
SUMMARY = {
    "en": "The United Nations’ estimates in one picture; made for the demonstration of this site.",
    "mn": "НҮБ-ын тооцоог нэг зургаар харуулав; энэ сайтын үзүүлэнд зориулсан.",
}
PUBLISHER = {"en": "Demonstration", "mn": "Үзүүлэн"}


def load(today):
    """Makes the infographic of the figure, if the facts have brought it."""
    indicator = Indicator.objects.filter(slug=FIGURE).prefetch_related("points").first()
    if indicator is None:
        return
    resource = Resource(
        slug="migrants-on-one-sheet-demonstration", kind=Resource.Kind.INFOGRAPHIC, publisher="IOM Mongolia", year=today.year, is_demo=True
    )
    sheets = {language: _sheet(indicator, language) for language in TITLE}
    for language, sheet in sheets.items():
        setattr(resource, f"title_{language}", TITLE[language])
        setattr(resource, f"summary_{language}", SUMMARY[language])
        setattr(resource, f"description_{language}", _in_words(sheet))
    resource.save()
    resource.work_areas.set(indicator.work_areas.all())
    for language, sheet in sheets.items():
        (picture,) = pdf.pages("factsheet", sheet, pixels_per_inch=PIXELS_PER_INCH)
        for content, pages in ((picture, None), (pdf.render("factsheet", sheet), 1)):
            row = ResourceFile(resource=resource, language=language, pages=pages)
            files.keep(row, SimpleUploadedFile("sheet", content))
            row.save()


def _sheet(indicator, language):
    with override(language):
        points = figures.points_of(indicator)
        drawing = charts.draw(indicator.chart, points, title=indicator.title, unit=indicator.unit, identity="sheet")
        return {
            "language": language,
            "title": indicator.title,
            "publisher": PUBLISHER[language],
            "latest": charts.number(points[-1].value),
            "year": charts.label_text(points[-1].label),
            "unit": indicator.unit,
            "svg": charts.for_paper(drawing.svg, width=560),
            "summary": drawing.summary,
            "source": indicator.source,
            "values": [f"{label}: {', '.join(values)}" for label, values, _note in drawing.table.rows],
        }


def _in_words(sheet):
    """All that the picture says."""
    return "\n\n".join([f"{sheet['title']} ({sheet['unit']}).", "; ".join(sheet["values"]) + ".", f"{sheet['source']}."])
