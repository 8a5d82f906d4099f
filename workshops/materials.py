"""Materials: hand-outs and links of a workshop, each for everybody, for its participants, or for staff."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import uploads
from workshops.models import Material
from workshops.models.registration import HOLDING

LARGEST = 20 * uploads.MEGABYTE


@transaction.atomic
def add(workshop, *, by, file=None, **details):
    """A new material: a file (PDF, Office without macros, picture; 20 MB at most) or a link, one of the two."""
    material = Material(workshop=workshop, added_by=by, **details)
    if file is not None:
        judged = uploads.judge(file, kinds=uploads.HANDOUTS, largest=LARGEST)
        file.name = judged.name
        material.file, material.size = file, file.size
    elif not material.link:
        raise ValidationError({"link": ValidationError(_("Give a file or a link."), code="nothing")})
    if material.item is not None and material.item.day.workshop_id != workshop.pk:
        raise ValidationError(_("That item is of another workshop."), code="other_workshop")
    material.full_clean()
    material.save()
    return material


@transaction.atomic
def edit(material, *, by, **details):
    """Changes title, link, language, item or who sees it; the file itself is taken out and added anew."""
    for name, value in details.items():
        if name == "link" and material.file:
            continue
        setattr(material, name, value)
    material.full_clean()
    material.save()
    return material


@transaction.atomic
def remove(material, *, by):
    """Takes a material out; its file goes when that is certain."""
    name, storage = material.file.name, material.file.storage if material.file else None
    material.delete()
    if storage is not None:
        transaction.on_commit(lambda: storage.delete(name))


def visible_to_public(workshop):
    return Material.objects.filter(workshop=workshop, visible_to=Material.For.EVERYBODY)


def visible_to_participant(registration):
    """What the person of a registration gets: nothing before they are invited."""
    if registration.state not in HOLDING:
        return Material.objects.none()
    return Material.objects.filter(workshop=registration.workshop_id).exclude(visible_to=Material.For.STAFF)


def section(registration, language):
    """For the official's own page: hand-outs and links; None where there is none."""
    rows = list(visible_to_participant(registration))
    return ("answer/materials.html", {"materials": rows}) if rows else None
