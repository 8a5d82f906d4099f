"""At the door: the check-in page and its acts as plain posts."""

import json
import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from accounts.access import desk_required
from contacts import people
from contacts.models import Organisation, Person
from contacts.views.people import key_of
from core import names
from core.mongolian import tidy
from workshops import attendance, seats
from workshops.attendance import Kind, Method
from workshops.door_forms import OverSeatsForm, WalkInForm
from workshops.forms import institution_choices
from workshops.models import AttendanceMark, Registration, State
from workshops.models.registration import HOLDING
from workshops.views.workspace import add_refusal, find

FOUND_AT_ONCE = 8
SHORTEST_QUERY = 2
# The pages below door/ may have a service worker; no other page of the portal has one.
with_worker = csp_override({**settings.SECURE_CSP, "worker-src": [CSP.SELF]})


# The check-in page --------------------------------------------------------------------------------------------


@with_worker
@desk_required
@require_GET
def door(request, slug):
    """The list of those who are expected, with a button each; ?unit= says for which day or session, ?q= finds everybody who
    is registered, ?person= shows one."""
    workshop = find(request, slug)
    counted = attendance.units(workshop)
    unit = unit_of(workshop, counted, request.GET.get("unit", ""))
    if unit is None:
        return render(request, "staff/door/no_days.html", {"workshop": workshop})
    rows = attendance.people_at(workshop, unit)
    query = tidy(request.GET.get("q", ""))[:80]
    context = {
        **frame(workshop),
        "unit": unit,
        "units": [(address_of(each), title_of(each, counted), each == unit) for each in counted],
        "here": address_of(unit),
        "query": query,
        "rows": _found(workshop, unit, query) if query else rows,
        **numbers(rows),
    }
    for row in context["rows"]:
        row.seen = f"{attendance.at(row.mark, workshop):%H:%M}" if row.mark else ""
    if asked := key_of(request.GET.get("person", "")):
        shown = next((row for row in rows if row.pk == asked), None) or one_at(workshop, unit, asked)
        context |= {"shown": shown, "verdict": shown and verdict(shown, unit, request.user, fresh="new" in request.GET)}
    return render(request, "staff/door/door.html", context)


def frame(workshop):
    """What page and shell have in common: addresses and words for the script."""
    return {
        "workshop": workshop,
        "addresses": json.dumps({
            "list": reverse("staff:door_list", args=[workshop.slug]),
            "send": reverse("staff:door_send", args=[workshop.slug]),
            "worker": reverse("staff:door_worker", args=[workshop.slug]),
            "door": reverse("staff:door", args=[workshop.slug]),
            "login": f"{reverse(settings.LOGIN_URL)}?next={reverse('staff:door', args=[workshop.slug])}",
        }),
        "words": json.dumps(_words(), ensure_ascii=False),
    }


def unit_of(workshop, counted, asked):
    """The unit that an address names ("12" a day, "12-5" a session of it); else the one that is meant now, or None."""
    named = {address_of(unit): unit for unit in counted}
    return named.get(asked) or attendance.unit_now(workshop, counted)


def address_of(unit):
    return f"{unit.day.pk}-{unit.item.pk}" if unit.item else str(unit.day.pk)


def title_of(unit, counted):
    """Day 2, 18 June; or the session with its hours."""
    from django.utils.formats import date_format

    days = list(dict.fromkeys(each.day.pk for each in counted))
    day = date_format(unit.day.on, "MONTH_DAY_FORMAT")
    if len(days) > 1:
        day = _("Day %(number)d, %(day)s") % {"number": days.index(unit.day.pk) + 1, "day": day}
    return f"{day}: {unit.item.starts_at:%H:%M} {unit.item}" if unit.item else day


def numbers(rows):
    """How many are in, and how many are expected."""
    return {
        "inside": sum(row.mark is not None and row.mark.kind == Kind.PRESENT for row in rows),
        "expected": sum(row.state in HOLDING for row in rows),
    }


def _found(workshop, unit, query):
    """Everybody registered whose name or institution fits, whatever their state."""
    marks = {row.pk: row.mark for row in attendance.people_at(workshop, unit)}
    wanted = [word.prefixes for word in names.parse_query(query)]
    plain = query.casefold()
    found = []
    for row in Registration.objects.filter(workshop=workshop).select_related("organisation"):
        keys = name_keys(row)
        fits = wanted and all(any(key.startswith(prefix) for key in keys for prefix in prefixes) for prefixes in wanted)
        body = row.organisation
        if fits or (body and plain in f"{body.name_en} {body.name_mn} {body.acronym_en} {body.acronym_mn}".casefold()):
            row.workshop, row.mark = workshop, marks.get(row.pk)
            found.append(row)
    return found


def one_at(workshop, unit, pk):
    row = Registration.objects.filter(workshop=workshop, pk=pk).select_related("organisation").first()
    if row is not None:
        row.workshop, row.mark = workshop, attendance.mark_of(row, unit)
    return row


def name_keys(registration):
    """The search keys of somebody's names in both scripts."""
    parts = (registration.given_name, registration.patronymic, registration.given_name_latin, registration.patronymic_latin)
    return list(dict.fromkeys(filter(None, map(names.fold, filter(None, parts)))))


# What the door says -------------------------------------------------------------------------------------------


def verdict(registration, unit, user, *, fresh=False):
    """What the page says about somebody with `.mark`: {"tone": go, wait, stop or ready, "word", "text", "acts"}.

    `acts` are of: mark, undo, let_in. Go is a circle and green, wait a triangle and amber, stop an octagon and red.
    """
    mark = registration.mark
    if mark is not None and mark.kind == Kind.PRESENT:
        seen = f"{attendance.at(mark, registration.workshop):%H:%M}"
        # A mark of the whole day, from its sheet, is not taken back at the door of one session.
        acts = ["undo"] if (mark.day_id, mark.item_id) == unit.key else []
        if fresh:
            return {"tone": "go", "word": pgettext("at the door", "In"), "text": seen, "acts": acts}
        return {"tone": "go", "word": _("Already in"), "text": _("at %(time)s") % {"time": seen}, "acts": acts}
    if registration.state in HOLDING:
        if mark is not None:
            return {"tone": "wait", "word": mark.get_kind_display(), "text": _("So it was marked; the person has come after all?"), "acts": ["mark"]}
        text = _("Has not answered the invitation; coming is an answer.") if registration.state == State.INVITED else ""
        return {"tone": "ready", "word": _("Expected"), "text": text, "acts": ["mark"]}
    if registration.state == State.REPLACED:
        deputy = Registration.objects.filter(replaces=registration).first()
        text = _("Came instead: %(name)s.") % {"name": deputy.full_name} if deputy else ""
        return {"tone": "stop", "word": registration.get_state_display(), "text": text, "acts": [], "deputy": deputy}
    if registration.state in attendance.TURNED_AWAY:
        acts = ["let_in"] if user.runs_workshops else []
        text = "" if acts else _("Only an organiser can let this person in.")
        return {"tone": "stop", "word": registration.get_state_display(), "text": text, "acts": acts}
    return {"tone": "wait", "word": registration.get_state_display(), "text": _("Holds no seat."), "acts": ["let_in"]}


def _words():
    """What the script says, in the reader's language."""
    return {
        "in": pgettext("at the door", "In"),
        "already": _("Already in"),
        "at": _("at {time}"),
        "here": _("in at {time}"),
        "undone": _("Taken back"),
        "unknown": _("Unknown badge"),
        "unknownKept": _("Not on this list. The code is kept; look for the name."),
        "asking": _("One moment…"),
        "notTaken": _("Not taken"),
        "waitingOne": _("Waiting: 1"),
        "waiting": _("Waiting: {n}"),
        "offline": _("No connection. Go on; marks wait on this device."),
        "sent": _("All is sent."),
        "signedOut": _("You are signed out. Sign in again; the marks wait on this device."),
        "clock": _("This device’s clock is {n} minutes off. Both times are kept."),
        "noList": _("The list is not on this device yet. Open this page once with a connection."),
        "noneFound": _("Nobody on the list fits."),
        "camera": _("The camera did not open. Allow it in the browser, or look for the name."),
        "noCamera": _("This browser reads no codes by itself: point the phone’s own camera at the badge, or look for the name."),
        "scan": _("Scan badges"),
        "stopScan": _("Close the camera"),
        "counts": _("{inside} of {expected} in"),
        "absent": str(Kind.ABSENT.label),
        "excused": str(Kind.EXCUSED.label),
        "soundOn": _("Sound is on"),
        "soundOff": _("Sound is off"),
        "leave": _("Marks that were not sent yet are lost if you sign out now. Sign out all the same?"),
    }


# Acts as plain posts ------------------------------------------------------------------------------------------


def _back(workshop, unit, registration=None, *, fresh=False):
    address = f"{reverse('staff:door', args=[workshop.slug])}?unit={address_of(unit)}"
    if registration is not None:
        address += f"&person={registration.pk}" + ("&new=1" if fresh else "")
    return redirect(address)


def _posted(request, slug):
    workshop = find(request, slug)
    counted = attendance.units(workshop)
    unit = unit_of(workshop, counted, request.POST.get("unit", ""))
    if unit is None:
        raise Http404
    asked = key_of(request.POST.get("person", ""))
    registration = one_at(workshop, unit, asked) if asked else None
    return workshop, unit, registration


@desk_required
@require_POST
def mark(request, slug):
    workshop, unit, registration = _posted(request, slug)
    if registration is None:
        messages.error(request, _("This person is not on the list any more."))
        return _back(workshop, unit)
    try:
        outcome = attendance.mark(registration, unit.day, item=unit.item, by=request.user, method=Method.LIST)
    except ValidationError as refusal:
        if refusal.code not in {"no_seat", "replaced"}:  # the page itself says these
            messages.error(request, " ".join(refusal.messages))
        return _back(workshop, unit, registration)
    return _back(workshop, unit, registration, fresh=outcome.created)


@desk_required
@require_POST
def undo(request, slug):
    """Takes back the mark that stands for somebody at the day or session."""
    workshop, unit, registration = _posted(request, slug)
    if registration is not None and "undo" in verdict(registration, unit, request.user)["acts"]:
        try:
            attendance.void(registration.mark, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("%(name)s: the mark was taken back.") % {"name": registration.full_name})
    return _back(workshop, unit)


@desk_required
def let_in(request, slug, pk):
    """Somebody who is registered and holds no seat, or none any more: told what there is to know, then let in."""
    workshop = find(request, slug)
    counted = attendance.units(workshop)
    asked = request.POST if request.method == "POST" else request.GET
    unit = unit_of(workshop, counted, asked.get("unit", ""))
    registration = one_at(workshop, unit, pk) if unit else None
    if registration is None:
        raise Http404
    form = OverSeatsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = attendance.readmit(
                registration, unit.day, item=unit.item, by=request.user, over_reason=form.cleaned_data["over_reason"]
            )
        except ValidationError as refusal:
            _refuse(request, form, refusal)
        else:
            return _back(workshop, unit, outcome.mark.registration, fresh=True)
    why_none = seats.why_none(workshop, registration.organisation) if registration.state not in HOLDING else None
    _ask_for_reason(form, why_none)
    context = {
        "workshop": workshop,
        "registration": registration,
        "verdict": verdict(registration, unit, request.user),
        "unit": unit,
        "here": address_of(unit),
        "form": form,
        "why_none": why_none,
        "last": registration.changes.select_related("by").order_by("-pk").first(),
    }
    return render(request, "staff/door/let_in.html", context, status=422 if form.errors else 200)


def _refuse(request, form, refusal):
    """A refusal on the page; for want of a seat it says what an organiser has to write."""
    add_refusal(form, refusal, **_beside_the_reason(request))
    if "over_reason" in form.fields and form.has_error("over_reason"):
        form.add_error("over_reason", _("To let this person in all the same, write the reason here."))


def _ask_for_reason(form, why_none):
    """The reason is not called optional where no seat is free. Only the label changes: the act judges whether it is due."""
    if "over_reason" in form.fields and (why_none or form.has_error("over_reason")):
        form.fields["over_reason"].required = True


def _beside_the_reason(request):
    """Refusals for want of a seat stand at the field in which an organiser gives the reason."""
    return dict.fromkeys(["no_places", "institution_full", "kept_for_others"], "over_reason") if request.user.runs_workshops else {}


@desk_required
def walk_in(request, slug):
    """Somebody who came without a registration: found in the directory by ?q=, or added with ?new=."""
    workshop = find(request, slug)
    counted = attendance.units(workshop)
    asked = request.POST if request.method == "POST" else request.GET
    unit = unit_of(workshop, counted, asked.get("unit", ""))
    if unit is None:
        raise Http404
    query, runs = tidy(asked.get("q", ""))[:80], request.user.runs_workshops
    invited = set(workshop.allocations.order_by().values_list("organisation", flat=True))
    context = {
        "workshop": workshop, "unit": unit, "here": address_of(unit), "query": query, "runs": runs, "key": uuid.uuid4(),
        "why_none": seats.why_none(workshop, None), "short": bool(query) and len(query) < SHORTEST_QUERY,
    }  # fmt: skip
    if request.method == "POST":
        response = _walked_in(request, workshop, unit, invited, context)
        if response is not None:
            return response
        for form in filter(None, [context.get("form"), context.get("over")]):
            _ask_for_reason(form, context["why_none"])
        return render(request, "staff/door/walk_in.html", context, status=422)
    if "new" in request.GET:
        parts = people.split(query)
        typed = {name: parts.get(name) or parts.get(f"{name}_latin") or "" for name in ("given_name", "patronymic")}
        context["form"] = WalkInForm(initial=typed, choices=institution_choices(invited), may_go_over=runs)
        _ask_for_reason(context["form"], context["why_none"])
    else:
        context["found"] = _known_as(query, workshop)
    return render(request, "staff/door/walk_in.html", context)


def _known_as(query, workshop):
    """Those in the directory whom a query fits; too short a one fits nobody."""
    return people.find(query, limit=FOUND_AT_ONCE, workshop=workshop) if len(query) >= SHORTEST_QUERY else []


def _walked_in(request, workshop, unit, invited, context):
    """The answer to somebody being let in, or None where the page is shown again with what was typed."""
    asked, key = key_of(request.POST.get("person", "")), _uuid(request.POST.get("key"))
    sent = AttendanceMark.objects.filter(workshop=workshop, client_uuid=key).select_related("registration").first()
    if sent is not None:
        return _back(workshop, unit, sent.registration, fresh=True)
    context["key"] = key
    if asked:
        form = context["over"] = OverSeatsForm(request.POST)
        person = context["person"] = Person.objects.living().filter(pk=asked).first()
        if person is None:
            form.add_error(None, _("This person is not in the directory any more."))
            context["found"] = _known_as(context["query"], workshop)
    else:
        form = context["form"] = WalkInForm(request.POST, choices=institution_choices(invited), may_go_over=request.user.runs_workshops)
        person = None
    if not form.is_valid():
        return None
    details = {"over_reason": form.cleaned_data.get("over_reason", ""), "by": request.user, "item": unit.item, "client_uuid": key}
    try:
        with transaction.atomic():
            # The second of two presses at the same moment waits here, and adds nobody.
            seats.lock(workshop)
            sent = AttendanceMark.objects.filter(workshop=workshop, client_uuid=key).select_related("registration").first()
            if sent is not None:
                return _back(workshop, unit, sent.registration, fresh=True)
            if person is None:
                organisation = Organisation.objects.filter(pk=form.cleaned_data["organisation"]).first()
                person = people.add(by=request.user, organisation=organisation, **form.person_details())
                details |= {"organisation": organisation, "job_title": form.cleaned_data["job_title"]}
            outcome = attendance.walk_in(workshop, person, unit.day, **details)
    except ValidationError as refusal:
        _refuse(request, form, refusal)
        return None
    return _back(workshop, unit, outcome.mark.registration, fresh=True)


def _uuid(text):
    try:
        return uuid.UUID(text)
    except (ValueError, TypeError, AttributeError):
        return uuid.uuid4()
