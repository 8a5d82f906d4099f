"""Checks the links of published texts: those of this site by what stands there, others by asking, three strikes before one is called broken."""

import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language, override

from core import reach
from core.pages import LANGUAGES
from core.richtext import RichTextField
from office.links import dead_in, inside, links_of
from office.models import CountryOffice, LinkCheck, Resource, ResourceFile

# An address is asked again after this; a site is asked one thing at a time, with a pause between.
AGAIN_AFTER = timedelta(hours=20)
PAUSE = 1  # seconds
# The worker has other duties: letters wait for it.
SECONDS_AT_A_TIME = 10
# Where this name is not known either, we are the ones who are offline, and nothing is held against anybody.
KNOWN_NAME = "www.iom.int"
# Rows that are public with what they belong to, or always.
PARTS = {ResourceFile: ("resource", Resource)}
ALWAYS = {CountryOffice}


# Where links stand ---------------------------------------------------------------------------------------------


def public_rows(model, language):
    """What the public sees of a model in a language; None where it publishes nothing."""
    if model in PARTS:
        name, whole = PARTS[model]
        return model._base_manager.filter(**{f"{name}__in": public_rows(whole, language)})
    if model in ALWAYS:
        return model._base_manager.all()
    rows = getattr(model, "objects", None)
    way = getattr(rows, "published", None) or getattr(rows, "public", None)
    return way(language) if way else None


def places():
    """{address: [{"model", "pk", "field", "titles"}]} of all links in what is public now; two queries for each kind of record."""
    found = {}
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, (RichTextField, models.URLField))]
        for language in LANGUAGES if fields else ():
            own = [field for field in fields if getattr(field, "_translated_field_language_code", language) == language]
            rows = public_rows(model, language)
            for row in () if rows is None else rows.only(*_needed(model, own)):
                for field in own:
                    value = getattr(row, field.name) or ""
                    if field.name == "apply_url" and not row.is_open:
                        continue  # taken off the page with the hour at which it closed
                    for address in links_of(value) if isinstance(field, RichTextField) else filter(None, [value]):
                        if not address.startswith(("mailto:", "tel:")) and len(address) <= 2000:
                            place = {"model": model._meta.label_lower, "pk": row.pk, "field": field.name, "titles": _titles(row)}
                            spots = found.setdefault(address, {})
                            spots.setdefault((place["model"], place["pk"], place["field"]), place)
    return {address: list(spots.values()) for address, spots in found.items()}


def _titles(row):
    """What the row is called, for readers of either language."""
    titles = {}
    for code in LANGUAGES:
        with override(code):
            titles[code] = str(row)[:200]
    return titles


def title_of(place):
    return place["titles"].get(get_language()) or next(iter(place["titles"].values()))


def _needed(model, fields):
    """What the links and the name of a row are read from: everything but other rich texts is small."""
    names = {field.name for field in model._meta.concrete_fields if not isinstance(field, RichTextField)}
    return [*names, *(field.name for field in fields)]


def collect():
    """Brings the list of addresses up to date: new ones come, those that stand nowhere any more go. Returns how many there are."""
    now = places()
    with transaction.atomic():
        LinkCheck.objects.exclude(address__in=list(now)).delete()
        known = {row.address: row for row in LinkCheck.objects.all()}
        LinkCheck.objects.bulk_create([LinkCheck(address=address, places=where) for address, where in now.items() if address not in known], ignore_conflicts=True)
        changed = [row for address, row in known.items() if row.places != now[address]]
        for row in changed:
            row.places = now[row.address]
        LinkCheck.objects.bulk_update(changed, ["places"])
    return len(now)


# Checking -----------------------------------------------------------------------------------------------------


@dataclass
class Done:
    """How many were checked, how many of them failed, and whether nothing outside could be asked."""

    checked: int = 0
    failed: int = 0
    offline: bool = False


def check_due():
    """The worker's chore: collects, then checks what is due for some seconds. Outside it asks only in production."""
    collect()
    return check(LinkCheck.objects.filter(models.Q(checked_at=None) | models.Q(checked_at__lt=timezone.now() - AGAIN_AFTER)),
                 outside=settings.IN_PRODUCTION, seconds=SECONDS_AT_A_TIME)  # fmt: skip


def check(rows, *, outside=True, seconds=None):
    """Checks LinkChecks, of this site all at once, others one after another, at most for `seconds`. Returns Done."""
    done, ends = Done(), None if seconds is None else time.monotonic() + seconds
    ours, others = [], []
    for row in rows.order_by("checked_at", "pk"):
        (others if inside(row.address) is None else ours).append(row)
    dead = dead_in([f'<a href="{_quoted(row.address)}"></a>' for row in ours])
    for row, found in zip(ours, dead, strict=True):
        _note(row, reach.Answer(problem=LinkCheck.Problem.INSIDE if found else ""), done)
    if not outside or not others:
        return done
    if not _online():
        done.offline = True
        return done
    asked_at = {}
    for row in _in_turn(others):
        if ends is not None and time.monotonic() >= ends:
            break
        host = urlsplit(row.address).hostname
        time.sleep(max(0, asked_at.get(host, 0) + PAUSE - time.monotonic()))
        answer = reach.ask(row.address)
        asked_at[host] = time.monotonic()
        _note(row, answer, done)
    return done


def _quoted(address):
    return address.replace("&", "&amp;").replace('"', "&quot;")


def _online():
    try:
        return bool(socket.getaddrinfo(KNOWN_NAME, 443))
    except OSError:
        return False


def _in_turn(rows):
    """A site after another, so that none is asked twice at once where there are others to ask."""
    hosts = {}
    for row in rows:
        hosts.setdefault(urlsplit(row.address).netloc, []).append(row)
    return [row for turn in zip_longest(*hosts.values()) for row in turn if row is not None]


def _note(row, answer, done):
    """Keeps an answer: a failure counts once a day, and the first good answer makes up for all of them."""
    today = timezone.localdate()
    done.checked += 1
    with transaction.atomic():
        row = LinkCheck.objects.select_for_update().filter(pk=row.pk).first()
        if row is None:
            return
        row.problem, row.status, row.leads_to, row.checked_at = answer.problem, answer.status, answer.leads_to[:2000], timezone.now()
        if not answer.problem:
            row.strikes, row.failed_on, row.struck_on = 0, None, None
        else:
            done.failed += 1
            row.failed_on = row.failed_on or today
            if row.struck_on != today:
                row.strikes, row.struck_on = row.strikes + 1, today
        row.save()
