"""Whom of the directory a row of a list means: found by address, number and name, never merged by name alone."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models.functions import Lower

from contacts.models import Person, PersonEmail, PersonPhone, Position
from core import names

SHOWN = 5  # candidates offered for one row


@dataclass
class Known:
    """Somebody with whom a row is compared: a person of the directory, or an earlier row of the same list."""

    key: int
    given: str
    patronymic: str
    latin: tuple = ("", "")
    sex: str = "unknown"
    emails: dict = field(default_factory=dict)  # address → shared?
    phones: set = field(default_factory=set)
    organisation: int | None = None
    title: str = ""
    department: str = ""
    position: int | None = None
    given_cyrillic: str = ""
    patronymic_cyrillic: str = ""
    given_latin: str = ""
    patronymic_latin: str = ""
    clan_name: str = ""


@dataclass
class Wanted:
    """What a row says about the person that it means."""

    given: str
    patronymic: str
    emails: set = field(default_factory=set)
    phones: set = field(default_factory=set)
    organisation: int | None = None
    title: str = ""
    # Addresses that others in the list have too prove nothing.
    shared: set = field(default_factory=set)


@dataclass
class Match:
    """verdict: known, possible or new; `reasons` of a candidate are codes of REASONS."""

    verdict: str = "new"
    person: Known | None = None
    candidates: list = field(default_factory=list)  # (Known, reasons)
    elsewhere: dict = field(default_factory=dict)  # address → Known with another name


@lru_cache(maxsize=200_000)
def fold(text):
    return names.fold(text)


@lru_cache(maxsize=100_000)
def stems(text):
    return frozenset(names.genitive_stem_keys(text)) | {names.fold(text)}


@lru_cache(maxsize=200_000)
def agreement(given, patronymic, other_given, other_patronymic):
    """How two names agree: same, turned (both in full, the other way round), initial (nothing speaks against it), or ""."""
    keys = {fold(given), fold(other_given)}
    if len(keys) > 1 and not (patronymic and other_patronymic and (stems(patronymic) & stems(other_given) or names.is_initial(other_patronymic))):
        return ""
    answer = names.same_person_names((given, patronymic), (other_given, other_patronymic))
    if answer != "compatible":
        return "same" if answer == "same" else ""
    if (
        len(keys) > 1
        and not names.is_initial(patronymic)
        and not names.is_initial(other_patronymic)
        and stems(given) & stems(other_patronymic)
        and stems(patronymic) & stems(other_given)
    ):
        return "turned"
    return "initial"


def compare(wanted, known):
    """Names of a row and of somebody known, in whichever script agrees best."""
    best = agreement(wanted.given, wanted.patronymic, known.given, known.patronymic)
    if best in {"same", "turned"} or not known.latin[0]:
        return best
    return agreement(wanted.given, wanted.patronymic, *known.latin) or best


def _agrees(wanted, known):
    """Reasons other than the name that speak for one person."""
    reasons = []
    if any(not shared and address in wanted.emails - wanted.shared for address, shared in known.emails.items()):
        reasons.append("email")
    if wanted.phones & known.phones:
        reasons.append("phone")
    return reasons


def contradicts(wanted, known):
    """Whether both have a number or an address of their own and none is the same."""
    own = {address for address, shared in known.emails.items() if not shared}
    personal = wanted.emails - wanted.shared
    return bool((wanted.phones and known.phones) or (personal and own)) and not _agrees(wanted, known)


def same_title(one, other):
    return bool(one and other) and fold(one) == fold(other)


def judge(wanted, people, same_body):
    """The Match of a row among `people`; `same_body(a, b)` says whether two organisations are one, also under an older name."""
    match, certain, here, by_initial, others = Match(), [], [], [], []
    for known in people:
        name = compare(wanted, known)
        reasons = _agrees(wanted, known)
        if not name:
            if "email" in reasons:
                address = next(iter(wanted.emails & set(known.emails)))
                if fold(wanted.given) in {fold(known.given), fold(known.latin[0])} or stems(wanted.patronymic) & stems(known.patronymic) - {""}:
                    others.append((known, ["email"]))
                else:
                    match.elsewhere[address] = known
            continue
        said = [f"name_{name}", *reasons]
        if same_body(wanted.organisation, known.organisation):
            said.append("institution")
        if reasons:
            certain.append((known, said, name))
        elif "institution" in said and name in {"same", "turned"}:
            here.append((known, said))
        elif "institution" in said:
            by_initial.append((known, said))
        else:
            others.append((known, said))
    if len(certain) > 1:
        full = [found for found in certain if found[2] in {"same", "turned"}]
        both = [found for found in certain if {"email", "phone"} <= set(found[1])]
        certain = both if len(both) == 1 else full if len(full) == 1 else certain
    if len(certain) == 1:
        match.verdict, match.person = "known", certain[0][0]
        match.candidates = [certain[0][:2]]
        return match
    possible = [found[:2] for found in certain] + here + by_initial + others
    if not certain:
        if len(here) == 1 and not contradicts(wanted, here[0][0]):
            match.verdict, match.person, match.candidates = "known", here[0][0], here
            return match
        if not here and len(by_initial) == 1:
            known = by_initial[0][0]
            if not contradicts(wanted, known) and same_title(wanted.title, known.title):
                match.verdict, match.person, match.candidates = "known", known, by_initial
                return match
    if possible:
        match.verdict, match.candidates = "possible", possible[:SHOWN]
    return match


class Directory:
    """People of the directory who may be meant by the rows of a list, in six queries however many rows there are."""

    def __init__(self, rows):
        """`rows`: Wanted, all of the list."""
        keys, addresses, numbers = set(), set(), set()
        for wanted in rows:
            keys.add(fold(wanted.given)[:120])
            if wanted.patronymic and not names.is_initial(wanted.patronymic):
                keys |= {key[:120] for key in stems(wanted.patronymic)}
            addresses |= wanted.emails
            numbers |= wanted.phones
        keys.discard("")
        by_address = set(PersonEmail.objects.annotate(low=Lower("address")).filter(low__in=addresses).values_list("person", flat=True)) if addresses else set()
        by_number = set(PersonPhone.objects.filter(number__in=numbers).values_list("person", flat=True)) if numbers else set()
        columns = ("pk", "given_name", "patronymic", "given_name_latin", "patronymic_latin", "sex", "name_key", "clan_name")
        living = Person.objects.living()
        found = {row[0]: row for row in living.filter(name_key__in=keys).values_list(*columns)} if keys else {}
        missing = (by_address | by_number) - set(found)
        if missing:
            found |= {row[0]: row for row in living.filter(pk__in=missing).values_list(*columns)}
        self.people, self._by_name, self._by_email, self._by_phone = {}, {}, {}, {}
        for pk, given, patronymic, given_latin, patronymic_latin, sex, name_key, clan_name in found.values():
            known = Known(
                pk, given or given_latin, patronymic or patronymic_latin, (given_latin, patronymic_latin) if given else ("", ""), sex,
                given_cyrillic=given, patronymic_cyrillic=patronymic, given_latin=given_latin, patronymic_latin=patronymic_latin,
                clan_name=clan_name,
            )  # fmt: skip
            self.people[pk] = known
            self._by_name.setdefault(name_key, []).append(known)
        # Only of those whose name, address or number fits some row are the details worth reading.
        self._fitting = {pk for pk in by_address | by_number if pk in self.people}
        for wanted in rows:
            self._fitting |= {known.key for known in self._named(wanted) if compare(wanted, known)}
        self._add_details()

    def _named(self, wanted):
        keys = {fold(wanted.given)[:120]}
        if wanted.patronymic and not names.is_initial(wanted.patronymic):
            keys |= {key[:120] for key in stems(wanted.patronymic)}
        for key in keys:
            yield from self._by_name.get(key, ())

    def _add_details(self):
        fitting = list(self._fitting)
        if not fitting:
            return
        for person, address, shared in PersonEmail.objects.filter(person__in=fitting).values_list("person", "address", "is_shared"):
            self.people[person].emails[address.lower()] = shared
            self._by_email.setdefault(address.lower(), []).append(self.people[person])
        for person, number in PersonPhone.objects.filter(person__in=fitting).values_list("person", "number"):
            self.people[person].phones.add(number)
            self._by_phone.setdefault(number, []).append(self.people[person])
        positions = Position.objects.filter(person__in=fitting, is_main=True, valid_to=None)
        for pk, person, organisation, title_mn, title_en, department in positions.values_list(
            "pk", "person", "organisation", "title_mn", "title_en", "department"
        ):
            known = self.people[person]
            known.position, known.organisation, known.title, known.department = pk, organisation, title_mn or title_en, department

    def candidates(self, wanted):
        """Those who share the name, an address or a number with a row."""
        found = {known.key: known for known in self._named(wanted) if known.key in self._fitting}
        for address in wanted.emails:
            found |= {known.key: known for known in self._by_email.get(address, ())}
        for number in wanted.phones:
            found |= {known.key: known for known in self._by_phone.get(number, ())}
        return found.values()


def known_given_names(keys):
    """Which search keys are given names in the directory, in one query."""
    keys = {key for key in keys if key}
    return frozenset(Person.objects.filter(name_key__in=keys).values_list("name_key", flat=True).distinct()) if keys else frozenset()
