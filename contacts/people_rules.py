"""What merging and erasing do with the tables of this layer that hang on a person."""

import re

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from contacts import belongings, matching
from contacts.models import ImportRow, NotDuplicate, PersonEmail, PersonExport, PersonPhone, Position
from core import emails as addresses


def _move(model, key):
    """A rule: every row goes to the record that stays."""
    return lambda merging: merging.move(merging.rows(model, key), key)


def _emails(merging):
    """One address once; where one of the records calls it personal, it is. Letters go to the address that was chosen."""
    ours = {addresses.key(row.address): row for row in merging.rows(PersonEmail, "person", merging.kept)}
    had_any = bool(ours)
    for row in merging.rows(PersonEmail, "person"):
        same = ours.get(addresses.key(row.address))
        if same is None:
            merging.move([row], "person")
            ours[addresses.key(row.address)] = row
            if had_any:
                merging.change(row, is_primary=False)
        else:
            merging.delete(row)
            merging.change(same, is_shared=same.is_shared and row.is_shared)
    chosen = merging.choices.get("primary_email")
    if chosen and any(row.pk == chosen for row in ours.values()):
        for row in ours.values():
            merging.change(row, is_primary=row.pk == chosen)


def _phones(merging):
    ours = {row.number for row in merging.rows(PersonPhone, "person", merging.kept)}
    for row in merging.rows(PersonPhone, "person"):
        if row.number in ours:
            merging.delete(row)
        else:
            merging.move([row], "person")


def _positions(merging):
    """One post once, with all that either record knows of it; of two present main posts one is the main one."""
    ours = merging.rows(Position, "person", merging.kept)
    theirs = []
    for row in merging.rows(Position, "person"):
        same = next((one for one in ours if same_post(one, row)), None)
        if same is None:
            theirs.append(row)
            continue
        merging.delete(row)
        merging.change(same, **_completed(same, row))
    mains = [next((row for row in rows if row.is_main and row.valid_to is None), None) for rows in (ours, theirs)]
    if all(mains):
        main, other = reversed(mains) if _whose_is_main(merging, *mains) == "gone" else mains
        if merging.choices.get("other_position") == "besides":
            merging.change(other, is_main=False)
        else:
            merging.change(other, valid_to=max(filter(None, [timezone.localdate(), other.valid_from])))
    merging.move(theirs, "person")


def _whose_is_main(merging, ours, theirs):
    """As chosen; else the later one, where both say since when, or the one that says it."""
    return merging.choices.get("position") or later_post(ours, theirs)


def later_post(ours, theirs):
    if theirs.valid_from and (ours.valid_from is None or theirs.valid_from > ours.valid_from):
        return "gone"
    return "kept"


def same_post(one, other):
    """The same institution and title, both present or with the same end; what one record does not say speaks against nothing."""
    if one.organisation_id != other.organisation_id or one.valid_to != other.valid_to or one.is_main != other.is_main:
        return False
    if one.valid_from and other.valid_from and one.valid_from != other.valid_from:
        return False
    titles = [(row.title_mn, row.title_en) for row in (one, other)]
    if not any(titles[0]) or not any(titles[1]):
        return True
    return any(matching.same_title(ours, theirs) for ours in titles[0] for theirs in titles[1])


def _completed(row, other):
    """What the other record says and this one does not."""
    names = ("title_mn", "title_en", "department", "rank", "level", "province", "valid_from")
    return {name: getattr(other, name) for name in names if not getattr(row, name) and getattr(other, name)}


def _drop(model, key):
    """A rule: what was said of the record that goes is not said of the one that stays."""

    def drop(merging):
        for row in merging.rows(model, key):
            merging.delete(row)

    return drop


# Of the person's own row only what is counted stays: the sex, and when it was made.
PERSON = belongings.Clear(sets={"anonymised_at": Now()})


def _rows_of_lists(kept):
    """Rows of lists that name the person, without having been matched with anybody."""
    loose = ImportRow.objects.filter(person=None)
    said = Q()
    for address in kept.addresses:
        said |= Q(raw__icontains=address) | Q(parsed__icontains=address)
    # A number may be written with blanks: the rows are read, where only the end of it stands there.
    for number in kept.numbers:
        said |= Q(raw__icontains=number[-4:]) | Q(parsed__icontains=number[-4:])
    if not said:
        return loose.none()
    meant = [row.pk for row in loose.filter(said) if _means(kept, row)]
    return ImportRow.objects.filter(pk__in=meant)


def _means(kept, row):
    cells = [str(cell) for cell in row.raw] + [str(value) for value in row.parsed.values()]
    emails = {word.strip("<>;,()").lower() for cell in cells for word in cell.split() if "@" in word}
    if emails & kept.addresses:
        return True
    digits = "/".join(re.sub(r"\D", "", cell) for cell in cells)
    given = row.parsed.get("given_name") or row.parsed.get("given_name_latin") or ""
    father = row.parsed.get("patronymic") or row.parsed.get("patronymic_latin") or ""
    return any(number in digits for number in kept.numbers) and kept.is_named(given, father)


def register():
    rule, clear = belongings.rule, belongings.Clear
    rule("contacts.PersonEmail.person", merge=_emails, erase=belongings.DELETE)
    rule("contacts.PersonPhone.person", merge=_phones, erase=belongings.DELETE)
    rule("contacts.Position.person", merge=_positions, erase=belongings.DELETE)
    rule("contacts.ImportRow.person", merge=_move(ImportRow, "person"), erase=clear(), also=_rows_of_lists)
    rule("contacts.NotDuplicate.person_a", merge=_drop(NotDuplicate, "person_a"), erase=belongings.DELETE, own=False)
    rule("contacts.NotDuplicate.person_b", merge=_drop(NotDuplicate, "person_b"), erase=belongings.DELETE, own=False)
    # A tombstone of the record that goes, and what was merged into it before, stay with it.
    rule("contacts.Person.merged_into", merge=belongings.stay, erase=belongings.LEAVE, own=False)
    forgotten = clear(keeps=("moved",), sets={"forgotten_at": Now()})
    rule("contacts.PersonMerge.kept", merge=belongings.stay, erase=forgotten)
    rule("contacts.PersonMerge.gone", merge=belongings.stay, erase=forgotten)
    rule("contacts.PersonExport.person", merge=_move(PersonExport, "person"), erase=clear(keeps=("tables", "sha256")))
