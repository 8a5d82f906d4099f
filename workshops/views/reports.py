"""Reports: on one workshop, and across those of a project or a year; as page, Excel file and PDF."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import organiser_required
from core import charts
from workshops import planning, report_documents
from workshops import reports as figures
from workshops.documents import Both
from workshops.models import ExportRecord, Project, ProjectIndicator, Workshop
from workshops.views.workspace import find

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileForm(forms.Form):
    kind = forms.ChoiceField(choices=[("pdf", "PDF"), ("xlsx", "Excel")], required=False)
    with_names = forms.BooleanField(label=gettext_lazy("With the list of names"), required=False)
    recipient = forms.CharField(label=gettext_lazy("Who gets it"), max_length=200, required=False)
    purpose = forms.CharField(label=gettext_lazy("What for"), max_length=300, required=False)

    def clean(self):
        cleaned = super().clean()
        cleaned["kind"] = cleaned.get("kind") or "pdf"
        if cleaned.get("with_names"):
            for name in ("recipient", "purpose"):
                if not cleaned.get(name):
                    self.add_error(name, _("A list of names leaves the office for somebody and for something: say it."))
        return cleaned


def _shown(report):
    """The report's breakdowns for a page, each with its chart where there is something to compare."""
    parts = report.breakdowns()
    for number, part in enumerate(parts):
        part.number = number
        part.chart = report_documents.chart_of(part, f"part{number}") if 1 < len(part.lines) <= charts.BAR_ROWS_SHOWN else None
    return parts


def _file(request, report, *, title, subtitle, name, workshop=None):
    """The file that was asked for, with its record; or None where the form is not right."""
    form = FileForm(request.POST)
    if not form.is_valid():
        return form, None
    asked = form.cleaned_data
    if asked["kind"] == "pdf":
        content, kind = report_documents.paper(report, title=title, subtitle=subtitle, with_names=asked["with_names"]), "application/pdf"
    else:
        content, kind = report_documents.workbook(report, with_names=asked["with_names"]), XLSX
    ExportRecord.objects.create(
        workshop=workshop,
        what=f"report {asked['kind']}{' with names' if asked['with_names'] else ''}",
        recipient=asked["recipient"],
        purpose=asked["purpose"],
        by=request.user,
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{asked["kind"]}"'
    return form, response


# One workshop -------------------------------------------------------------------------------------------------


@organiser_required
@require_GET
def report(request, slug):
    return _page(request, find(request, slug))


def _page(request, workshop, form=None):
    if workshop.status in {Workshop.Status.DRAFT, Workshop.Status.CANCELLED}:
        return render(request, "staff/reports/report.html", {"workshop": workshop, "nothing": True})
    found = figures.report_of(workshop)
    context = {
        "workshop": workshop,
        "report": found,
        "parts": _shown(found),
        "definition": figures.DEFINITION,
        "evaluation": found.evaluations.get(workshop.pk),
        "form": form or FileForm(),
        "file_url": reverse("staff:report_file", args=[workshop.slug]),
        "exports": ExportRecord.objects.filter(workshop=workshop).select_related("by")[:5],
    }
    return render(request, "staff/reports/report.html", context, status=422 if form and form.errors else 200)


@organiser_required
@require_POST
def report_file(request, slug):
    workshop = find(request, slug)
    if workshop.status in {Workshop.Status.DRAFT, Workshop.Status.CANCELLED}:
        raise Http404
    form, response = _file(
        request,
        figures.report_of(workshop),
        title=Both("Report on a workshop", "Сургалтын тайлан"),
        subtitle=Both.of(workshop, "title"),
        name=f"report-{slug}",
        workshop=workshop,
    )
    return response or _page(request, workshop, form)


@organiser_required
@require_POST
def report_sent(request, slug):
    """Remembers that the donor has the report, or with `unsent` that it has not; each may be pressed twice."""
    workshop = planning.report_sent(find(request, slug), by=request.user, sent="unsent" not in request.POST)
    messages.success(request, _("The report counts as sent.") if workshop.reported_at else _("The report counts as not sent."))
    return redirect("staff:report", slug)


# Across workshops ---------------------------------------------------------------------------------------------


def _chosen(asked):
    """(workshops that were held or will be, {"project", "year"}) of an address; what it does not understand it leaves out."""
    rows = Workshop.objects.exclude(status__in=[Workshop.Status.DRAFT, Workshop.Status.CANCELLED, Workshop.Status.POSTPONED]).order_by("starts_on", "pk")
    # One that is still to come has nothing to report yet.
    rows = rows.filter(starts_on__lte=timezone.localdate())
    chosen = {"project": None, "year": ""}
    project, year = asked.get("project", ""), asked.get("year", "")
    if project.isascii() and project.isdigit() and len(project) < 19:
        chosen["project"] = Project.objects.filter(pk=project).first()
    if chosen["project"]:
        rows = rows.filter(project=chosen["project"])
    if year.isascii() and year.isdigit() and len(year) == 4 and year > "0000":
        rows, chosen["year"] = rows.filter(starts_on__year=int(year)), year
    return rows.defer("description_en", "description_mn", "summary_en", "summary_mn"), chosen


@organiser_required
@require_GET
def reports(request):
    return _pages(request, request.GET)


def _pages(request, asked, form=None):
    rows, chosen = _chosen(asked)
    found = figures.report_on(rows)
    context = {
        "report": found,
        "parts": _shown(found),
        "chosen": chosen,
        "held": found.value(ProjectIndicator.Measure.WORKSHOPS),
        "definition": figures.DEFINITION,
        "projects": Project.objects.order_by("code"),
        "years": [day.year for day in Workshop.objects.exclude(starts_on=None).dates("starts_on", "year", order="DESC")],
        "form": form or FileForm(),
        "file_url": reverse("staff:reports_file"),
    }
    return render(request, "staff/reports/reports.html", context, status=422 if form and form.errors else 200)


@organiser_required
@require_POST
def reports_file(request):
    rows, chosen = _chosen(request.POST)
    of = {}
    for code in ("en", "mn"):
        name = getattr(chosen["project"], f"name_{code}") or chosen["project"].code if chosen["project"] else ""
        of[code] = ", ".join(filter(None, [name, chosen["year"]]))
    form, response = _file(
        request,
        figures.report_on(rows),
        title=Both("Report on workshops", "Сургалтуудын тайлан"),
        subtitle=Both(**of),
        name="-".join(filter(None, ["report", chosen["project"] and chosen["project"].code.lower(), chosen["year"], get_language()])),
    )
    return response or _pages(request, request.POST, form)
