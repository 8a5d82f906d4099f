"""Two records side by side, detail by detail, with what agrees and what differs."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts import people
from contacts.models import Person, Sex
from core import names

SAME, DIFFERENT, OPEN = "agrees", "differs", ""


@dataclass(frozen=True)
class Line:
    """One detail of both: texts to show, and whether they agree, differ or say nothing."""

    label: str
    one: tuple
    other: tuple
    how: str = OPEN


def sides(keys):
    """{key: Found} of people with their addresses, position and workshops; five queries however many there are."""
    known = Person.objects.filter(pk__in=keys).prefetch_related("emails", "phones")
    return {found.person.pk: found for found in people.told(list(known))}


def lines(one, other):
    """What is known of either of two, each as `sides` gives them; empty details of both are left out."""
    found = [
        Line(_("Name"), *_both(one, other, _cyrillic), _names_agree(one.person, other.person)),
        Line(_("Name in Latin"), *_both(one, other, _latin)),
        _line(_("Institution"), one, other, lambda side: [str(side.position.organisation)] if side.position else []),
        _line(_("Job title"), one, other, lambda side: [side.position.any_title] if side.position else []),
        _line(_("E-mail"), one, other, lambda side: [_address(email) for email in side.person.emails.all()]),
        _line(_("Phone"), one, other, lambda side: [str(phone) for phone in side.person.phones.all()]),
        _line(_("Sex"), one, other, lambda side: [side.person.get_sex_display()] if side.person.sex != Sex.UNKNOWN else []),
        Line(_("Workshops"), *_both(one, other, _workshops)),
    ]
    return [line for line in found if line.one or line.other]


def _both(one, other, read):
    return tuple(tuple(filter(None, read(side))) for side in (one, other))


def _line(label, one, other, read):
    ours, theirs = _both(one, other, read)
    if not ours or not theirs:
        return Line(label, ours, theirs)
    same = {text.casefold() for text in ours} & {text.casefold() for text in theirs}
    return Line(label, ours, theirs, SAME if same else DIFFERENT)


def _cyrillic(side):
    return [" ".join(filter(None, [side.person.clan_name, side.person.patronymic, side.person.given_name]))]


def _latin(side):
    return [" ".join(filter(None, [side.person.patronymic_latin, side.person.given_name_latin]))]


def _address(email):
    return _("%(address)s (shared)") % {"address": email.address} if email.is_shared else email.address


def _workshops(side):
    number = len(side.earlier)
    return [ngettext("%(number)d workshop", "%(number)d workshops", number) % {"number": number}] if number else []


def _names_agree(one, other):
    """Spelling, genitive and script make no other name; a missing father's name neither agrees nor differs."""
    answers = {
        names.same_person_names(form, another)
        for form in _forms(one)
        for another in _forms(other)
    }  # fmt: skip
    return SAME if "same" in answers else OPEN if "compatible" in answers else DIFFERENT


def _forms(person):
    forms = ((person.given_name, person.patronymic), (person.given_name_latin, person.patronymic_latin))
    return [form for form in forms if form[0]]
