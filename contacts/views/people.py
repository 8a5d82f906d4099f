"""The directory of people: found, shown, added and changed, with their positions."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import organiser_required
from contacts import directory
from contacts import people as known_people
from contacts.forms import EndForm, PersonEntry, PositionForm, institution_choices
from contacts.models import Organisation, Person, Position
from contacts.person_sections import sections_of
from core import names, phones
from core.changes import changes_of
from core.mongolian import tidy
from core.pages import numbered_page

A_PAGE_HOLDS = 50


def asked(request, name, longest=120):
    """A word of the address, on one line and without characters that no database takes."""
    return tidy(request.GET.get(name, "")[: longest * 2])[:longest]


def key_of(text):
    """A row's number as an address or a form brings it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


# The list -----------------------------------------------------------------------------------------------------


@organiser_required
def people(request):
    query, institution = asked(request, "q"), asked(request, "institution", 20)
    rows = Person.objects.living().defer("search", "note").order_by("sort_key", "pk")
    close_only = False
    if query:
        rows = known_people.search(query)
        best = rows.values_list("tier", flat=True).first()
        close_only = best == known_people.SOUND
        if best is not None and not close_only:
            rows = rows.exclude(tier=known_people.SOUND)
    here = Position.objects.filter(valid_to=None)
    if institution == "none":
        rows = rows.exclude(pk__in=here.values("person"))
    elif key_of(institution) is not None:
        rows = rows.filter(pk__in=here.filter(organisation=key_of(institution)).values("person"))
    else:
        institution = ""
    page = numbered_page(request, rows, A_PAGE_HOLDS)
    found = known_people.told(list(page.object_list))
    for one in found:
        one.other_script = in_other_script(one.person)
    bodies = Organisation.objects.filter(positions__in=here).distinct()
    context = {
        "page": page,
        "found": found,
        "q": query,
        "q_quoted": quote(query),
        "institution": institution,
        "institutions": sorted(bodies, key=lambda body: names.sort_key(str(body))),
        "filtered": bool(query or institution),
        "close_only": close_only,
    }
    return render(request, "staff/people/list.html#rows" if request.htmx and not request.htmx.boosted else "staff/people/list.html", context)


def in_other_script(person):
    """The name in full in the script that the reader's language does not use; empty where it says nothing new."""
    name = person.full_name_in("en" if get_language() == "mn" else "mn")
    return "" if name == person.short_name else name


# One person ---------------------------------------------------------------------------------------------------


@organiser_required
def person(request, pk):
    """Read: the person. Posted to: a position begins or ends."""
    known = get_object_or_404(Person.objects.select_related("merged_into"), pk=pk)
    if known.merged_into_id:
        return redirect(f"{reverse('staff:person', args=[stands_for(known).pk])}?was={known.pk}")
    if known.anonymised_at:
        return render(request, "staff/people/removed.html", {"person": known})
    position_form, ending = None, None
    if request.method == "POST":
        if request.POST.get("act") == "end":
            ending, answer = _end_position(request, known)
        else:
            position_form, answer = _open_position(request, known)
        if answer is not None:
            return answer
    refused = bool(position_form or ending)
    positions = list(known.positions.select_related("organisation").order_by(F("valid_to").desc(nulls_first=True), "-is_main", F("valid_from").desc(nulls_last=True), "-pk"))
    for each in positions:
        each.end_form = ending if ending and ending.position == each.pk else EndForm(initial={"on": timezone.localdate()}, auto_id=f"end-{each.pk}-%s")
    if position_form is None:
        position_form = PositionForm(choices=institution_choices())
    sections, sections_beside = sections_of(known)
    was = key_of(request.GET.get("was", ""))
    context = {
        "person": known,
        "other_script": in_other_script(known),
        "emails": list(known.emails.order_by("-is_primary", "pk")),
        "phones": list(known.phones.order_by("pk")),
        "positions": positions,
        "position_form": position_form,
        "ending": ending,
        "sections": sections,
        "sections_beside": sections_beside,
        "changes": changes_of(known, hanging=[(Position, "person")], limit=50),
        "was": was if was and known.tombstones.filter(pk=was).exists() else None,
        "may_use_admin": request.user.has_perm("contacts.change_person"),
    }
    return render(request, "staff/people/person.html", context, status=422 if refused else 200)


def stands_for(known):
    """The person into whom somebody was merged, at the end of the chain."""
    seen = set()
    while known.merged_into_id and known.pk not in seen:
        seen.add(known.pk)
        known = known.merged_into
    return known


def _open_position(request, known):
    form = PositionForm(request.POST, choices=institution_choices())
    if not form.is_valid():
        return form, None
    organisation = Organisation.objects.get(pk=form.cleaned_data["organisation"])
    try:
        directory.open_position(
            known, organisation, by=request.user, besides=form.cleaned_data["besides"], on=form.cleaned_data["on"], **form.job()
        )
    except ValidationError as refusal:
        form.add_error("on" if refusal.code in {"future", "before_the_present"} else None, refusal)
        return form, None
    messages.success(request, _("The position was added."))
    return form, redirect("staff:person", known.pk)


def _end_position(request, known):
    position = get_object_or_404(known.positions, pk=key_of(request.POST.get("position", "")))
    form = EndForm(request.POST, auto_id=f"end-{position.pk}-%s")
    form.position = position.pk
    if form.is_valid():
        try:
            directory.end_position(position, by=request.user, on=form.cleaned_data["on"])
        except ValidationError as refusal:
            form.add_error("on", refusal)
        else:
            messages.success(request, _("The position was ended."))
            return form, redirect("staff:person", known.pk)
    return form, None


# Adding and changing ------------------------------------------------------------------------------------------


@organiser_required
def person_create(request):
    """Somebody new; where similar people are known already they are shown beside first, and one press says "another"."""
    context, status = {}, 200
    if request.method == "POST":
        entry = PersonEntry(request.POST, choices=institution_choices())
        if not entry.add_line():
            answer = _create(request, entry, context)
            if answer is not None:
                return answer
            status = 422
    else:
        entry = PersonEntry(choices=institution_choices(), initial=known_people.split(asked(request, "name")))
    return render(request, "staff/people/form.html", {"entry": entry, **context}, status=status)


def _create(request, entry, context):
    if not entry.is_valid():
        return None
    details = entry.details()
    organisation = Organisation.objects.filter(pk=entry.job.cleaned_data["organisation"]).first()
    # Only those who were shown can be called others.
    seen = {key_of(value) for value in request.POST.getlist("seen")} - {None} if "different" in request.POST else set()
    others = list(Person.objects.filter(pk__in=seen))
    try:
        fresh = directory.add(by=request.user, organisation=organisation, different_from=others, **details)
    except ValidationError as refusal:
        if getattr(refusal, "code", None) == "similar":
            context["similar"] = [_Beside(one, details, organisation) for one in known_people.told(refusal.params["people"])]
        else:
            context["others"] = others
            entry.refuse(refusal)
        return None
    messages.success(request, _("%(name)s is in the directory now.") % {"name": fresh.full_name})
    return redirect("staff:person", fresh.pk)


class _Beside:
    """Somebody known beside what was typed: lines of (label, typed, known, how they compare)."""

    LABELS = {
        "name": gettext_lazy("Name"),
        "latin": gettext_lazy("Name in Latin"),
        "institution": gettext_lazy("Institution"),
        "job_title": gettext_lazy("Job title"),
        "email": gettext_lazy("E-mail"),
        "phone": gettext_lazy("Phone"),
    }

    def __init__(self, found, details, organisation):
        self.person, self.earlier = found.person, found.earlier
        person, position = found.person, found.position
        typed = {
            "name": [" ".join(filter(None, [details["patronymic"], details["given_name"]]))],
            "latin": [" ".join(filter(None, [details["patronymic_latin"], details["given_name_latin"]]))],
            "institution": [str(organisation or "")],
            "job_title": [details["job_title"]],
            "email": [address for address, _shared in details["emails"]],
            "phone": [phones.display(number) for number in details["phones"]],
        }
        known = {
            "name": [" ".join(filter(None, [person.patronymic, person.given_name]))],
            "latin": [" ".join(filter(None, [person.patronymic_latin, person.given_name_latin]))],
            "institution": [str(position.organisation) if position else ""],
            "job_title": [position.any_title if position else ""],
            "email": [str(email) for email in person.emails.all()],
            "phone": [str(phone) for phone in person.phones.all()],
        }
        self.lines = []
        for key, label in self.LABELS.items():
            ours, theirs = list(filter(None, typed[key])), list(filter(None, known[key]))
            if ours or theirs:
                same = {value.casefold() for value in ours} & {value.casefold() for value in theirs}
                how = "agrees" if same else "differs" if ours and theirs else ""
                self.lines.append((label, ours, theirs, self._names_agree(details) if key == "name" and how == "differs" else how))

    def _names_agree(self, details):
        """Spelling, genitive and script make no other name; a missing father's name neither agrees nor differs."""
        typed = (details["given_name"], details["patronymic"])
        found = names.same_person_names(typed, (self.person.given_name, self.person.patronymic))
        return {"same": "agrees", "different": "differs"}.get(found, "")


@organiser_required
def person_edit(request, pk):
    known = get_object_or_404(Person, pk=pk)
    if known.merged_into_id or known.anonymised_at:
        return redirect("staff:person", known.pk)
    status = 200
    if request.method == "POST":
        entry = PersonEntry(request.POST, person=known)
        if not entry.add_line():
            if entry.is_valid():
                try:
                    directory.change(known, by=request.user, **entry.details())
                except ValidationError as refusal:
                    entry.refuse(refusal)
                else:
                    messages.success(request, _("The changes are saved."))
                    return redirect("staff:person", known.pk)
            status = 422
            known = get_object_or_404(Person, pk=pk)
    else:
        entry = PersonEntry(person=known)
    return render(request, "staff/people/form.html", {"person": known, "entry": entry}, status=status)
