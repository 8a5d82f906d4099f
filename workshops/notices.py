"""Which letter a change of a registration's state causes: one a change, written in its transaction and taken back with it.

Whatever changes a state (a page, the admin, a link, the clock) comes through `registrations`, and so through here.
"""

from datetime import timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from workshops import calendars, letters, links, terms
from workshops.models import Letter, Link, State, Via, Workshop

Status = Workshop.Status
# So long a letter about what the office did waits, so that Undo comes before it.
GRACE = timedelta(minutes=5)
AT_ONCE = {Via.SELF, Via.SYSTEM}
# Somebody who was only nominated has not heard of it from us: no letter says that it ended.
KNOW_OF_IT = {State.WAITLISTED, State.INVITED, State.CONFIRMED}
ENDS = {
    State.WITHDRAWN: "official-withdrawn",
    State.DECLINED: "official-withdrawn",
    State.EXPIRED: "official-expired",
    State.REJECTED: "official-cancelled",
    State.CANCELLED: "official-cancelled",
    State.REPLACED: "official-replaced",
}
WITH_LINK = {"official-invitation", "official-offer", "official-confirmed", "official-waiting", "official-expired"}
UNSENT = [Letter.State.DRAFT, Letter.State.QUEUED, Letter.State.FAILED]


def kind_of(change, workshop):
    """The kind of letter that a change of state causes at this workshop now; "" for none."""
    before, after = change.from_state, State(change.to_state)
    if workshop.status not in {Status.NOMINATING, Status.CONFIRMED, Status.RUNNING} or terms.is_over(workshop):
        return ""
    if after in ENDS:
        return ENDS[after] if before in KNOW_OF_IT else ""
    if terms.has_begun(workshop):
        return ""
    if after == State.INVITED:
        return "official-offer" if before == State.WAITLISTED else "official-invitation"
    return {State.CONFIRMED: "official-confirmed", State.WAITLISTED: "official-waiting"}.get(after, "")


def follow(changes, workshop):
    """Writes the letters that changes at one workshop cause, in few queries however many they are. Returns them."""
    kinds = {}
    for change in changes:
        if kind := kind_of(change, workshop):
            kinds.setdefault((kind, change.via in AT_ONCE), []).append(change)
    written = []
    for (kind, at_once), caused in kinds.items():
        written += _write(kind, caused, workshop, send_after=None if at_once else timezone.now() + GRACE)
    return written


def _write(kind, changes, workshop, *, send_after):
    rows, by = [change.registration for change in changes], changes[0].by
    for registration in rows:
        registration.workshop = workshop
    prefetch_related_objects(rows, "person__emails", "organisation")
    own_links = links.issue_many(Link.Kind.ANSWER, rows, by=by) if kind in WITH_LINK else {}
    method, files = _calendars(kind, changes, workshop)
    entries = [
        {
            "registration": change.registration,
            "occasion": _occasion(change),
            "link": own_links.get(change.registration_id),
            "calendar": files.get(change.registration_id, ""),
            # In the words of the person; those of the office are for colleagues.
            "context": {"reason": change.reason} if change.via == Via.SELF and change.reason else None,
        }
        for change in changes
    ]
    return letters.write_many(kind, entries, workshop=workshop, by=by, calendar_method=method, send_after=send_after)


def confirm_anew(rows, workshop, *, by, occasion):
    """Joining instructions as they are now, as drafts, for confirmed officials who have not had theirs. Returns the letters."""
    if not rows:
        return []
    for registration in rows:
        registration.workshop = workshop
    prefetch_related_objects(rows, "person__emails", "organisation")
    own_links = links.issue_many(Link.Kind.ANSWER, rows, by=by)
    files = calendars.for_each(rows, workshop, method="REQUEST")
    entries = [{"registration": row, "link": own_links.get(row.pk), "calendar": files.get(row.pk, "")} for row in rows]
    return letters.write_many("official-confirmed", entries, workshop=workshop, by=by, occasion=occasion, draft=True, calendar_method="REQUEST")


def _occasion(change):
    return f"change:{change.pk}"


def _calendars(kind, changes, workshop):
    """(method, {registration: file}): the days for whoever comes, and their end for whoever had them."""
    if kind == "official-confirmed":
        return "REQUEST", calendars.for_each([change.registration for change in changes], workshop, method="REQUEST")
    had_them = [change.registration for change in changes if change.from_state == State.CONFIRMED and kind in ENDS.values()]
    return "CANCEL", calendars.for_each(had_them, workshop, method="CANCEL") if had_them else {}


def take_back(undone, workshop):
    """Discards the letters of changes that were undone; to whom one had gone already gets another that says what holds now.

    `undone`: (changes that were taken back of one registration, the change that took them back or None where the
    registration is removed). Returns the registrations whose letters had gone.
    """
    by_key = {_occasion(change): made for made, _back in undone for change in made}
    rows = [made[0].registration_id for made, _back in undone]
    caused = [letter for letter in Letter.objects.filter(registration__in=rows).defer("body", "calendar") if _occasion_of(letter) in by_key]
    unsent = Letter.objects.filter(pk__in=[letter.pk for letter in caused], state__in=UNSENT)
    # Of a registration that never was, no letter stays.
    unsent.filter(registration__in=[made[0].registration_id for made, back in undone if back is None]).delete()
    unsent.update(state=Letter.State.CANCELLED)
    gone = {letter.registration_id for letter in caused if letter.state in {Letter.State.SENT, Letter.State.SENDING}}
    told = [(made, back) for made, back in undone if made[0].registration_id in gone]
    follow([back for _made, back in told if back is not None], workshop)
    return [made[0].registration for made, _back in told]


def _occasion_of(letter):
    return letter.dedupe_key.split(":", 3)[-1]
