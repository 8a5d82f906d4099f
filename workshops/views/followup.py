"""Looking after the answers: whom to call, what came by telephone or letter, officials' own links, and proposed deputies."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import organiser_required
from contacts import people
from contacts.models import Person
from workshops import answers, links
from workshops.answer_forms import ForAnOfficialForm
from workshops.models import ActBatch, Deputy, Link, Registration, State, Via
from workshops.models.registration import HOLDING
from workshops.views.workspace import find

BY_TELEPHONE = ("comes", "declines", "not_reached")


def _row(request, slug, pk):
    return get_object_or_404(
        Registration.objects.select_related("workshop", "person", "organisation"), workshop=find(request, slug), pk=pk
    )


def _page_of(row):
    return reverse("staff:registration", args=[row.workshop.slug, row.pk])


def _with_undo(request, row, act, words, answer):
    """Does `answer(batch)` in a batch of its own and says it with Undo; a refusal is said instead. Returns whether it was done."""
    batch = ActBatch(workshop=row.workshop, act=act, by=request.user)
    before = row.state
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
            fresh = answer(batch)
            if fresh.state == before:
                batch.delete()
    except ValidationError as refusal:
        messages.error(request, f"{row.short_name}: {' '.join(refusal.messages)}")
        return False
    if fresh.state == before:
        messages.info(request, _("Nothing had to be changed."))
    else:
        messages.success(request, words % {"name": row.short_name}, extra_tags=f"undo:{reverse('staff:undo', args=[batch.pk])}")
    return True


# Whom to call -------------------------------------------------------------------------------------------------


@organiser_required
def call_list(request, slug):
    workshop = find(request, slug)
    silent = answers.silent(workshop)
    context = {
        "workshop": workshop,
        "to_call": [one for one in silent if one.to_call],
        "written_to": [one for one in silent if not one.to_call],
        "remindable": [one for one in silent if one.can_be_reminded],
    }
    return render(request, "staff/call_list.html", context)


@organiser_required
@require_POST
def call_answer(request, slug, pk):
    """What somebody said on the telephone, or that they were not reached; with one press."""
    row = _row(request, slug, pk)
    says, by = request.POST.get("says", ""), {"by": request.user, "via": Via.PHONE}
    if says == "comes":
        _with_undo(request, row, State.CONFIRMED, _("%(name)s comes."), lambda batch: answers.accept(row, batch=batch, **by))
    elif says == "declines":
        reason = request.POST.get("note", "")[:300]
        _with_undo(request, row, State.DECLINED, _("%(name)s does not come."), lambda batch: answers.decline(row, reason=reason, batch=batch, **by))
    elif says == "not_reached":
        answers.not_reached(row, by=request.user, note=request.POST.get("note", ""))
        messages.info(request, _("%(name)s was not reached; it is noted.") % {"name": row.short_name})
    return redirect("staff:call_list", slug)


@organiser_required
@require_POST
def participants_remind(request, slug):
    """A reminder to all who have not answered and have not been reminded within a day."""
    workshop = find(request, slug)
    rows = [one.registration for one in answers.silent(workshop) if one.can_be_reminded]
    done = len(answers.remind(rows, by=request.user).done)
    if done:
        messages.success(request, ngettext("%(number)d reminder was written.", "%(number)d reminders were written.", done) % {"number": done})
    else:
        messages.info(request, _("Nobody has to be reminded now."))
    return redirect("staff:call_list", slug)


# For one official ---------------------------------------------------------------------------------------------


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration_answer(request, slug, pk):
    """The same questions that the official's own page asks, filled in for somebody who called or wrote."""
    row = _row(request, slug, pk)
    consents = answers.consents_of(row)
    can_answer = row.state == State.INVITED and not row.is_out_of_time
    form = ForAnOfficialForm(request.POST if request.method == "POST" else None, registration=row, consents=consents, can_answer=can_answer)
    if request.method == "POST" and form.is_valid():
        by = {"by": request.user, "via": form.cleaned_data["via"]}
        said = {"needs": form.needs, "consents": form.consents, "language": get_language()}
        says = form.cleaned_data.get("says")
        if says == "comes":
            done = _with_undo(request, row, State.CONFIRMED, _("%(name)s comes."), lambda batch: answers.accept(row, batch=batch, **said, **by))
        elif says == "declines":
            reason = form.cleaned_data["reason"]
            done = _with_undo(request, row, State.DECLINED, _("%(name)s does not come."), lambda batch: answers.decline(row, reason=reason, batch=batch, **by))
        else:
            done = _keep(request, row, said, by)
        if done:
            return redirect(_page_of(row))
    context = {"workshop": row.workshop, "registration": row, "form": form, "can_answer": can_answer}
    return render(request, "staff/registration_answer.html", context, status=422 if form.errors else 200)


def _keep(request, row, said, by):
    try:
        answers.keep(row, **said, **by)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return False
    messages.success(request, _("What was said is saved."))
    return True


@organiser_required
@require_POST
def registration_link(request, slug, pk):
    """Makes, renews or takes back somebody's own link."""
    row = _row(request, slug, pk)
    link = row.links.filter(kind=Link.Kind.ANSWER, revoked_at=None).first()
    act = request.POST.get("act", "")
    if act == "renew" and link is not None:
        links.renew(link, by=request.user)
        messages.success(request, _("There is a new link; the old one leads nowhere any more. Send it with a letter, or give it on."))
    elif act == "revoke" and link is not None:
        links.revoke(link, by=request.user)
        messages.success(request, _("The link was taken back."))
    elif act in {"issue", "renew"}:
        links.issue(Link.Kind.ANSWER, registration=row, by=request.user)
        messages.success(request, _("There is a link now."))
    return redirect(_page_of(row) + "#own-page")


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration_deputy(request, slug, pk):
    """Decides about the deputy whom somebody proposed: taken, with those whom the directory may know beside it, or not."""
    row = _row(request, slug, pk)
    deputy = row.deputies.filter(outcome="").first()
    if deputy is None:
        messages.info(request, _("There is no proposal to decide about."))
        return redirect(_page_of(row))
    refusal = None
    if request.method == "POST" and request.POST.get("act") == "refuse":
        try:
            answers.refuse_deputy(deputy, by=request.user)
        except ValidationError as said:
            messages.error(request, " ".join(said.messages))
        else:
            messages.success(request, _("%(name)s keeps the seat; the proposal was not taken.") % {"name": row.short_name})
        return redirect(_page_of(row))
    if request.method == "POST":
        try:
            coming = _take(request, deputy, row)
        except ValidationError as said:
            refusal = said
        else:
            return redirect(_page_of(coming))
    details = {"given_name": deputy.given_name, "patronymic": deputy.patronymic, "email": deputy.email, "phone": deputy.phone, "job_title": deputy.job_title}
    match = answers.match_of(details, row.organisation)
    alike = [known.key for known, _reasons in match.candidates if known.key != row.person_id]
    context = {
        "workshop": row.workshop,
        "registration": row,
        "deputy": deputy,
        "refusal": refusal,
        "holds": row.state in HOLDING,
        "is_known": match.verdict == "known" and bool(alike),
        "alike": people.told(list(Person.objects.living().filter(pk__in=alike).defer("search")), workshop=row.workshop),
        "refused": Deputy.Outcome.REFUSED,
    }
    return render(request, "staff/registration_deputy.html", context, status=422 if refusal else 200)


def _take(request, deputy, row):
    asked = request.POST.get("person", "")
    person = Person.objects.living().filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    batch = ActBatch(workshop=row.workshop, act="replace", by=request.user)
    with transaction.atomic():
        batch.save(force_insert=True)
        coming = answers.take_deputy(deputy, by=request.user, person=person, is_new="different" in request.POST, batch=batch)
    text = _("%(coming)s comes in the place of %(leaving)s.") % {"coming": coming.short_name, "leaving": row.short_name}
    messages.success(request, text, extra_tags=f"undo:{reverse('staff:undo', args=[batch.pk])}")
    return coming
