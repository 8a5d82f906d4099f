"""People who may stand in the directory twice: found across scripts and spellings, shown with reasons, told apart for good.

Finding never merges. Records are compared only where something brings them together (both names, an institution, a number,
a mailbox), so that the work grows with the directory and not with its square.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import OSA

from contacts import matching
from contacts.institutions import Institutions
from contacts.models import NotDuplicate, Person, PersonEmail, PersonPhone, Position
from core import names

# What speaks for one person, and what against: points, and the words that staff read.
REASONS = {
    "name_same": (60, _("same name and same father's name")),
    "name_spelling": (60, _("same name and father's name, written otherwise")),
    "name_turned": (50, _("the same two names in the other order")),
    "name_alike": (35, _("names that differ by a letter")),
    "name_initial": (30, _("same name, and the initial fits")),
    "name_missing": (15, _("same name, but a father's name is missing")),
    "phone": (35, _("same phone number")),
    "email": (30, _("same e-mail address")),
    "phone_office": (10, _("same office line")),
    "mailbox": (10, _("same shared mailbox")),
    "institution": (20, _("same institution")),
    "institution_line": (20, _("one institution followed the other")),
    "title": (10, _("same job title")),
    "other_phone": (-8, _("different phone numbers")),
    "other_email": (-8, _("different e-mail addresses")),
    "other_institution": (-5, _("different institutions")),
    "other_sex": (-30, _("different sex")),
}
# Points from which a pair is shown, and the bands by which it is named.
SHOWN = 50
BANDS = {"sure": (85, _("Almost certainly one person")), "probable": (65, _("Probably one person")), "perhaps": (SHOWN, _("Perhaps one person"))}
# A number or mailbox of more people than these is an office's, and of more than the last brings nobody together.
OFFICE, CROWD = 3, 30
# In a larger group of namesakes each is compared with the next few alone.
GROUP, NEXT = 40, 8
KEPT_FOUND = 3600  # seconds
KEPT_NUMBER = "duplicates:number"


@dataclass(slots=True)
class Record:
    """What one person is compared by."""

    pk: int
    given: str
    patronymic: str
    latin: tuple
    sex: str
    clan: str
    emails: dict = field(default_factory=dict)  # address → shared?
    phones: set = field(default_factory=set)
    organisation: int | None = None
    title: str = ""

    @property
    def forms(self):
        """The names in each script in which they are written: (given, father's)."""
        return [form for form in ((self.given, self.patronymic), self.latin) if form[0]]

    def fingerprint(self):
        """Changes when a name, an address, a number or the main position does."""
        known = [
            self.given, self.patronymic, *self.latin, self.clan, sorted(self.emails.items()), sorted(self.phones), self.organisation,
            self.title,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two living people, the one with the smaller key first; `reasons` are codes of REASONS."""

    first: int
    second: int
    score: int
    reasons: tuple

    @property
    def band(self):
        return band_of(self.score)


def band_of(score):
    return next(name for name, (least, _words) in BANDS.items() if score >= least)


def read(keys=None):
    """{key: Record} of all living people, or of those asked for (be they living or not); four queries."""
    people = Person.objects.living() if keys is None else Person.objects.filter(pk__in=keys)
    found = {
        pk: Record(pk, given, patronymic, (latin, patronymic_latin), sex, clan)
        for pk, given, patronymic, latin, patronymic_latin, sex, clan in people.order_by().values_list(
            "pk", "given_name", "patronymic", "given_name_latin", "patronymic_latin", "sex", "clan_name"
        )
    }
    emails, phones = PersonEmail.objects.order_by("pk"), PersonPhone.objects.order_by("pk")
    positions = Position.objects.filter(is_main=True, valid_to=None).order_by()
    if keys is not None:
        emails, phones, positions = (rows.filter(person__in=found) for rows in (emails, phones, positions))
    for person, address, shared in emails.values_list("person", "address", "is_shared"):
        if person in found:
            found[person].emails[address.lower()] = shared
    for person, number in phones.values_list("person", "number"):
        if person in found:
            found[person].phones.add(number)
    for person, organisation, title_mn, title_en in positions.values_list("person", "organisation", "title_mn", "title_en"):
        if person in found:
            found[person].organisation, found[person].title = organisation, title_mn or title_en
    return found


# Finding ------------------------------------------------------------------------------------------------------


def find():
    """All pairs that are worth a look, likeliest first, those told apart left out. Ten queries however many people there are."""
    records = read()
    apart = {
        (first, second)
        for first, second, mark_first, mark_second in NotDuplicate.objects.values_list(
            "person_a", "person_b", "fingerprint_a", "fingerprint_b"
        )
        if first in records
        and second in records
        and (records[first].fingerprint(), records[second].fingerprint()) == (mark_first, mark_second)
    }
    judge = Judge(records)
    pairs = [
        pair
        for keys in _brought_together(records, judge) - apart
        if (pair := judge.compare(records[keys[0]], records[keys[1]])) is not None
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def found():
    """The same, remembered until something that matters has changed in the directory."""
    key = f"duplicates:{_state()}"
    kept = cache.get(key)
    if kept is None:
        kept = [(pair.first, pair.second, pair.score, pair.reasons) for pair in find()]
        cache.set(key, kept, KEPT_FOUND)
    cache.set(KEPT_NUMBER, len(kept), KEPT_FOUND)
    return [Pair(*each) for each in kept]


def remembered():
    """How many pairs the last search found, for a page that must not search itself; None where none was made of late.

    The worker looks every few minutes, and whoever opens the page of duplicates does.
    """
    return cache.get(KEPT_NUMBER)


def look():
    """The worker's duty: searches again where something has changed."""
    found()


def _state():
    """Changes whenever somebody, an address, a number, a position, a reform or a review is added, changed or taken away."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5(concat_ws('/',
                (SELECT concat_ws(',', count(*), max(updated_at), sum(id) FILTER (WHERE merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL))
                   FROM contacts_person),
                (SELECT concat_ws(',', count(*), sum(hashtext(id || address || is_shared || person_id))) FROM contacts_personemail),
                (SELECT concat_ws(',', count(*), sum(hashtext(id || number || person_id))) FROM contacts_personphone),
                (SELECT max(pgh_id) FROM contacts_personevent),
                (SELECT max(pgh_id) FROM contacts_positionevent),
                (SELECT max(pgh_id) FROM contacts_successionevent),
                (SELECT max(pgh_id) FROM contacts_notduplicateevent)))
            """
        )
        return cursor.fetchone()[0]


def _brought_together(records, judge):
    """Pairs of keys (smaller first) that have something in common: both names, a number, a mailbox, a name and the institution."""
    groups = defaultdict(list)
    for record in records.values():
        keys = set()
        for given, father in record.forms:
            given_key = matching.fold(given)
            fathers = matching.stems(father) - {""} if father and not names.is_initial(father) else ()
            for stem in fathers:
                keys.add(("names", *sorted((given_key, stem))))
            if record.organisation is not None:
                body = judge.line_of(record.organisation)
                keys.add(("body", body, given_key))
                keys.update(("body", body, stem) for stem in fathers)
        keys.update(("phone", number) for number in record.phones)
        keys.update(("email", address) for address in record.emails)
        for key in keys:
            groups[key].append(record.pk)
    pairs = set()
    for key, members in groups.items():
        if len(members) < 2 or (key[0] in {"phone", "email"} and len(members) > CROWD):
            continue
        if key[0] == "phone" and len(members) > OFFICE:
            judge.office_lines.add(key[1])
        members.sort()
        reach = len(members) if len(members) <= GROUP else NEXT
        if reach == NEXT:
            members.sort(key=lambda pk: (records[pk].organisation or 0, pk))
        for place, one in enumerate(members):
            for other in members[place + 1 : place + 1 + reach]:
                pairs.add((one, other) if one < other else (other, one))
    return pairs


class Judge:
    """Weighs two records; asked about many, it reads the institutions once."""

    def __init__(self, records=()):
        self.institutions = Institutions()
        self.office_lines = set()
        self._lines = self._root_of_each()

    def _root_of_each(self):
        """Institutions that any reform links have one root, so that they fall into one group."""
        root = {}

        def top(key):
            while root.get(key, key) != key:
                key = root[key]
            return key

        for before, successors in self.institutions.successors.items():
            for after in successors:
                root[top(before)] = top(after)
        return {key: top(key) for key in list(root)}

    def line_of(self, organisation):
        return self._lines.get(organisation, organisation)

    def compare(self, one, other):
        """The Pair of two records, or None where too little speaks for one person."""
        name = _names_agree(one, other)
        if not name:
            return None
        reasons = [name]
        phones = one.phones & other.phones
        if phones:
            reasons.append("phone" if phones - self.office_lines else "phone_office")
        elif one.phones and other.phones:
            reasons.append("other_phone")
        same = one.emails.keys() & other.emails.keys()
        if any(not (one.emails[address] and other.emails[address]) for address in same):
            reasons.append("email")
        elif same:
            reasons.append("mailbox")
        elif not all(one.emails.values()) and not all(other.emails.values()):
            reasons.append("other_email")
        if one.organisation is not None and other.organisation is not None:
            if one.organisation == other.organisation:
                reasons.append("institution")
            elif self.institutions.same(one.organisation, other.organisation):
                reasons.append("institution_line")
            else:
                reasons.append("other_institution")
            if matching.same_title(one.title, other.title) and reasons[-1] != "other_institution":
                reasons.append("title")
        if {one.sex, other.sex} == {"f", "m"}:
            reasons.append("other_sex")
        score = min(sum(REASONS[code][0] for code in reasons), 100)
        return Pair(min(one.pk, other.pk), max(one.pk, other.pk), score, tuple(reasons)) if score >= SHOWN else None


def _names_agree(one, other):
    """The code of how the names agree, in whichever scripts they agree best; empty where they do not."""
    best = ""
    for form in one.forms:
        for another in other.forms:
            code = _forms_agree(*form, *another)
            if code and (not best or REASONS[code][0] > REASONS[best][0]):
                best = code
            if code == "name_same":
                return code
    return best


@lru_cache(maxsize=200_000)
def _forms_agree(given, father, other_given, other_father):
    answer = matching.agreement(given, father, other_given, other_father)
    if answer == "same":
        written = (given.casefold(), father.casefold()) == (other_given.casefold(), other_father.casefold())
        return "name_same" if written else "name_spelling"
    if answer == "turned":
        return "name_turned"
    if answer == "initial":
        return "name_initial" if father and other_father else "name_missing"
    return "name_alike" if _nearly(given, other_given) and _fathers_nearly(father, other_father) else ""


def _fathers_nearly(one, other):
    if not one or not other or names.is_initial(one) or names.is_initial(other):
        return names.same_person_names(("А", one), ("А", other)) != "different"
    return any(_nearly_keys(a, b) for a in matching.stems(one) for b in matching.stems(other))


def _nearly(one, other):
    return _nearly_keys(matching.fold(one), matching.fold(other))


def _nearly_keys(one, other):
    """Equal, or one letter changed, left out, added or swapped; short names must be equal."""
    if one == other:
        return bool(one)
    return min(len(one), len(other)) > 3 and OSA.distance(one, other, score_cutoff=1) <= 1


# Telling apart ------------------------------------------------------------------------------------------------


@transaction.atomic
def tell_apart(one, other, *, by):
    """Remembers that two people are two, until a name, an address, a number or the main position of either changes.

    Said again, it holds anew from today. Refuses one and the same ("same_person") and somebody who is gone ("gone").
    """
    if one.pk == other.pk:
        raise ValidationError(_("These are one and the same record."), code="same_person")
    if Person.objects.living().filter(pk__in=[one.pk, other.pk]).count() < 2:
        raise gone()
    remember_apart([(one.pk, other.pk)], by=by)
    return NotDuplicate.objects.get(person_a=min(one.pk, other.pk), person_b=max(one.pk, other.pk))


def gone():
    """The refusal where one of two people was merged or removed meanwhile."""
    return ValidationError(_("One of the two is not in the directory any more."), code="gone")


def remember_apart(pairs, *, by):
    """The same for many pairs of keys of living people at once; three queries and those of `read`."""
    pairs = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    if not pairs:
        return
    records = read({key for pair in pairs for key in pair})
    now = timezone.now()
    NotDuplicate.objects.bulk_create(
        [
            NotDuplicate(
                person_a_id=a, person_b_id=b, reviewed_by=by, reviewed_at=now,
                fingerprint_a=records[a].fingerprint(), fingerprint_b=records[b].fingerprint(),
            )  # fmt: skip
            for a, b in sorted(pairs)
        ],
        update_conflicts=True,
        unique_fields=["person_a", "person_b"],
        update_fields=["reviewed_by", "reviewed_at", "fingerprint_a", "fingerprint_b"],
    )


@transaction.atomic
def look_again(review, *, by):
    """Forgets that two were told apart. Forgotten already is no error."""
    NotDuplicate.objects.filter(pk=review.pk).delete()


def still_apart(reviews):
    """Those of the reviews that hold: neither person has changed since, and both are in the directory."""
    reviews = list(reviews)
    records = read({key for each in reviews for key in (each.person_a_id, each.person_b_id)}) if reviews else {}
    return [
        each
        for each in reviews
        if (records[each.person_a_id].fingerprint(), records[each.person_b_id].fingerprint())
        == (each.fingerprint_a, each.fingerprint_b)
    ]
