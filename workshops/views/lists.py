"""Pages of nomination lists: read one in, see every row judged, put rows right, commit, undo."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import organiser_required
from contacts import importing
from contacts.models import Decision, Organisation, Person, Verdict
from contacts.remarks import say
from core import phones, spreadsheets
from workshops import commitments, judgements, nominations
from workshops.list_forms import ListForm, ReadingForm, RowForm
from workshops.models import NominationList, Registration, Workshop

PAGE = 100
# Verdict or plan → (tone, shape) of its chip.
LOOKS = {
    Verdict.NEW: ("held", "plus"),
    Verdict.KNOWN: ("ok", "check"),
    Verdict.POSSIBLE: ("wait", "people"),
    Verdict.TO_MEND: ("stop", "warning"),
    Verdict.REPEATED: ("past", "copy"),
    Verdict.NO_PERSON: ("past", "minus"),
}


def _workshop(request, slug):
    return get_object_or_404(Workshop.objects.visible_to(request.user), slug=slug)


def _listed(request, slug, pk):
    return get_object_or_404(
        NominationList.objects.select_related("batch__created_by", "batch__undone_by", "workshop", "organisation"),
        workshop=_workshop(request, slug),
        batch=pk,
    )


@organiser_required
def list_new(request, slug):
    workshop = _workshop(request, slug)
    posted = request.method == "POST"
    form = ListForm(request.POST if posted else None, request.FILES if posted else None, workshop=workshop)
    if posted and form.is_valid():
        listed = nominations.take_in(
            workshop,
            form.table,
            by=request.user,
            source_name=form.source_name,
            organisation=form.cleaned_data["organisation"],
            become=form.cleaned_data["become"],
        )
        return redirect("staff:list_show", slug, listed.batch_id)
    lists = (
        NominationList.objects.filter(workshop=workshop)
        .select_related("batch__created_by", "organisation", "workshop")
        .annotate(
            added=Count("batch__rows", filter=Q(batch__rows__committed_at__isnull=False)),
            to_do=Count(
                "batch__rows",
                filter=Q(batch__rows__committed_at=None, batch__rows__verdict__in=[Verdict.TO_MEND, Verdict.POSSIBLE], batch__rows__decision=""),
            ),
        )
        .order_by("-pk")
    )
    page = Paginator(lists, 20).get_page(request.GET.get("page"))
    return render(request, "staff/lists/new.html", {"workshop": workshop, "form": form, "page": page})


# One list -----------------------------------------------------------------------------------------------------


class RowView:
    """One row as the page shows it."""

    def __init__(self, row, listed, *, people, form=None):
        self.row, self.form, self.plan = row, form, judgements.plan(row)
        details = row.parsed
        self.given = details.get("given_name") or details.get("given_name_latin", "")
        self.patronymic = (details.get("patronymic") if details.get("given_name") else "") or details.get("patronymic_latin") or details.get("patronymic", "")
        latin = " ".join(filter(None, [details.get("patronymic_latin"), details.get("given_name_latin")]))
        self.latin = latin if details.get("given_name") else ""
        self.sex = {"f": _("Female"), "m": _("Male")}.get(details.get("sex"), "")
        self.cells = list(dict.fromkeys(cell for cell in row.raw if cell))  # a merged cell once
        self.nobody = row.verdict == Verdict.NO_PERSON
        self.tone, self.shape = LOOKS[Verdict(row.verdict)]
        self.label = row.get_verdict_display()
        self.said = [say(note) for note in row.notes]
        self.errors = [say(error) for error in row.errors]
        for error in self.errors:
            error.suggestion = error.params.get("suggestion") or ""
        self.look = [said for said in self.said if said.look]
        self.told = [said for said in self.said if not said.look]
        codes = {said.code for said in self.said}
        self.may_swap = bool(self.given and self.patronymic) and not self.nobody and not row.committed_at
        self.order_guessed = "order_guessed" in codes
        capitals = next((said.params.get("suggestion") for said in self.said if said.code == "capitals"), None)
        self.capitals = " ".join(filter(None, reversed(capitals))) if capitals else ""
        self.position_changed = "position_changed" in codes
        self.candidates = [
            Candidate(people[candidate["person"]], candidate["why"], self)
            for candidate in row.candidates
            if candidate["person"] in people and row.verdict in {Verdict.POSSIBLE, Verdict.KNOWN}
        ]
        self.person = people.get(row.person_id)
        self.compare = row.verdict == Verdict.POSSIBLE and self.plan == "decide" or (form is not None and bool(self.candidates))
        self.has_more = bool(self.errors or self.compare or form is not None)
        self.is_open = form is not None
        self.kept = (row.record.get("kept") or {}) if row.record.get("kept") else None
        if self.kept:
            self.kept = say({"code": "%(reason)s", "params": {"reason": self.kept}}).text

    @property
    def outcome(self):
        """A word on what a commit does with the row."""
        return {
            "register": _("Will be added") if judgements.adds_person(self.row) else _("Will be registered"),
            "registered": _("Registered already"),
            "complete": _("Registered already; will be completed"),
            "left_out": _("Left out"),
            "decide": _("Waits for your answer"),
            "mend": _("Waits to be mended"),
            "done": _("Registered from this list") if self.row.record.get("added", {}).get("registration") else _("Completed from this list"),
        }[self.plan]


class Candidate:
    """Somebody of the directory beside a row: each line says whether it agrees."""

    WHY = {
        "name_same": "name", "name_turned": "name", "name_initial": "name", "email": "email", "phone": "phone", "institution": "institution",
    }  # fmt: skip

    def __init__(self, person, why, view):
        self.person, agreed = person, {self.WHY.get(reason, reason) for reason in why}
        details = view.row.parsed
        position = next(iter(person.open_positions), None)
        self.registration = next(iter(person.here), None)
        self.number_of_workshops = person.workshops_attended
        self.lines = [
            (_("Name"), " ".join(filter(None, [view.patronymic, view.given])), " ".join(filter(None, [person.patronymic or person.patronymic_latin, person.given_name or person.given_name_latin])), "name" in agreed),
            (_("Institution"), str(view.row.organisation or details.get("organisation", "")), str(position.organisation) if position else "", "institution" in agreed),
            (_("Job title"), details.get("job_title", ""), position.any_title if position else "", False),
            (_("Phone"), details.get("phone", ""), ", ".join(phones.display(phone.number) for phone in person.phones.all()), "phone" in agreed),
            (_("E-mail"), details.get("email", ""), ", ".join(email.address for email in person.emails.all()), "email" in agreed),
        ]  # fmt: skip
        self.lines = [
            {"label": label, "ours": ours, "theirs": theirs, "agrees": agrees or (ours and ours.casefold() == theirs.casefold()), "differs": bool(ours and theirs) and not agrees and ours.casefold() != theirs.casefold()}
            for label, ours, theirs, agrees in self.lines
        ]  # fmt: skip


def _people_of(rows, workshop):
    """Those whom the rows of one page mean or may mean, with what is shown of them: five queries for any number of rows."""
    from django.db.models import Prefetch

    from contacts.models import Position

    keys = {row.person_id for row in rows if row.person_id} | {
        candidate["person"] for row in rows if row.verdict in {Verdict.POSSIBLE, Verdict.KNOWN} for candidate in row.candidates
    }
    if not keys:
        return {}
    found = (
        Person.objects.filter(pk__in=keys)
        .annotate(workshops_attended=Count("registrations__workshop", distinct=True))
        .prefetch_related(
            "emails",
            "phones",
            Prefetch("positions", Position.objects.filter(is_main=True, valid_to=None).select_related("organisation"), to_attr="open_positions"),
            Prefetch("registrations", Registration.objects.filter(workshop=workshop).order_by("-pk"), to_attr="here"),
        )
    )
    return {person.pk: person for person in found}


FILTERS = ("all", "attention", *Verdict.values)


@organiser_required
@require_GET
def list_show(request, slug, pk):
    return _show(request, _listed(request, slug, pk))


def _show(request, listed, *, bound=None, reading=None):
    """The page of a list. `bound`: (row, RowForm with errors) whose row stays open."""
    batch, workshop = listed.batch, listed.workshop
    rows = list(batch.rows.select_related("organisation"))
    forecast = judgements.forecast(listed, rows)
    counts = {name: 0 for name in FILTERS} | {"all": len(rows)}
    for row in rows:
        counts[row.verdict] += 1
        counts["attention"] += _needs_attention(row)
    query = request.GET if request.method == "GET" else request.POST
    shown = query.get("show") if query.get("show") in FILTERS else "all"
    chosen = [row for row in rows if shown == "all" or row.verdict == shown or (shown == "attention" and _needs_attention(row))]
    opened = bound[0].pk if bound else _number(query.get("open"))
    if opened and opened not in {row.pk for row in chosen}:
        shown, chosen = "all", rows
    paginator = Paginator(chosen, PAGE)
    place = next((place for place, row in enumerate(chosen) if row.pk == opened), None)
    page = paginator.get_page(place // PAGE + 1 if place is not None else query.get("page"))
    people = _people_of(page.object_list, workshop)
    closed = bool(batch.undone_at)
    views = []
    for row in page.object_list:
        form = None
        if row.pk == opened and not row.committed_at and not closed:
            form = bound[1] if bound else _row_form(row, listed)
        views.append(RowView(row, listed, people=people, form=form))
    unclear = _unclear(rows)
    columns = _columns(batch, rows)
    ovog = batch.options.get("ask_ovog")
    unfinished = any(not row.committed_at and row.verdict != Verdict.NO_PERSON for row in rows)
    context = {
        "workshop": workshop,
        "listed": listed,
        "batch": batch,
        "views": views,
        "page": page,
        "forecast": forecast,
        "shown": shown,
        "filters": _filters(counts, shown),
        "columns": columns,
        "reading": reading or _reading_form(listed, columns, unclear),
        "unclear": unclear,
        "asks_ovog": ovog is not None and unfinished,
        "ovog_open": ovog is not None and unfinished and not batch.options.get("ovog_answered"),
        "ovog_samples": next((column["samples"] for column in columns if column["column"] == ovog), []),
        "unfinished": unfinished,
        "order_guessed": any(note["code"] == "order_guessed" for row in rows for note in row.notes) or batch.options.get("order"),
        "said": [say(note) for note in batch.notes],
        "earlier": list(nominations.earlier_readings(batch)) if not closed else [],
        "closed": closed,
        "query": urlencode({"show": shown, "page": page.number}),
        "kept": [view for view in (RowView(row, listed, people={}) for row in rows if row.record.get("kept")) if view.kept] if closed else [],
        "next": _next_open(rows, opened),
    }
    return render(request, "staff/lists/show.html", context)


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _needs_attention(row):
    return judgements.plan(row) in {"mend", "decide"}


def _next_open(rows, opened):
    waiting = [row.pk for row in rows if _needs_attention(row) and row.pk != opened]
    after = [key for key in waiting if opened and key > opened]
    return (after or waiting or [None])[0]


def _filters(counts, shown):
    names = [
        ("all", _("All rows")),
        ("attention", _("Wait for you")),
        *((verdict.value, verdict.label) for verdict in Verdict),
    ]
    return [
        {"key": key, "label": label, "count": counts[key], "current": key == shown}
        for key, label in names
        if counts[key] or key in {"all", shown}
    ]


def _columns(batch, rows):
    """What the selects above the table say of each column: letter, heading, two cells from below it."""
    options = batch.options
    found = []
    body = [row for row in rows if row.verdict != Verdict.NO_PERSON] or [row for row in rows if row.number not in options.get("heading_rows", [])]
    for column in range(options.get("width", 0)):
        samples = list(dict.fromkeys(row.raw[column] for row in body if column < len(row.raw) and row.raw[column]))[:2]
        heading = options.get("headings", {}).get(str(column), "")
        if samples or heading:
            found.append(
                {
                    "column": column,
                    "name": f"column_{column}",
                    "letter": judgements.column_letter(column),
                    "heading": heading,
                    "samples": samples,
                    "field": batch.columns.get(str(column), ""),
                    "second": column in options.get("second_table", []),
                }
            )
    return found


def _unclear(rows):
    """Each institution that was not recognised once, with how many rows name it and what it may be; and old names."""
    found, keys = {}, set()
    for row in rows:
        if row.committed_at:
            continue
        for remark in [*row.errors, *row.notes]:
            if remark["code"] not in {"institution_unclear", "institution_unknown", "institution_ended"}:
                continue
            text = remark["params"].get("text", "")
            ended = remark["code"] == "institution_ended"
            question = found.setdefault(
                judgements.institution_key(text),
                {"text": text, "count": 0, "ended": ended, "unclear": remark["code"] == "institution_unclear", "keys": remark["params"].get("successors" if ended else "candidates", [])},
            )
            if ended:
                question["keep"] = _("Keep the old name: %(name)s") % {"name": row.organisation}
            question["count"] += 1
            keys |= set(question["keys"])
    bodies = Organisation.objects.in_bulk(keys) if keys else {}
    for number, question in enumerate(found.values()):
        question["field_name"] = f"institution_{number}"
        question["candidates"] = [bodies[key] for key in question["keys"] if key in bodies]
    return list(found.values())


def _reading_form(listed, columns, unclear, data=None):
    options = listed.batch.options
    return ReadingForm(
        data,
        listed=listed,
        columns=[(column["column"], f"{column['letter']}: {column['heading']}" if column["heading"] else column["letter"]) for column in columns],
        unclear=unclear,
        initial={
            "become": listed.become,
            "organisation": listed.organisation_id or "",
            "order": options.get("order", ""),
            "ovog": options.get("ovog", "father"),
            **{f"column_{column['column']}": column["field"] for column in columns},
        },
    )


def _row_form(row, listed, data=None):
    details = dict(row.parsed)
    suggested = []
    for error in row.errors:
        if error["field"] == "organisation":
            suggested = list(Organisation.objects.filter(pk__in=error["params"].get("candidates", [])))
    if row.verdict == Verdict.NO_PERSON and not details and row.raw:
        details["note"] = "; ".join(cell for cell in row.raw if cell)
    initial = {**details, "organisation_id": row.organisation_id or ""}
    form = RowForm(
        data,
        workshop=listed.workshop,
        suggested=suggested,
        may_change_position=any(note["code"] == "position_changed" for note in row.notes),
        initial=initial,
        auto_id="row_%s",
    )
    return form


# Acts ---------------------------------------------------------------------------------------------------------


def _back(request, listed, row=None):
    """To the same filter and page, at the row that was worked on."""
    kept = {name: request.POST[name] for name in ("show", "page", "open") if request.POST.get(name)}
    address = reverse("staff:list_show", args=[listed.workshop.slug, listed.batch_id])
    address += f"?{urlencode(kept)}" if kept else ""
    return redirect(address + (f"#row-{row.pk}" if row else ""))


def _refused(request, refusal):
    for message in refusal.messages:
        messages.error(request, message)


@organiser_required
def list_columns(request, slug, pk):
    listed = _listed(request, slug, pk)
    if request.method != "POST":
        return redirect("staff:list_show", slug, pk)
    try:
        if "split" in request.POST:
            second = nominations.split_off(listed, by=request.user)
            messages.success(request, _("The second table was read as a list of its own."))
            return redirect("staff:list_show", slug, second.batch_id)
        rows = list(listed.batch.rows.select_related("organisation"))
        columns = _columns(listed.batch, rows)
        form = _reading_form(listed, columns, _unclear(rows), request.POST)
        if not form.is_valid():
            return _show(request, listed, reading=form)
        nominations.change(listed, by=request.user, **form.changes())
    except ValidationError as refusal:
        _refused(request, refusal)
    else:
        messages.success(request, _("The list was read anew. Rows that were changed by hand stayed as they are."))
    return _back(request, listed)


@organiser_required
def list_row(request, slug, pk, row):
    """GET leads to the list with the row open; POST saves it or takes one of the short ways (swap, same, another …)."""
    listed = _listed(request, slug, pk)
    row = get_object_or_404(listed.batch.rows.select_related("organisation"), pk=row)
    if request.method != "POST":
        return redirect(reverse("staff:list_show", args=[slug, pk]) + f"?open={row.pk}#row-{row.pk}")
    act = request.POST.get("act", "save")
    try:
        if act == "save":
            form = _row_form(row, listed, request.POST)
            if not form.is_valid():
                return _show(request, listed, bound=(row, form))
            row = nominations.edit(listed, row, form.details(), by=request.user)
        else:
            row = _short_way(request, listed, row, act)
    except ValidationError as refusal:
        _refused(request, refusal)
        return _back(request, listed, row)
    rows = list(listed.batch.rows.all())
    if "next" in request.POST and (following := _next_open(rows, row.pk)):
        address = reverse("staff:list_show", args=[slug, pk])
        return redirect(f"{address}?{urlencode({'show': request.POST.get('show', 'all'), 'open': following})}#row-{following}")
    return _back(request, listed, row)


def _short_way(request, listed, row, act):
    details, by = row.parsed, request.user
    if act == "swap":
        return nominations.edit(listed, row, _kept(row, judgements.swap_names(details)), by=by)
    if act == "case":
        written = {
            name: importing.sentence_case(details[name])
            for name in ("given_name", "patronymic", "given_name_latin", "patronymic_latin")
            if details.get(name)
        }
        return nominations.edit(listed, row, _kept(row, {**details, **written}), by=by)
    if act == "suggestion":
        place = _number(request.POST.get("error"))
        errors = row.errors
        if place is None or place >= len(errors) or not errors[place]["params"].get("suggestion"):
            raise ValidationError(_("This was mended meanwhile."), code="stale")
        error = errors[place]
        return nominations.edit(listed, row, _kept(row, {**details, _mended_field(details, error): error["params"]["suggestion"]}), by=by)
    if act == "same":
        person = get_object_or_404(Person.objects.living(), pk=_number(request.POST.get("person")))
        return nominations.edit(listed, row, None, by=by, decision=Decision.MATCH, person=person)
    if act in {"another", "leave_out", "undecide"}:
        decision = {"another": Decision.CREATE, "leave_out": Decision.SKIP, "undecide": ""}[act]
        return nominations.edit(listed, row, None, by=by, decision=decision)
    raise ValidationError(_("That is not possible."), code="not_possible")


def _mended_field(details, error):
    field = error["field"]
    if field in {"given_name", "patronymic"} and not details.get(field) and details.get(f"{field}_latin"):
        return f"{field}_latin"
    return field


def _kept(row, details):
    """Details with the institution as it was recognised: pressing one button changes one thing."""
    return {**details, "organisation_id": details.get("organisation_id", str(row.organisation_id or ""))} if row.organisation_id else details


@organiser_required
def list_commit(request, slug, pk):
    listed = _listed(request, slug, pk)
    if request.method != "POST":
        return redirect("staff:list_show", slug, pk)
    try:
        done = commitments.commit(listed, by=request.user)
    except ValidationError as refusal:
        _refused(request, refusal)
        return _back(request, listed)
    undo = f"undo:{reverse('staff:list_undo', args=[slug, pk])}"
    if done.completed and not done.number:
        text = ngettext("%(number)d person in the directory was completed.", "%(number)d people in the directory were completed.", len(done.completed))
        messages.success(request, text % {"number": len(done.completed)}, extra_tags=undo)
        return _back(request, listed)
    if not done.number:
        messages.info(request, _("There was nobody left to register."))
        return _back(request, listed)
    parts = [
        ngettext("%(number)d official is registered", "%(number)d officials are registered", done.number) % {"number": done.number},
        ngettext("%(number)d of them new in the directory", "%(number)d of them new in the directory", len(done.new)) % {"number": len(done.new)},
    ]
    if listed.become == NominationList.Become.CONFIRMED:
        parts.append(ngettext("%(number)d holds a seat", "%(number)d hold a seat", done.held) % {"number": done.held})
        if done.waiting:
            parts.append(ngettext("%(number)d waits", "%(number)d wait", done.waiting) % {"number": done.waiting})
    messages.success(request, ", ".join(parts) + ".", extra_tags=undo)
    return redirect("staff:list_show", slug, pk)


@organiser_required
@require_POST
def list_undo(request, slug, pk):
    listed = _listed(request, slug, pk)
    try:
        done = commitments.undo(listed, by=request.user)
    except ValidationError as refusal:
        _refused(request, refusal)
        return _back(request, listed)
    text = ngettext("The list is undone: %(number)d registration was taken back", "The list is undone: %(number)d registrations were taken back", done.registrations) % {
        "number": done.registrations
    }
    text += ", " + ngettext("%(number)d person was removed.", "%(number)d people were removed.", done.people) % {"number": done.people}
    messages.success(request, text)
    if done.kept:
        messages.warning(request, ngettext("%(number)d row stays, see why below.", "%(number)d rows stay, see why below.", len(done.kept)) % {"number": len(done.kept)})
    return redirect("staff:list_show", slug, pk)


@organiser_required
@require_GET
def list_download(request, slug, pk):
    """The rows that wait for somebody, as an Excel file: the cells as sent, and what is to be done in a last column."""
    listed = _listed(request, slug, pk)
    batch = listed.batch
    rows = [row for row in batch.rows.all() if _needs_attention(row)]
    width = batch.options.get("width", 0)
    titles = batch.options.get("headings", {})
    header = [_("Row"), *(titles.get(str(column)) or judgements.column_letter(column) for column in range(width)), _("What is to be done")]
    lines = []
    for row in rows:
        reasons = [say(error).text for error in row.errors] or [_("May be somebody in the directory already.")]
        lines.append([row.number, *(row.raw[column] if column < len(row.raw) else "" for column in range(width)), " ".join(reasons)])
    answer = HttpResponse(
        spreadsheets.write_xlsx(header, lines), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="to-mend-{listed.batch_id}.xlsx"'
    return answer


