"""The library of pictures: how one is taken in, cut anew and thrown away, what of it is shown, and where it is used.

(office/pictures.py draws something else: the cards that other sites show beside a link.)
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.uses import FINDERS, Use, uses_of
from office import renditions
from office.models import NewsItem, NewsPicture, Picture, Version

# The plain format that every program reads, for feeds, machines and the end of every <picture>.
PLAIN = "jpg"


# Taking in -----------------------------------------------------------------------------------------------------


def take_in(row, clean):
    """Puts a picture that renditions.clean() let through into a row, which is not saved, with all its renditions.

    Refuses one that the library has already ("twice").
    """
    if before := Picture.objects.filter(digest=clean.digest).exclude(pk=row.pk).first():
        raise ValidationError(_("This very picture is in the library already: %(picture)s"), code="twice", params={"picture": before})
    row.file.save(f"original.{clean.kind}", ContentFile(clean.content), save=False)
    row.width, row.height = clean.image.size
    row.size, row.digest = len(clean.content), clean.digest
    row.renditions = _made(row, clean.image, list(renditions.CROPS))


def cut_anew(row):
    """Makes those renditions of a row, which is not saved, that depend on its focal point; the old ones go once that is certain."""
    crops = [crop for crop, (form, _widths) in renditions.CROPS.items() if form]
    before = [each for each in row.renditions if each["crop"] in crops]
    with row.file.open("rb") as original, renditions.open_kept(original) as image:
        made = _made(row, image, crops)
    row.renditions = [each for each in row.renditions if each["crop"] not in crops] + made
    there = {each["name"] for each in made}
    _throw_away(row, [each["name"] for each in before if each["name"] not in there])


def _made(row, image, crops):
    storage, facts = row.file.storage, []
    for crop in crops:
        for each, content in renditions.renditions(image, row.digest, crop=crop, focus=(row.focus_x, row.focus_y)):
            path = path_of(row, each["name"])
            if not storage.exists(path):
                storage.save(path, ContentFile(content))
            facts.append(each)
    return facts


def path_of(row, name):
    """Where a rendition lies in the storage."""
    return str(PurePath(row.file.name).parent / name)


def _throw_away(row, names):
    storage, paths = row.file.storage, [path_of(row, name) for name in names]
    transaction.on_commit(lambda: [storage.delete(path) for path in paths])


def throw_away(row):
    """All files of a row that has gone, once that is certain."""
    if row.file:
        _throw_away(row, [each["name"] for each in row.renditions] + [PurePath(row.file.name).name])
        transaction.on_commit(lambda: _without_folder(row.file.storage, path_of(row, "")))


def _without_folder(storage, folder):
    # Some storages know no folders, and one that is not empty stays.
    with suppress(OSError, NotImplementedError):
        storage.delete(folder)


# What of it is shown -------------------------------------------------------------------------------------------


def address(picture, rendition):
    return reverse("picture", args=[picture.pk, rendition["name"]])


def plain(picture, crop="whole", width=960):
    """(address, facts) of a rendition in the plain format, for machines; None where there is none."""
    found = picture.rendition(crop, PLAIN, width)
    return (address(picture, found), found) if found else None


def expiring(days):
    """Pictures whose consent ends within a number of days, today among them; the soonest first."""
    return Picture.objects.expiring(days)


def not_shown(item):
    """The pictures of an item that are shown nowhere, for want of consent: [Picture], each with `why_not_shown`."""
    shown = NewsPicture.objects.shown().filter(item=item).values("pk")
    return [each.picture for each in NewsPicture.objects.filter(item=item).exclude(pk__in=shown).select_related("picture")]


# Where it is used ----------------------------------------------------------------------------------------------


@dataclass
class Place:
    """A record that uses a picture: its address for editors, and [(language, address)] where the public sees it now."""

    record: object
    editor: str
    public: list


def where_used(picture):
    """[Place] of every record that uses a picture, also of those whose waiting text does."""
    shown = set(NewsPicture.objects.shown().filter(picture=picture).values_list("item", flat=True))
    places = {}
    for use in uses_of(picture):
        row = use.row
        public = [(code, _in(code, row)) for code in row.public_languages] if isinstance(row, NewsItem) and row.pk in shown else []
        places.setdefault((type(row), row.pk), Place(row, use.address, public))
    return list(places.values())


def _in(code, row):
    with override(code):
        return row.get_absolute_url()


def is_out(picture):
    """Whether an item that the public reads, or will at a moment that is set, uses the picture: then it is the editors' alone."""
    from office import versions

    return any(versions.is_out(item) for item in NewsItem.objects.filter(pictures__picture=picture))


def is_read(picture):
    """Whether a text that uses it is before a reviewer, or approved: what was read there must be what goes out."""
    uses = {"data__parts__newspicture__contains": [{"picture_id": picture.pk}]}
    return Version.objects.filter(state__in=[Version.State.IN_REVIEW, Version.State.APPROVED], **uses).exists()


def in_waiting_texts(records):
    """What no relation tells: a text that waits to be published names the picture, and it must be there when it goes out."""
    if not records or not isinstance(records[0], Picture):
        return
    wanted = {record.pk for record in records}
    for version in Version.objects.open().filter(content_type__app_label="office", content_type__model="newsitem").prefetch_related("item"):
        named = {row.get("picture_id") for row in version.data["parts"].get("newspicture", [])}
        for key in named & wanted if version.item else ():
            yield key, Use(version.item, NewsPicture._meta.verbose_name.capitalize())


FINDERS.append(in_waiting_texts)
