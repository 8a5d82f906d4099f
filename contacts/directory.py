"""Acts on the directory that staff do by hand: somebody similar is seen before adding, details change, positions begin and end."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import duplicates, matching, people
from contacts.institutions import Institutions
from contacts.models import Person, Position
from core import emails as addresses
from core import names

# Adding -------------------------------------------------------------------------------------------------------


def similar(*, organisation=None, job_title="", emails=(), phones=(), **details):
    """People whom the directory has already and who may be the one about to be added: living Persons, likeliest first.

    Asks the same judge as a list that is read in. `emails` [(address, is_shared)], `phones` in E.164, the names in `details`.
    """
    wanted = matching.Wanted(
        given=details.get("given_name") or details.get("given_name_latin") or "",
        patronymic=details.get("patronymic") or details.get("patronymic_latin") or "",
        emails={address.lower() for address, _is_shared in emails},
        phones=set(phones),
        organisation=organisation.pk if organisation else None,
        title=job_title,
        shared={address.lower() for address, is_shared in emails if is_shared},
    )
    if not names.fold(wanted.given):
        return []
    known = matching.Directory([wanted]).candidates(wanted)
    match = matching.judge(wanted, known, Institutions().same if known else None)
    found = Person.objects.living().prefetch_related("emails", "phones").in_bulk([one.key for one, _reasons in match.candidates])
    return [found[one.key] for one, _reasons in match.candidates if one.key in found]


@transaction.atomic
def add(*, by, organisation=None, emails=(), phones=(), primary=0, different_from=(), **details):
    """A new person with any number of addresses [(address, is_shared)] and numbers; the rest as people.add takes it.

    `primary`: which of the addresses letters go to. Refuses ("similar", `people` in the params) where somebody like this is
    known who is not among `different_from`: people who were seen beside the new one and found to be others. That is remembered.
    """
    _one_after_the_other(details)
    known = similar(organisation=organisation, emails=emails, phones=phones, **details)
    if set(known) - set(different_from):
        raise ValidationError(
            _("Somebody like this is in the directory already."), code="similar", params={"people": known}
        )
    emails = _primary_first(emails, primary)
    first, is_shared = emails[0] if emails else ("", False)
    person = people.add(by=by, organisation=organisation, email=first, email_is_shared=is_shared, phones=phones, **details)
    if len(emails) > 1:
        people.edit(person, by=by, emails=emails)
    duplicates.remember_apart([(other.pk, person.pk) for other in known], by=by)
    return person


def _one_after_the_other(details):
    """The same form sent twice at once adds one person: the second waits here and then finds the first."""
    given = names.fold(details.get("given_name") or details.get("given_name_latin") or "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contacts.directory.add'), hashtext(%s))", [given])


@transaction.atomic
def change(person, *, by, emails, phones, primary=0, **details):
    """Names, details, addresses [(address, is_shared)] and numbers of a person; what is not given any more is taken away.

    Refuses somebody who was merged or made anonymous in the meantime ("gone").
    """
    _hold(person)
    return people.edit(person, by=by, emails=_primary_first(emails, primary), phones=phones, **details)


def _primary_first(emails, primary):
    """One address is kept once, in the order given, the primary one before the others."""
    emails = list(emails)
    if 0 < primary < len(emails):
        emails.insert(0, emails.pop(primary))
    kept = {}
    for address, is_shared in emails:
        kept.setdefault(addresses.key(address), (address, is_shared))
    return list(kept.values())


# Positions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_position(person, organisation, *, by, besides=False, on=None, **job):
    """A new position from a day on (None: not known since when): instead of the present main one, or `besides` it.

    `job`: job_title, department, rank. Refuses a day to come ("future").
    """
    _hold(person)
    _refuse_future(on)
    if not besides:
        return people.take_position(person, organisation, by=by, on=on, **job)
    position = people.position(person, organisation, on=on, is_main=False, **job)
    same = {name: getattr(position, name) for name in ("organisation", "title_en", "title_mn", "department", "rank")}
    there = Position.objects.filter(person=person, valid_to=None, **same).first()
    if there:
        return there
    position.save()
    return position


@transaction.atomic
def end_position(position, *, by, on=None):
    """The position ended on a day (today). Ended already on that day is no change.

    Refuses one that has ended on another ("ended"), a day before it began ("before_it_began") and one to come ("future").
    """
    position = Position.objects.select_for_update(no_key=True).get(pk=position.pk)
    on = on or timezone.localdate()
    if position.valid_to == on:
        return position
    if position.valid_to:
        raise ValidationError(_("This position has ended already, on %(day)s."), code="ended", params={"day": _day(position.valid_to)})
    _refuse_future(on)
    if position.valid_from and on < position.valid_from:
        raise ValidationError(
            _("The position began later, on %(day)s."), code="before_it_began", params={"day": _day(position.valid_from)}
        )
    position.valid_to = on
    position.save()
    return position


def _hold(person):
    """Holds the person's row until the transaction ends, so that the same form sent twice is judged one after the other."""
    if not Person.objects.select_for_update(no_key=True).living().filter(pk=person.pk).exists():
        raise ValidationError(_("This person is not in the directory any more."), code="gone")


def _refuse_future(on):
    if on and on > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="future")


def _day(day):
    from core import dates

    return dates.show(day)
