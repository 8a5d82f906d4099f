"""Attendance as a table, signed sheets typed in and attached, and the papers of the door: badges, name tents, sign-in sheets."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import desk_required, organiser_required
from contacts.views.people import key_of
from core import uploads
from workshops import attendance as acts
from workshops import badges as papers
from workshops.attendance import Kind, Unit
from workshops.door_forms import SignedSheetForm
from workshops.models import AttendanceMark, Registration, SignedSheet
from workshops.models.registration import HOLDING
from workshops.views.door import address_of, title_of
from workshops.views.workspace import find

# What a row of a sheet may be ticked as, in the order of the columns; "" is: nothing known.
TICKS = [*map(str, acts.SEEN), ""]


# The table ----------------------------------------------------------------------------------------------------


@desk_required
@require_GET
def overview(request, slug):
    """Everybody × every day or session, with who falls short; ?show=short leaves the others out."""
    workshop = find(request, slug)
    table = acts.matrix(workshop)
    days = list({unit.day.pk: unit.day for unit in table.units}.values())
    sheets = {}
    for sheet in SignedSheet.objects.filter(day__in=days).select_related("added_by"):
        sheets.setdefault(sheet.day_id, []).append(sheet)
    today = acts.today_at(workshop)
    holding = [row for row in table.rows if row.registration.state in HOLDING]
    short = [row for row in holding if not row.share.can_still_hold]
    wanted = request.GET.get("show", "")
    shown = short if wanted == "short" else table.rows
    for row in shown:
        row.marked = [(unit, cell, title_of(unit, table.units), unit.day.on >= today) for unit, cell in zip(table.units, row.cells, strict=True)]
        for cell in row.cells:
            cell.seen = f"{acts.at(cell.mark, workshop):%H:%M}" if cell.mark and cell.kind == Kind.PRESENT and cell.mark.method != acts.Method.SHEET else ""
    context = {
        "workshop": workshop,
        "table": table,
        "rows": shown,
        "short": len(short),
        "show": wanted,
        "holding": len(holding),
        "units": [
            {"title": title_of(unit, table.units), "day": unit.day, "total": total, "address": address_of(unit), "is_to_come": unit.day.on > today}
            for unit, total in zip(table.units, table.totals, strict=True)
        ],
        "days": [
            {
                "title": title_of(Unit(day), table.units), "day": day, "sheets": sheets.get(day.pk, []), "is_to_come": day.on > today,
                "units": [(address_of(unit), unit.title) for unit in table.units if unit.day.pk == day.pk],
            }
            for day in days
        ],
        "unknown": [(mark, acts.at(mark, workshop), title_of(Unit(mark.day), table.units)) for mark in table.unknown],
    }  # fmt: skip
    return render(request, "staff/door/attendance.html", context)


@organiser_required
@require_POST
def drop(request, slug):
    """Takes an unknown code off the table, once it is known what it was."""
    workshop = find(request, slug)
    mark = AttendanceMark.objects.filter(workshop=workshop, registration=None, pk=key_of(request.POST.get("mark", ""))).first()
    if mark is not None:
        acts.void(mark, by=request.user)
        messages.success(request, _("The code was taken off; it stays on record."))
    return redirect("staff:attendance", slug)


# Signed sheets ------------------------------------------------------------------------------------------------


def _day(workshop, pk):
    """The workshop's units, and the day of an address; 404 where it is not one of them."""
    counted = acts.units(workshop)
    day = next((unit.day for unit in counted if unit.day.pk == pk), None)
    if day is None:
        raise Http404
    return counted, day


@desk_required
def sheet(request, slug, day):
    """A table to tick for whoever types a signed sheet in: all rows of a day, or of a session of it (?unit=), at once.

    A scan that is attached comes with the ticks: they are saved first, so none is lost whichever button is pressed.
    """
    workshop = find(request, slug)
    counted, day = _day(workshop, day)
    here = [unit for unit in counted if unit.day.pk == day.pk]
    asked = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    unit = next((unit for unit in here if address_of(unit) == asked), here[0])
    rows = acts.people_at(workshop, unit)
    for row in rows:
        # A mark of the whole day is no mark of its session: it is ticked only where it was made.
        stands = row.mark if row.mark and (row.mark.day_id, row.mark.item_id) == unit.key else None
        row.known = row.ticked = str(stands.kind) if stands else ""
        row.method = stands.get_method_display() if stands else ""
    status, upload = 200, SignedSheetForm()
    if request.method == "POST":
        attaches = bool(request.FILES.get("file")) or "attach" in request.POST
        if attaches:
            upload = SignedSheetForm(request.POST, request.FILES)
        answer = _type_in(request, workshop, unit, rows, quiet=attaches)
        if answer is not None and (not attaches or _attach(request, day, upload)):
            return answer
        if answer is not None:
            # The ticks are saved though the scan was refused.
            for row in rows:
                row.known = row.ticked
        status = 422
    context = {
        "workshop": workshop,
        "day": day,
        "title": title_of(Unit(day), counted),
        "unit": unit,
        "here": address_of(unit),
        "units": [(address_of(each), title_of(each, counted), each == unit) for each in here] if len(here) > 1 else [],
        "rows": rows,
        "ticks": [(Kind.PRESENT, Kind.PRESENT.label), (Kind.ABSENT, Kind.ABSENT.label), (Kind.EXCUSED, Kind.EXCUSED.label), ("", _("No mark"))],
        "is_to_come": day.on > acts.today_at(workshop),
        "sheets": day.sheets.all(),
        "upload": upload,
    }
    return render(request, "staff/door/sheet.html", context, status=status)


def _type_in(request, workshop, unit, rows, *, quiet=False):
    """The answer once the sheet is saved; None where something is refused: the rows keep what was ticked and say why.

    quiet: says nothing where nothing was different, as when a scan is attached."""
    ticks, seen, wrong = {}, {}, False
    for row in rows:
        row.ticked = request.POST.get(f"tick-{row.pk}", row.known)
        if row.ticked not in TICKS:
            row.ticked, row.problem, wrong = row.known, _("Choose one of the four."), True
        if (before := request.POST.get(f"seen-{row.pk}")) in TICKS:
            seen[row.pk] = before
        ticks[row.pk] = row.ticked
    if not wrong:
        try:
            done = acts.tick_sheet(workshop, unit.day, ticks, item=unit.item, by=request.user, seen=seen)
        except ValidationError as refusal:
            problems = {error.params.get("registration"): error for error in refusal.error_list if error.params}
            for row in rows:
                if row.pk in problems:
                    row.problem = " ".join(problems[row.pk].messages)
            others = [" ".join(error.messages) for error in refusal.error_list if not (error.params or {}).get("registration")]
            messages.error(request, " ".join(others) or _("The sheet was not saved: some rows changed meanwhile. What you ticked is kept below."))
            return None
    else:
        messages.error(request, _("The sheet was not saved. What you ticked is kept below."))
        return None
    if done.added or done.taken_back:
        changed = max(done.added, done.taken_back)
        messages.success(request, ngettext("The sheet is saved: %(number)d row changed.", "The sheet is saved: %(number)d rows changed.", changed) % {"number": changed})
    elif not quiet:
        messages.info(request, _("Nothing was different from what is known."))
    return redirect(f"{reverse('staff:sheet', args=[workshop.slug, unit.day.pk])}?unit={address_of(unit)}")


def _attach(request, day, form):
    """Whether the scan of a form was attached; where not, the form says why."""
    if not form.is_valid():
        return False
    try:
        acts.attach_sheet(day, form.cleaned_data["file"], by=request.user, note=form.cleaned_data["note"])
    except ValidationError as refusal:
        form.add_error("file", refusal)
        return False
    messages.success(request, _("The scan is attached."))
    return True


@desk_required
@require_GET
def sheet_print(request, slug, day):
    """The list of a day to sign, as PDF."""
    workshop = find(request, slug)
    counted, day = _day(workshop, day)
    return _pdf(papers.sign_in_sheet(workshop, day, counted), f"sign-in-{slug}-{day.on:%Y-%m-%d}")


@desk_required
@require_POST
def sheet_add(request, slug, day):
    """Attaches the scan of a signed sheet to its day."""
    workshop = find(request, slug)
    _counted, day = _day(workshop, day)
    form = SignedSheetForm(request.POST, request.FILES)
    _attach(request, day, form)
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect("staff:sheet", slug, day.pk)


@desk_required
@require_GET
def sheet_scan(request, slug, pk):
    """An attached scan: to staff only, as a file, never run as a page."""
    scan = get_object_or_404(SignedSheet.objects.select_related("day"), pk=pk, day__workshop=find(request, slug))
    return uploads.hand_out(scan.file, title=f"signed-sheet-{scan.day.on:%Y-%m-%d}")


# Badges -------------------------------------------------------------------------------------------------------


@desk_required
def badges(request, slug):
    """Who has a badge; posted to, it gives a code to those who have none and leads to the PDF."""
    workshop = find(request, slug)
    if request.method == "POST":
        who, only = _whom(request.POST)
        papers.issue(workshop, by=request.user, who="all" if who == "new" else who, only=only)
        query = f"only={only}" if only else f"who={'all' if who == 'new' else who}"
        return redirect(f"{reverse('staff:badges_print', args=[slug])}?{query}")
    found = papers.bearers(workshop)
    without = sum(bearer.link is None for bearer in found)
    context = {"workshop": workshop, "found": found, "without": without, "who": [(key, label) for key, label in papers.WHO.items() if key != "new"]}
    return render(request, "staff/door/badges.html", context)


def _whom(asked):
    """(Word of badges.WHO, key of one registration or None) from a query or a form."""
    who, only = asked.get("who", ""), asked.get("only", "")
    return (who if who in papers.WHO else "all"), key_of(only)


@desk_required
@require_GET
def badges_print(request, slug):
    """Badges as PDF. Reading makes no codes: who has none yet gets a badge without one."""
    workshop = find(request, slug)
    who, only = _whom(request.GET)
    found = papers.bearers(workshop, who, only=only)
    if not found:
        raise Http404
    return _pdf(papers.badges(workshop, found, absolute=request.build_absolute_uri), f"badges-{slug}")


@desk_required
@require_GET
def badges_tents(request, slug):
    """Name tents as PDF, one a sheet."""
    workshop = find(request, slug)
    who, only = _whom(request.GET)
    found = papers.bearers(workshop, who, only=only)
    if not found:
        raise Http404
    return _pdf(papers.name_tents(workshop, found), f"name-tents-{slug}")


@desk_required
@require_POST
def badge_renew(request, slug, pk):
    """A new code for somebody whose badge was lost."""
    registration = get_object_or_404(Registration, workshop=find(request, slug), pk=pk)
    try:
        papers.renew(registration, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("%(name)s has a new badge; the old one is known again as replaced.") % {"name": registration.full_name})
    return redirect("staff:badges", slug)


def _pdf(content, name):
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
