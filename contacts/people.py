"""People as the office keeps them: added, mended, given another post, and found in either script."""

import re
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Organisation, Person, PersonEmail, PersonPhone, Position
from core import emails as addresses
from core import names
from core import phones as numbers

# Keys ---------------------------------------------------------------------------------------------------------


def set_keys(person):
    """Fills the keys that are worked out from the names; called by every save."""
    given = person.given_name or person.given_name_latin
    patronymic = person.patronymic or person.patronymic_latin
    person.name_key = names.fold(given)[:120]
    person.patronymic_key = names.fold(patronymic)[:120]
    person.sort_key = f"{names.sort_key(given)} {names.sort_key(patronymic)}"[:500]


def lexemes(person, *, emails=(), phones=()):
    """The words under which a person is found, prefixed by what they are.

    g: given name, p: father's name (each with its genitive's stems), s: consonants of the given name,
    e: e-mail, t: phone without country code and its last four digits.
    """
    found = set()
    for given in filter(None, [person.given_name, person.given_name_latin]):
        found.add(f"g:{names.fold(given)}")
        found.add(f"s:{names.skeleton(given)}")
    for patronymic in filter(None, [person.patronymic, person.patronymic_latin]):
        found.update(f"p:{key}" for key in names.genitive_stem_keys(patronymic) | {names.fold(patronymic)})
    found.update(f"e:{address.lower()}" for address in emails)
    for number in phones:
        national = number.removeprefix("+976").removeprefix("+")
        found.update({f"t:{national}", f"t:{national[-4:]}"})
    return sorted(word for word in found if len(word) > 2)


def index(person):
    """Writes the search column of one person from its names, e-mails and phones."""
    index_all([person])


def index_all(people):
    """The same for many people in three queries."""
    people = [person for person in people if person.pk]
    if not people:
        return
    emails, phones = {}, {}
    for person, address in PersonEmail.objects.filter(person__in=people).values_list("person", "address"):
        emails.setdefault(person, []).append(address)
    for person, number in PersonPhone.objects.filter(person__in=people).values_list("person", "number"):
        phones.setdefault(person, []).append(number)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Person._meta.db_table} AS person SET search = array_to_tsvector(string_to_array(given.words, E'\\n'))"
            " FROM unnest(%s::bigint[], %s::text[]) AS given(id, words) WHERE person.id = given.id",
            [
                [person.pk for person in people],
                [
                    "\n".join(lexemes(person, emails=emails.get(person.pk, ()), phones=phones.get(person.pk, ())))
                    for person in people
                ],
            ],
        )


# Adding and mending -------------------------------------------------------------------------------------------

NAME_FIELDS = ("given_name", "patronymic", "clan_name", "given_name_latin", "patronymic_latin")


def split(text):
    """A name typed in one box as the fields of a Person: {"given_name": "Батбаяр", "patronymic": "Болдын"}.

    Latin names go to the Latin fields: how they are written in Cyrillic is not known.
    """
    parsed = names.parse(str(text)[:200])
    after = "" if names.is_cyrillic(f"{parsed.given} {parsed.patronymic}") else "_latin"
    parts = {f"given_name{after}": parsed.given, f"patronymic{after}": parsed.patronymic, "clan_name": parsed.clan}
    return {name: part[:100] for name, part in parts.items() if part}


@transaction.atomic
def add(*, by, organisation=None, job_title="", department="", rank="", email="", email_is_shared=False, phones=(), **details):
    """A new person with an open main position at `organisation`, an e-mail address and phones in E.164. Returns the Person.

    Refuses a person without a given name and an address that somebody else has ("email_taken").
    """
    person = Person(**{name: _tidy(value) if name in NAME_FIELDS else value for name, value in details.items()})
    person.full_clean()
    if email and not email_is_shared:
        _refuse_taken(email)
    person.save()
    if organisation is not None:
        position(person, organisation, job_title=job_title, department=department, rank=rank).save()
    if email:
        PersonEmail.objects.create(person=person, address=email, is_shared=email_is_shared)
    PersonPhone.objects.bulk_create(PersonPhone(person=person, number=number) for number in dict.fromkeys(phones))
    if email or phones:
        index(person)
    return person


@transaction.atomic
def edit(person, *, by, emails=None, phones=None, **details):
    """Changes names and other details; `emails` [(address, is_shared)] and `phones` [E.164] replace those there are.

    The first address becomes the primary one. Who did it stands in the history that the database keeps.
    """
    for name, value in details.items():
        setattr(person, name, _tidy(value) if name in NAME_FIELDS else value)
    person.full_clean()
    if emails is not None:
        _set_emails(person, emails)
    if phones is not None:
        phones = list(dict.fromkeys(phones))
        person.phones.exclude(number__in=phones).delete()
        known = set(person.phones.values_list("number", flat=True))
        PersonPhone.objects.bulk_create(PersonPhone(person=person, number=number) for number in phones if number not in known)
    person.save()
    return person


def _set_emails(person, emails):
    wanted = {}
    for address, is_shared in emails:
        if not is_shared:
            _refuse_taken(address, but=person)
        wanted.setdefault(addresses.key(address), (address, is_shared))
    known = {addresses.key(row.address): row for row in person.emails.all()}
    PersonEmail.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    for place, (key, (address, is_shared)) in enumerate(wanted.items()):
        row = known.get(key) or PersonEmail(person=person)
        row.address, row.is_shared, row.is_primary = address, is_shared, place == 0
        row.save()


@transaction.atomic
def take_position(person, organisation, *, by, job_title="", department="", rank="", on=None):
    """Gives a person another main position from a day on (None: not known since when); the one before ends that day, or today.

    The same post at the same institution again is no change.
    """
    before = Position.objects.select_for_update(no_key=True).filter(person=person, is_main=True, valid_to=None).first()
    after = position(person, organisation, job_title=job_title, department=department, rank=rank, on=on)
    if before is not None:
        same = ("organisation_id", "title_en", "title_mn", "department", "rank")
        if all(getattr(before, name) == getattr(after, name) for name in same):
            return before
        ends = on or timezone.localdate()
        if before.valid_from and before.valid_from > ends:
            raise ValidationError(
                _("The present position began later, on %(day)s."), code="before_the_present", params={"day": before.valid_from}
            )
        before.valid_to = ends
        before.save()
    after.save()
    return after


def read_phones(text):
    """Numbers in E.164 from what was typed; refuses what holds no number that can be called ("phone")."""
    read = numbers.parse(text)
    if read.unread:
        raise ValidationError(_("This is no telephone number: %(text)s"), code="phone", params={"text": ", ".join(read.unread)})
    return read.numbers


def read_email(text):
    """An address fit to keep, or empty; refuses with what is wrong and what was probably meant."""
    read = addresses.check(text)
    if read.error_code:
        words = f"{read.note} {_('Perhaps %(address)s?') % {'address': read.suggestion}}" if read.suggestion else read.note
        raise ValidationError(words, code=read.error_code)
    return read.address


def position(person, organisation, *, job_title="", department="", rank="", on=None, is_main=True):
    """A position as it was typed, not stored yet; the job title is kept in the language in which it was typed."""
    job_title = _tidy(job_title)[:200]
    language = "mn" if names.is_cyrillic(job_title) else "en"
    return Position(
        person=person, organisation=organisation, department=_tidy(department), rank=_tidy(rank), valid_from=on, is_main=is_main,
        **{f"title_{language}": job_title},
    )  # fmt: skip


def _tidy(text):
    return names.repair(text or "")[0]


def _refuse_taken(address, but=None):
    taken = PersonEmail.objects.filter(address__iexact=address, is_shared=False).select_related("person")
    taken = taken.exclude(person=but).first() if but else taken.first()
    if taken:
        raise ValidationError(
            _("%(address)s is the address of %(name)s. If it is an office mailbox, mark it as shared."),
            code="email_taken",
            params={"address": address, "name": taken.person.short_name, "person": taken.person_id},
        )


# Finding ------------------------------------------------------------------------------------------------------

# How well somebody fits, best first; SOUND: only the consonants of the given name do.
EXACT, GIVEN, OTHER, SOUND = range(4)
_PHONE = re.compile(r"\+?\d[\d\s().\-]*")
LONGEST_QUERY = 120
MOST_WORDS = 6
# A word that stands in the names of more institutions than these ("Ministry") means none of them.
MOST_BODIES = 12


@dataclass
class Found:
    """Somebody who fits a query. `registration` is the one at the workshop that was given, the live one first;
    `earlier` are those at other workshops, latest first."""

    person: Person
    tier: int
    position: Position | None = None
    registration: object = None
    earlier: list = field(default_factory=list)

    @property
    def is_close(self):
        return self.tier == SOUND


class Lexemes(SearchQuery):
    """A tsquery of lexemes as they are stored, past any dictionary."""

    template = "(%(expressions)s)::tsquery"


def find(query, *, limit=10, workshop=None):
    """Whom a query means: name in either script and any usual spelling, initial and father's name, e-mail, digits of a
    phone, or the acronym or name of an institution. A list of Found, best first; four queries at most.

    Each word must fit. Exact given names come first, then people of the institutions that the workshop invited. Where
    nobody fits, those whose given name has the same consonants are offered.
    """
    people = list(search(query, workshop=workshop)[:limit])
    if people and people[0].tier != SOUND:
        people = [person for person in people if person.tier != SOUND]
    return told(people, workshop=workshop)


def search(query, *, workshop=None):
    """The same as a QuerySet of people with their `tier`, best first; nobody for an empty query. One query is made."""
    text = " ".join(str(query or "").split())[:LONGEST_QUERY]
    words = names.parse_query(text)[:MOST_WORDS]
    bodies = _bodies(text, words)
    everyone = Person.objects.living().defer("search", "note")
    wanted = _or(_and(*[_name(word) for word in words], *_phones(text)), _email(text))
    sound = _and(*[_sound(word) for word in words]) if any(len(names.skeleton(word.text)) > 2 for word in words) else ""
    given = _and(wanted, _or(*[_any("g", word.prefixes) for word in words if not word.initial]))
    exact = _and(wanted, _or(*[_lexeme("g", names.fold(word.text)) for word in words if not word.initial]))
    fits, tiers = Q(), []
    for tier, lexemes in ((EXACT, exact), (GIVEN, given), (OTHER, wanted)):
        if lexemes:
            tiers.append(When(search=Lexemes(lexemes), then=Value(tier)))
    if bodies:
        at_the_body = _at(bodies.pop("", set()))
        for word, ids in bodies.items():
            rest = _and(*[_name(other) for other in words if other.text != word])
            at_the_body |= _at(ids) & (Q(search=Lexemes(rest)) if rest else Q())
        tiers.append(When(at_the_body, then=Value(OTHER)))
        fits |= at_the_body
    if lexemes := _or(wanted, sound):
        fits |= Q(search=Lexemes(lexemes))
    if not fits:
        return everyone.none().annotate(tier=Value(OTHER, output_field=IntegerField()))
    everyone = everyone.filter(fits).annotate(tier=Case(*tiers, default=Value(SOUND), output_field=IntegerField()))
    if workshop is None:
        return everyone.order_by("tier", "sort_key", "pk")
    invited = Position.objects.filter(
        person=OuterRef("pk"), is_main=True, valid_to=None, organisation__in=workshop.allocations.order_by().values("organisation")
    )
    return everyone.annotate(is_invited=Exists(invited)).order_by("tier", "-is_invited", "sort_key", "pk")


def told(people, *, workshop=None):
    """People with their position and registrations, as a list of Found in the same order; two queries."""
    if not people:
        return []
    found = {person.pk: Found(person, getattr(person, "tier", OTHER)) for person in people}
    for position in Position.objects.filter(person__in=found, is_main=True, valid_to=None).select_related("organisation"):
        found[position.person_id].position = position
    # Registrations are of a later layer, which hangs itself onto people.
    registrations = Person._meta.get_field("registrations").related_model.objects
    rows = registrations.filter(person__in=found).select_related("workshop").only(
        "person", "state", "role", "workshop__slug", "workshop__title_en", "workshop__title_mn", "workshop__starts_on",
        "workshop__ends_on", "workshop__precision",
    )  # fmt: skip
    for row in rows.order_by("-workshop__starts_on", "-pk"):
        known = found[row.person_id]
        if workshop is None or row.workshop_id != workshop.pk:
            known.earlier.append(row)
        elif known.registration is None or row.is_live:
            known.registration = row
    return list(found.values())


def _bodies(text, words):
    """Institutions that are meant: {word: ids} by acronym, and under "" those whose name holds the whole text. One query."""
    found = {}
    whole = names.repair(text)[0].lower()
    acronyms = {_bare(word.text): word.text for word in words if len(word.text) > 1}
    if not acronyms:
        return found
    rows = Organisation.objects.order_by().values_list("pk", "acronym_en", "acronym_mn", "name_en", "name_mn", "also_known_as")
    for key, acronym_en, acronym_mn, name_en, name_mn, others in rows:
        for acronym in {_bare(name) for name in (acronym_en, acronym_mn, *others)} & set(acronyms):
            found.setdefault(acronyms[acronym], set()).add(key)
        if len(whole) > 3 and any(whole in name.lower() for name in (name_en, name_mn, *others)):
            found.setdefault("", set()).add(key)
    if len(found.get("", ())) > MOST_BODIES:
        del found[""]
    return found


def _bare(acronym):
    return re.sub(r"[^\w]", "", acronym).upper()


def _at(organisations):
    if not organisations:
        return Q(pk=None)
    here = Position.objects.filter(organisation__in=organisations, valid_to=None)
    return Q(pk__in=here.order_by().values("person"))


def _name(word):
    """What a word finds as a name; an initial only as a father's."""
    return _any("p", word.prefixes) if word.initial else _or(_any("g", word.prefixes), _any("p", word.prefixes))


def _sound(word):
    skeleton = names.skeleton(word.text)
    father = _any("p", word.prefixes)
    return _or(_lexeme("s", skeleton, "*"), father) if len(skeleton) > 2 and not word.initial else father


def _phones(text):
    for run in _PHONE.findall(re.sub(r"\S*@\S*", " ", text)):
        digits = re.sub(r"\D", "", run)
        if len(digits) > 8:
            digits = digits.removeprefix("00").removeprefix("976")
        if len(digits) > 2:
            yield _lexeme("t", digits, "*")


def _email(text):
    return _lexeme("e", text.lower(), "*") if len(text) > 2 and " " not in text and text.isascii() else ""


def _lexeme(kind, key, end=""):
    """One lexeme of a tsquery, quoted; `end="*"` for a prefix. Empty for an empty key."""
    if not key:
        return ""
    quoted = key.replace("\\", "\\\\").replace("'", "''")
    return f"'{kind}:{quoted}'" + (":*" if end else "")


def _any(kind, prefixes):
    return _or(*[_lexeme(kind, prefix, "*") for prefix in sorted(prefixes)])


def _or(*parts):
    parts = [part for part in parts if part]
    return f"({' | '.join(parts)})" if len(parts) > 1 else "".join(parts)


def _and(*parts):
    """Empty where a part is: what cannot be asked for fits nobody."""
    parts = list(parts)
    if not parts or not all(parts):
        return ""
    return f"({' & '.join(parts)})" if len(parts) > 1 else parts[0]
