"""Two records of one person: chosen field by field side by side, merged, and taken apart again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import organiser_required
from contacts import comparing, merging
from contacts import people as known_people
from contacts.models import Person, PersonMerge, Sex
from contacts.people_rules import later_post, same_post
from contacts.views.people import asked, in_other_script, key_of, stands_for
from core import names
from core.changes import label_of

FOUND = 20


class Side:
    """One of two values to choose from."""

    def __init__(self, value, text, lang=""):
        self.value, self.text, self.lang = value, text, lang


class Choice:
    """One detail in which the records differ: what each says, and what is chosen until somebody chooses otherwise."""

    def __init__(self, name, label, sides, chosen, *, wide=()):
        self.name, self.label, self.sides, self.wide = name, label, sides, wide
        self.chosen = chosen if chosen in {side.value for side in (*sides, *wide)} else sides[0].value


def choices_of(kept, gone, posted):
    """The Choices of a page; `kept` and `gone` as contacts.comparing.sides gives them."""
    found = []
    for name in merging.FIELDS:
        ours, theirs = getattr(kept.person, name), getattr(gone.person, name)
        if ours == theirs or {ours, theirs} <= {"", Sex.UNKNOWN}:
            continue
        wide = [Side(merging.BOTH, _("Both, one below the other"))] if name == "note" and ours and theirs else []
        sides = [Side(merging.KEPT, _shown(kept.person, name), _lang(name)), Side(merging.GONE, _shown(gone.person, name), _lang(name))]
        chosen = posted.get(name) or merging.suggested(kept.person, gone.person, name)
        found.append(Choice(name, label_of(Person._meta.get_field(name)), sides, chosen, wide=wide))
    if kept.position and gone.position and not same_post(kept.position, gone.position):
        sides = [Side(merging.KEPT, _post(kept.position)), Side(merging.GONE, _post(gone.position))]
        found.append(Choice("position", _("Present main position"), sides, posted.get("position") or later_post(kept.position, gone.position)))
        others = [Side("ended", _("has ended")), Side("besides", _("is held besides"))]
        found.append(Choice("other_position", _("The other position"), others, posted.get("other_position")))
    addresses = {email.address.lower(): email for side in (gone, kept) for email in side.person.emails.all()}
    if len(addresses) > 1:
        emails = sorted(addresses.values(), key=lambda email: (email.person_id != kept.person.pk, not email.is_primary, email.pk))
        found.append(
            Choice("primary_email", _("Letters go to"), [Side(str(email.pk), email.address) for email in emails], posted.get("primary_email"))
        )
    return found


def _post(position):
    return ", ".join(filter(None, [position.any_title, str(position.organisation)]))


def _shown(person, name):
    field = Person._meta.get_field(name)
    return getattr(person, f"get_{name}_display")() if field.choices else getattr(person, name)


def _lang(name):
    return "mn-Mong" if name == "name_mong" else ""


# Pages --------------------------------------------------------------------------------------------------------


@organiser_required
def person_twin(request, pk):
    """Whom to compare a person with: somebody searched for by name."""
    known = get_object_or_404(Person, pk=pk)
    if known.merged_into_id or known.anonymised_at:
        return redirect("staff:person", known.pk)
    query = asked(request, "q") if "q" in request.GET else known.given_name or known.given_name_latin
    rows = [person for person in known_people.search(query)[: FOUND + 1] if person.pk != known.pk]
    found = known_people.told(rows[:FOUND])
    for one in found:
        one.other_script = in_other_script(one.person)
    return render(request, "staff/people/twin.html", {"person": known, "q": query, "found": found})


@organiser_required
def person_merge(request, pk, other):
    """Read: both records side by side. Posted to: they become one, the first of the two stays."""
    pair = [get_object_or_404(Person.objects.select_related("merged_into"), pk=key) for key in (pk, other)]
    if pk == other or any(one.anonymised_at for one in pair):
        return redirect("staff:person", pk)
    if any(one.merged_into_id for one in pair):
        kept, gone = map(stands_for, pair)
        return redirect("staff:person", kept.pk) if kept == gone else redirect("staff:person_merge", kept.pk, gone.pk)
    sides = comparing.sides([pk, other])
    kept, gone = sides[pk], sides[other]
    choices = choices_of(kept, gone, request.POST)
    refusal = None
    if request.method == "POST":
        try:
            done = merging.merge(
                kept.person, gone.person, by=request.user, reason=names.repair(request.POST.get("reason", ""))[0],
                choices=_chosen(choices), seen=request.POST.get("seen", ""),
            )  # fmt: skip
        except ValidationError as refused:
            if getattr(refused, "code", "") == "gone":
                # Another window was faster: the same address leads on to what the two are now.
                messages.error(request, " ".join(refused.messages))
                return redirect("staff:person_merge", pk, other)
            refusal = refused.messages
            sides = comparing.sides([pk, other])
            kept, gone = sides[pk], sides[other]
        else:
            return _merged(request, done)
    context = {
        "kept": kept,
        "gone": gone,
        "choices": choices,
        "lines": comparing.lines(kept, gone),
        "preview": merging.preview(kept.person, gone.person),
        "seen": merging.state_of(kept.person, gone.person),
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "days": PersonMerge.UNDONE_WITHIN.days,
    }
    return render(request, "staff/people/merge.html", context, status=422 if refusal else 200)


def _chosen(choices):
    chosen = {choice.name: choice.chosen for choice in choices}
    if "primary_email" in chosen:
        chosen["primary_email"] = key_of(chosen["primary_email"])
    return chosen


def _merged(request, done):
    messages.success(
        request,
        _("The two records are one now. It can be undone for %(days)d days.") % {"days": PersonMerge.UNDONE_WITHIN.days},
        extra_tags=f"undo:{reverse('staff:person_unmerge', args=[done.pk])}",
    )
    return redirect("staff:person", done.kept_id)


@organiser_required
@require_POST
def person_unmerge(request, pk):
    """Takes a merge apart; says what stays because it was changed since."""
    done = get_object_or_404(PersonMerge, pk=pk)
    try:
        done = merging.unmerge(done, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The two records are apart again, each as it was."))
        for sentence in done.left:
            messages.warning(request, sentence)
        return redirect("staff:person", done.gone_id)
    return redirect("staff:person", done.kept_id)
