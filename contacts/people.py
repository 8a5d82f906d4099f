"""People as the office keeps them: keys that make them findable in either script."""

from django.db import connection

from contacts.models import Person
from core import names


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
    from contacts.models import PersonEmail, PersonPhone

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
