"""The participants of a workshop: the list and its acts, registering somebody, one registration, and taking back."""

import uuid
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from accounts.access import desk_required, organiser_required
from contacts import people
from contacts.models import Organisation, Person
from core import names
from core.mongolian import tidy
from workshops import answers, links, planning, registrations, seats, snapshots
from workshops.answer_forms import SubstituteForm
from workshops.forms import (
    BECOME,
    STAFF_VIA,
    VERBS,
    MoveForm,
    NewPersonForm,
    RegisterForm,
    SnapshotForm,
    institution_choices,
)
from workshops.models import MOVES, ActBatch, Consent, Deputy, Letter, Link, Needs, Registration, State, Via
from workshops.models.registration import ENDED, HOLDING, LIVE, REASON_DUE
from workshops.templatetags.workspace import counts
from workshops.views.workspace import add_refusal, find

A_PAGE_HOLDS = 50
FOUND_AT_ONCE = 8
# What staff do with several at once, in the order of the buttons: they are asked before their seat is confirmed.
BULK = [State.INVITED, State.CONFIRMED, State.WAITLISTED, State.WITHDRAWN, State.REJECTED, State.CANCELLED]


# The list -----------------------------------------------------------------------------------------------------


def participants(request, slug):
    """Read: the list, for the desk too. Posted to: one more is registered."""
    if request.method == "POST":
        return register(request, slug)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return participant_list(request, slug)


@desk_required
def participant_list(request, slug):
    workshop = find(request, slug)
    rows, chosen = _filtered(workshop, request.GET)
    page = Paginator(rows, A_PAGE_HOLDS).get_page(request.GET.get("page"))
    numbers = counts(workshop)
    institutions = (
        Organisation.objects.filter(registrations__workshop=workshop).distinct().only("name_en", "name_mn", "acronym_en", "acronym_mn")
    )
    runs = request.user.runs_workshops
    for row in page:
        row.acts = _acts(row) if runs else []
    context = {
        "workshop": workshop,
        "counts": numbers,
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "states": _state_filters(workshop, numbers, chosen),
        "institutions": sorted(institutions, key=lambda body: body.short_name),
        "roles": Registration.Role.choices,
        "bulk": [(state, VERBS[state]) for state in BULK],
        "runs": runs,
        "back": request.GET.urlencode(),
    }
    return render(request, "staff/participants.html#live" if request.htmx and not request.htmx.boosted else "staff/participants.html", context)


def _filtered(workshop, asked):
    """The registrations that the address asks for, and what of it was understood."""
    proposed = Deputy.objects.filter(registration=OuterRef("pk"), outcome="")
    rows = Registration.objects.filter(workshop=workshop).select_related("organisation", "replaces", "replaced_by").annotate(proposes_deputy=Exists(proposed))
    chosen = {"state": "", "institution": "", "role": "", "q": tidy(asked.get("q", ""))[:100]}
    state, institution, role = asked.get("state", ""), asked.get("institution", ""), asked.get("role", "")
    order = ["sort_key", "pk"]
    if state == "live":
        rows, chosen["state"] = rows.filter(state__in=LIVE), state
    elif state == "ended":
        rows, chosen["state"] = rows.filter(state__in=ENDED), state
    elif state == "over":
        rows, chosen["state"] = rows.filter(over_seats=True, state__in=HOLDING), state
    elif state == "deputy":
        rows, chosen["state"] = rows.filter(proposes_deputy=True), state
    elif state in State.values:
        rows, chosen["state"] = rows.filter(state=state), state
        if state == State.WAITLISTED:
            order = ["waiting_rank", "pk"]
    if institution == "none":
        rows, chosen["institution"] = rows.filter(organisation=None), institution
    elif institution.isascii() and institution.isdigit() and len(institution) < 19:
        rows, chosen["institution"] = rows.filter(organisation=int(institution)), institution
    if role in Registration.Role.values:
        rows, chosen["role"] = rows.filter(role=role), role
    if chosen["q"]:
        rows = rows.filter(_says(chosen["q"]))
    return rows.order_by(*order), chosen


def _says(query):
    """Names as of the event in either script, the job, the institution; and whoever the directory finds by the query."""
    found = Q(person__in=people.search(query).order_by().values("pk"))
    words = Q()
    for word in query.split()[:6]:
        fields = ("job_title", "department", "note", "organisation__name_en", "organisation__name_mn", "organisation__acronym_en", "organisation__acronym_mn")
        said = Q()
        for field in fields:
            said |= Q(**{f"{field}__icontains": word})
        words &= said
    return found | words


def _state_filters(workshop, numbers, chosen):
    """Links that show one state, each with its number; the rest of the query stays."""
    kept = [(name, value) for name, value in chosen.items() if value and name != "state"]
    wanted = [("", _("All"), None), *((state, state.label, numbers[state]) for state in LIVE), ("ended", _("Ended"), numbers["ended"]), ("over", _("Over the seats"), workshop.seats_over)]
    proposing = Registration.objects.filter(workshop=workshop, deputies__outcome="").distinct().count()
    wanted.append(("deputy", _("Propose a deputy"), proposing))
    return [
        {
            "label": label,
            "count": number,
            "url": "?" + urlencode([("state", str(state)), *kept] if state else kept),
            "current": chosen["state"] == state,
        }
        for state, label, number in wanted
        if number != 0 or chosen["state"] == state
    ]


def _acts(registration):
    """What the row offers: {"quick": the likeliest move, where it needs no reason, "more": the others}."""
    moves = [state for state in BULK if state in MOVES[State(registration.state)]]
    if registration.state == State.CANCELLED:
        moves = [State.NOMINATED]
    quick = [state for state in moves if state not in REASON_DUE][:1]
    return {name: [(state, VERBS[state]) for state in states] for name, states in (("quick", quick), ("more", [state for state in moves if state not in quick]))}


# Registering --------------------------------------------------------------------------------------------------


@organiser_required
@require_POST
def register(request, slug):
    """Registers one person; the same request sent twice, or by two windows, registers once. The act decides."""
    workshop = find(request, slug)
    form = RegisterForm(request.POST)
    person = None
    if form.is_valid():
        person = Person.objects.living().filter(pk=form.cleaned_data["person"]).first()
        if person is None:
            form.add_error("person", _("This person is not in the directory any more."))
    if form.errors:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return redirect(_add_address(slug, form))
    return _register(request, workshop, person, form)


def _register(request, workshop, person, form):
    details = {name: form.cleaned_data[name] for name in ("become", "via", "over_reason")}
    key = form.cleaned_data["request_key"]
    try:
        outcome = _register_with_undo(workshop, person, by=request.user, request_key=key, **details)
        if outcome.registration.person_id != person.pk:
            # A page that the browser kept carries the key of the person who was added from it before.
            outcome = _register_with_undo(workshop, person, by=request.user, **details)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        _say(request, outcome)
    return redirect(_add_address(workshop.slug, form))


@transaction.atomic
def _register_with_undo(workshop, person, *, by, **details):
    batch = ActBatch(workshop=workshop, act="register", by=by)
    outcome = registrations.register(workshop, person, by=by, batch=batch, **details)
    if outcome.created:
        # Stored after its changes, which the database allows until the end of the transaction: who was registered
        # already costs no row.
        batch.save(force_insert=True)
        outcome.batch = batch
    return outcome


def _say(request, outcome):
    registration = outcome.registration
    link = format_html('<a href="{}">{}</a>', _address(registration), registration.short_name)
    if not outcome.created:
        messages.info(request, format_html(_("{} is registered already: {}."), link, registration.get_state_display().lower()))
        return
    undo = f"undo:{reverse('staff:undo', args=[outcome.batch.pk])}"
    if outcome.because is not None:
        text = format_html(_("{} is on the waiting list. {}"), link, " ".join(outcome.because.messages))
        messages.warning(request, text, extra_tags=undo)
    else:
        text = format_html(_("{}: {}."), link, registration.get_state_display().lower())
        messages.success(request, text, extra_tags=undo)


def _add_address(slug, form):
    """Back to the empty box, with what was chosen for the last one; or to the list where the form came from it."""
    if form.cleaned_data.get("back") == "list":
        return reverse("staff:participants", args=[slug])
    kept = [(name, form.cleaned_data.get(name)) for name in ("become", "via")]
    kept = [(name, str(value)) for name, value in kept if value and value not in {State.CONFIRMED, Via.STAFF}]
    return reverse("staff:participant_add", args=[slug]) + (f"?{urlencode(kept)}" if kept else "")


def _address(registration):
    return reverse("staff:registration", args=[registration.workshop.slug, registration.pk])


@organiser_required
def participant_add(request, slug):
    """The empty box. With ?q= what it finds, with ?new= the short form for somebody who is not in the directory."""
    workshop = find(request, slug)
    asked = request.POST if request.method == "POST" else request.GET
    query, new = asked.get("q", "")[:120], asked.get("new", "")[:120]
    become, via = asked.get("become", ""), asked.get("via", "")
    context = {
        "workshop": workshop,
        "query": query,
        "typed": new,
        "request_key": uuid.uuid4(),
        "become_choices": BECOME,
        "become": become if become in dict(BECOME) else State.CONFIRMED,
        "via_choices": STAFF_VIA,
        "via": via if via in dict(STAFF_VIA) else Via.STAFF,
        "purpose": "add",
    }
    status = 200
    if request.method == "POST" or new:
        response = _short_form(request, workshop, new, context)
        if response is not None:
            return response
        status = 422 if context["form"].errors else 200
    elif query:
        context["found"] = people.find(query, limit=30, workshop=workshop)
        context["offer_new"] = True
    context["recent"] = (
        Registration.objects.filter(workshop=workshop).select_related("organisation").order_by("-arrival")[:10]
    )
    return render(request, "staff/participant_add.html", context, status=status)


def _short_form(request, workshop, typed, context):
    invited = set(workshop.allocations.order_by().values_list("organisation", flat=True))
    choices = institution_choices(invited)
    if request.method != "POST":
        # Typed in a hurry, without capitals.
        parts = {name: part.title() if part.islower() else part for name, part in people.split(typed).items()}
        context["form"] = NewPersonForm(initial=parts, choices=choices)
        context["alike"] = _alike(typed, workshop)
        return None
    form = context["form"] = NewPersonForm(request.POST, choices=choices)
    register_form = RegisterForm({**request.POST.dict(), "person": "1"})
    register_form.is_valid()
    if not form.is_valid():
        return None
    key = register_form.cleaned_data.get("request_key")
    sent = Registration.objects.filter(workshop=workshop, request_key=key)
    if key and sent.exists():
        # Sent twice: the person was added the first time.
        return redirect(_add_address(workshop.slug, register_form))
    whole = " ".join(filter(None, [form.cleaned_data["patronymic"], form.cleaned_data["given_name"] or form.cleaned_data["given_name_latin"]]))
    alike = _alike(whole, workshop)
    if alike and "different" not in request.POST:
        context.update(alike=alike, ask_different=True)
        return None
    organisation = Organisation.objects.filter(pk=form.cleaned_data["organisation"]).first()
    try:
        with transaction.atomic():
            # The second of two requests at the same moment waits here, and adds nobody.
            seats.lock(workshop)
            if key and sent.exists():
                return redirect(_add_address(workshop.slug, register_form))
            person = people.add(by=request.user, organisation=organisation, **form.person_details())
            details = {name: register_form.cleaned_data[name] for name in ("become", "via", "over_reason") if name in register_form.cleaned_data}
            outcome = _register_with_undo(
                workshop, person, by=request.user, organisation=organisation, job_title=form.cleaned_data["job_title"],
                request_key=key, **details,
            )  # fmt: skip
    except ValidationError as refusal:
        add_refusal(form, refusal, email_taken="email")
        return None
    _say(request, outcome)
    return redirect(_add_address(workshop.slug, register_form))


def _alike(typed, workshop):
    """People of the directory whose given name is the one typed and whose father's name does not speak against it."""
    parts = people.split(typed)
    given = parts.get("given_name") or parts.get("given_name_latin") or ""
    patronymic = parts.get("patronymic") or parts.get("patronymic_latin") or ""
    if not given:
        return []
    rows = Person.objects.living().filter(name_key=names.fold(given)[:120]).defer("search", "note").order_by("sort_key", "pk")[:50]
    same = [person for person in rows if names.same_person_names((given, patronymic), (person.given_name or person.given_name_latin, person.patronymic or person.patronymic_latin)) != "different"]
    return people.told(same[:5], workshop=workshop)


@organiser_required
def people_find(request, slug):
    """The options under the box while somebody types."""
    workshop = find(request, slug)
    query = request.GET.get("q", "")[:120]
    purpose = "replace" if request.GET.get("purpose") == "replace" else "add"
    leaving = request.GET.get("leaving", "")
    context = {
        "workshop": workshop,
        "query": " ".join(query.split()),
        "found": people.find(query, limit=FOUND_AT_ONCE, workshop=workshop),
        "offer_new": purpose == "add",
        "purpose": purpose,
        "leaving": leaving if leaving.isascii() and leaving.isdigit() and len(leaving) < 19 else 0,
        "kept": urlencode([(name, request.GET[name]) for name in ("become", "via") if request.GET.get(name)]),
    }
    return render(request, "staff/participant_add.html#options", context)


# Changing state -----------------------------------------------------------------------------------------------


@organiser_required
def participants_move(request, slug):
    """Several registrations, or one, to another state: a preview first, then the act.

    One without a reason due is moved at once (`commit`); where it is refused the page says why and offers the waiting
    list or a reason.
    """
    workshop = find(request, slug)
    if request.method != "POST":
        return redirect("staff:participants", slug)
    back = _list_address(slug, request.POST.get("back", ""))
    form = MoveForm(request.POST)
    chosen = _chosen(request, workshop)
    if not chosen:
        messages.error(request, _("Tick at least one participant."))
        return redirect(back)
    if not form.is_valid():
        messages.error(request, _("Choose what to do with those who are ticked."))
        return redirect(back)
    to, reason, over_reason = State(form.cleaned_data["to"]), form.cleaned_data["reason"], form.cleaned_data["over_reason"]
    if "commit" in request.POST:
        if to in REASON_DUE and not reason.strip():
            form.add_error("reason", _("Give a reason."))
        else:
            result = registrations.move_many(chosen, to, by=request.user, via=form.cleaned_data["via"], reason=reason, over_reason=over_reason)
            one_without_a_seat = len(chosen) == 1 and result.refused and snapshots.asks_for_a_seat(result.refused[0][1])
            if not one_without_a_seat:
                _say_moved(request, result, to)
                return redirect(back)
            if request.POST["commit"] == "over" and not over_reason.strip():
                form.add_error("over_reason", _("Give a reason."))
    # Nothing is stored by a preview; a reason that is still to be typed refuses nobody in it.
    preview = registrations.preview_many(chosen, to, by=request.user, reason=reason or "–", over_reason=over_reason)
    context = {
        "workshop": find(request, slug),
        "form": form,
        "to": to,
        "verb": VERBS[to],
        "chosen": chosen,
        "preview": preview,
        "reason_due": to in REASON_DUE,
        "no_seat": [row for row, refusal in preview.refused if snapshots.asks_for_a_seat(refusal)],
        "can_wait": to in HOLDING and any(State.WAITLISTED in MOVES[State(row.state)] for row in chosen),
        "back": request.POST.get("back", ""),
        "back_url": back,
    }
    response = render(request, "staff/participants_move.html", context, status=422 if form.errors else 200)
    return reswap(retarget(response, "body"), "innerHTML") if request.htmx else response


def _chosen(request, workshop):
    """The registrations that are ticked, or all that the list's filter finds."""
    if request.POST.get("everyone"):
        rows, _understood = _filtered(workshop, dict(parse_qsl(request.POST.get("back", ""))))
        return list(rows.order_by("sort_key", "pk").select_related("workshop", "organisation")[:1000])
    ticked = [int(key) for key in request.POST.getlist("selected")[:1000] if key.isascii() and key.isdigit() and len(key) < 19]
    return list(Registration.objects.filter(workshop=workshop, pk__in=ticked).select_related("workshop", "organisation").order_by("sort_key", "pk"))


def _list_address(slug, query):
    kept = [(name, value) for name, value in parse_qsl(query[:500]) if name in {"state", "institution", "role", "q", "page"}]
    return reverse("staff:participants", args=[slug]) + (f"?{urlencode(kept)}" if kept else "")


def _letters_leave(result):
    """When the letters about a move leave, in words; "" where none waits."""
    waiting = Letter.objects.filter(registration__in=[step.registration.pk for step in result.done], state=Letter.State.QUEUED, send_after__gt=timezone.now())
    found = waiting.aggregate(number=Count("pk"), last=Max("send_after"))
    if not found["number"]:
        return ""
    text = ngettext("The letter leaves at %(time)s unless you undo it.", "Their letters leave at %(time)s unless you undo it.", found["number"])
    return text % {"time": f"{timezone.localtime(found['last']):%H:%M}"}


def _say_moved(request, result, to):
    if result.done:
        if len(result.done) == 1:
            row = result.done[0].registration
            text = format_html(_("{}: {}."), format_html('<a href="{}">{}</a>', _address(row), row.short_name), State(to).label.lower())
        else:
            text = ngettext("%(number)d registration is now: %(state)s.", "%(number)d registrations are now: %(state)s.", len(result.done))
            text = text % {"number": len(result.done), "state": State(to).label.lower()}
        if leave := _letters_leave(result):
            text = format_html("{} {}", text, leave)
        messages.success(request, text, extra_tags=f"undo:{reverse('staff:undo', args=[result.batch.pk])}")
    for row, refusal in result.refused[:5]:
        messages.error(request, f"{row.short_name}: {' '.join(refusal.messages)}")
    if len(result.refused) > 5:
        more = len(result.refused) - 5
        messages.error(request, ngettext("%(number)d more was refused.", "%(number)d more were refused.", more) % {"number": more})
    if result.unchanged and not result.done and not result.refused:
        messages.info(request, _("Nothing had to be changed."))


# One registration ---------------------------------------------------------------------------------------------


def _registration(request, slug, pk):
    return get_object_or_404(
        Registration.objects.select_related("workshop", "person", "organisation", "replaces", "import_row__batch", "created_by"),
        workshop=find(request, slug),
        pk=pk,
    )


@organiser_required
def registration(request, slug, pk):
    row = _registration(request, slug, pk)
    # The likeliest first.
    moves = [(state, verb, state in REASON_DUE) for state, verb in VERBS.items() if state in row.possible_moves]
    context = {
        "workshop": row.workshop,
        "registration": row,
        "replaced_by": Registration.objects.filter(replaces=row).first(),
        "changes": row.changes.select_related("by", "batch", "undone_by", "undoes").order_by("-at", "-pk"),
        "quick": [(state, verb) for state, verb, due in moves if not due],
        "with_reason": [(state, verb) for state, verb, due in moves if due],
        "via_choices": STAFF_VIA,
        "can_replace": row.state in HOLDING,
        **_of_their_own(row),
        "earlier": Registration.objects.filter(person=row.person_id).exclude(pk=row.pk).select_related("workshop").order_by("-workshop__starts_on")[:10],
    }
    return render(request, "staff/registration.html", context)


def _of_their_own(row):
    """What hangs on the official: the link to their page, needs, consents, a proposed deputy, letters."""
    link = row.links.filter(kind=Link.Kind.ANSWER, revoked_at=None).first()
    try:
        address = links.address_of(link, row.person.preferred_language or "mn") if link else ""
    except LookupError:  # the server's key has changed since: it must be renewed
        address = ""
    consents = answers.consents_of(row)
    return {
        "link": link,
        "link_address": address,
        "needs": Needs.objects.filter(registration=row).first(),
        "consents": [(kind.label, consents[kind]) for kind in Consent.Kind if kind in consents],
        "deputy": row.deputies.filter(outcome="").first(),
        "letters": row.letters.exclude(state=Letter.State.CANCELLED).defer("body", "calendar")[:10],
        "can_be_answered_for": row.is_live and row.state != State.NOMINATED,
    }


@organiser_required
def registration_edit(request, slug, pk):
    row = _registration(request, slug, pk)
    choices = institution_choices(set(row.workshop.allocations.order_by().values_list("organisation", flat=True)))
    if row.organisation_id and row.organisation_id not in _ids(choices):
        choices.append((row.organisation_id, str(row.organisation)))
    initial = {name: getattr(row, name) for name in ("job_title", "department", "rank", "role", "is_alternate", "note")}
    form = SnapshotForm(request.POST or None, initial={**initial, "organisation": row.organisation_id}, choices=choices)
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        details["organisation"] = Organisation.objects.filter(pk=details["organisation"]).first()
        try:
            snapshots.edit(row, by=request.user, **details)
        except ValidationError as refusal:
            form.add_error("over_reason" if snapshots.asks_for_a_seat(refusal) else None, ValidationError(refusal.messages))
        else:
            messages.success(request, _("The registration was changed."))
            return redirect(_address(row))
    return render(request, "staff/registration_edit.html", {"workshop": row.workshop, "registration": row, "form": form}, status=422 if form.errors else 200)


def _ids(choices):
    for key, value in choices:
        if isinstance(value, list):
            yield from _ids(value)
        else:
            yield key


@organiser_required
def registration_replace(request, slug, pk):
    """Somebody comes in the place of another in one step: found by typing, or typed in where the directory does not know them."""
    row = _registration(request, slug, pk)
    workshop = row.workshop
    query = (request.POST if request.method == "POST" else request.GET).get("q", "")[:120]
    form = SubstituteForm(request.POST if request.method == "POST" else None)
    coming, alike = None, []
    asked = request.POST.get("person") or request.GET.get("person") or ""
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        coming = Person.objects.living().filter(pk=int(asked)).first()
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["person"] and coming is None:
            form.add_error(None, _("This person is not in the directory any more."))
        else:
            batch = ActBatch(workshop=workshop, act="replace", by=request.user)
            try:
                with transaction.atomic():
                    batch.save(force_insert=True)
                    fresh = answers.substitute(
                        row, by=request.user, reason=form.cleaned_data["reason"], person=coming, is_new="different" in request.POST, batch=batch,
                        **({} if coming else form.typed),
                    )  # fmt: skip
            except ValidationError as refusal:
                add_refusal(form, refusal, email_taken="email")
                if not hasattr(refusal, "error_dict") and refusal.error_list[0].code == "alike":
                    alike = Person.objects.living().filter(pk__in=refusal.error_list[0].params["people"]).defer("search")
            else:
                text = _("%(coming)s comes in the place of %(leaving)s.") % {"coming": fresh.short_name, "leaving": row.short_name}
                messages.success(request, text, extra_tags=f"undo:{reverse('staff:undo', args=[batch.pk])}")
                return redirect(_address(fresh))
    context = {
        "workshop": workshop,
        "registration": row,
        "form": form,
        "query": query,
        "coming": people.told([coming], workshop=workshop)[0] if coming and not alike else None,
        "alike": people.told(list(alike), workshop=workshop),
        "found": people.find(query, limit=30, workshop=workshop) if query and coming is None else None,
        "purpose": "replace",
        "leaving": row.pk,
    }
    return render(request, "staff/registration_replace.html", context, status=422 if form.errors else 200)


# Taking back --------------------------------------------------------------------------------------------------


@organiser_required
@require_POST
def undo(request, batch):
    batch = get_object_or_404(ActBatch.objects.select_related("workshop"), pk=batch)
    slug = batch.workshop.slug
    if batch.act == "list":
        messages.error(request, _("A list is taken back on its own page, together with the people whom it added."))
        return redirect("staff:workshop_history", slug)
    if batch.act.startswith(planning.CALLED_OFF):
        return _take_back_cancelling(request, batch)
    result = registrations.undo(batch, by=request.user)
    if result.done:
        text = ngettext("Taken back for %(number)d person.", "Taken back for %(number)d people.", len(result.done))
        messages.success(request, text % {"number": len(result.done)})
    for row, refusal in result.refused[:5]:
        messages.error(request, f"{row.short_name}: {' '.join(refusal.messages)}")
    if result.told:
        who = ", ".join(dict.fromkeys(row.short_name for row in result.told[:5]))
        messages.warning(request, _("A letter about it had gone already: %(names)s. Tell them.") % {"names": who})
    if not result.done and not result.refused:
        messages.info(request, _("This was taken back already."))
    return redirect(_where_from(request, slug))


def _take_back_cancelling(request, batch):
    if batch.undone_at:
        messages.info(request, _("This was taken back already."))
        return redirect("staff:workshop", batch.workshop.slug)
    result, sent = planning.take_back_cancelling(batch, by=request.user)
    text = ngettext("The workshop takes place again, with %(number)d registration.", "The workshop takes place again, with %(number)d registrations.", len(result.done))
    messages.success(request, text % {"number": len(result.done)})
    if sent:
        text = ngettext("%(number)d letter that it is called off has been sent: write again.", "%(number)d letters that it is called off have been sent: write again.", sent)
        messages.warning(request, text % {"number": sent})
    for row, refusal in result.refused[:5]:
        messages.error(request, f"{row.short_name}: {' '.join(refusal.messages)}")
    return redirect("staff:workshop", batch.workshop.slug)


def _where_from(request, slug):
    """The page on which Undo was pressed; one that its undoing removes, or that only answers a form, is left for the list."""
    came = request.headers.get("Referer", "")
    listing = reverse("staff:participants", args=[slug])
    keep = {listing, reverse("staff:participant_add", args=[slug]), reverse("staff:workshop_history", args=[slug])}
    if url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure()):
        path = "/" + came.split("//", 1)[-1].partition("/")[2]
        if path.partition("?")[0] in keep:
            return path
    return listing
