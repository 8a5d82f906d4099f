"""What the script and the service worker of the check-in page ask for: the day's list, marks that waited, the empty page."""

import json

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import desk_required
from core.secrets import digest_of
from workshops import attendance
from workshops.attendance import Kind, Unit
from workshops.door_forms import read_entries
from workshops.models import Link, Registration
from workshops.models.registration import HOLDING
from workshops.views.door import address_of, frame, name_keys, numbers, title_of, unit_of, verdict, with_worker
from workshops.views.workspace import find

# The first letters of a badge's digest are enough to know it again among those of one workshop.
SHORT_DIGEST = 16
STYLES = ["tokens", "elements", "components", "staff", "door"]
SCRIPTS = ["menu", "door", "door_sounds", "name_keys"]
ASSETS = [*(f"css/{name}.css" for name in STYLES), *(f"js/{name}.js" for name in SCRIPTS), "img/icons.svg", "img/favicon.svg", "img/meander.svg"]


@desk_required
@require_GET
def the_list(request, slug):
    """What stays on the device for the day: names, institutions, who is in, and beginnings of the badges' digests."""
    workshop = find(request, slug)
    counted = attendance.units(workshop)
    unit = unit_of(workshop, counted, request.GET.get("unit", ""))
    if unit is None:
        raise Http404
    rows = attendance.people_at(workshop, unit)
    badges = {}
    current = Link.objects.filter(kind=Link.Kind.BADGE, registration__workshop=workshop, revoked_at=None)
    for registration, digest in current.values_list("registration", "digest"):
        badges.setdefault(registration, []).append(digest[:SHORT_DIGEST])
    answer = JsonResponse(
        {
            "csrf": get_token(request),
            "now": _milliseconds(timezone.now()),
            "on": attendance.today_at(workshop).isoformat(),
            "unit": address_of(unit),
            "units": [[address_of(each), title_of(each, counted)] for each in counted],
            "people": [_line(row, badges.get(row.pk)) for row in rows if row.state in HOLDING or row.mark],
            **numbers(rows),
        },
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _line(row, digests):
    """One person as the script knows them: key, names, institution, search keys, badges, and the mark that stands."""
    given, before = row.name_parts
    line = {"i": row.pk, "g": given, "p": before, "o": row.organisation.short_name if row.organisation else "", "k": " ".join(name_keys(row))}
    if digests:
        line["d"] = digests
    if row.mark is not None:
        line["m"] = {"u": str(row.mark.client_uuid), "k": row.mark.kind, "t": f"{attendance.at(row.mark, row.workshop):%H:%M}"}
    return line


@desk_required
@require_POST
def send(request, slug):
    """Takes marks that a device made, at once or after a while without a connection; answers for each by itself."""
    workshop = find(request, slug)
    try:
        # A form's body was read before it comes here; a device sends none.
        entries, unreadable = read_entries(json.loads(request.body if request.content_type == "application/json" else ""))
    except (ValueError, RecursionError, ValidationError):
        return JsonResponse({"error": _("What was sent cannot be read.")}, status=400)
    results = [
        _answer(workshop, entry, result, request.user)
        for entry, result in zip(entries, attendance.mark_many(workshop, entries, by=request.user), strict=True)
    ]
    results += [
        {"uuid": str(key), "ok": False, "code": refusal.code, "tone": "wait", "word": _("Not taken"), "text": " ".join(refusal.messages)}
        for key, refusal in unreadable.items()
    ]
    answer = JsonResponse({"now": _milliseconds(timezone.now()), "results": results}, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(workshop, entry, result, user):
    """What the device is told about one of its marks."""
    answer = {"uuid": str(entry["client_uuid"])}
    if isinstance(result, ValidationError):
        registration = _meant(workshop, entry)
        answer |= {"ok": False, "code": result.code, "tone": "wait", "word": _("Not taken"), "text": " ".join(result.messages)}
        if registration is not None:
            said = verdict(registration, None, user)  # it has no mark, so the day does not matter
            if registration.state not in HOLDING:
                answer |= {"tone": said["tone"], "word": said["word"]}
                if "let_in" in said["acts"]:
                    answer["letIn"] = reverse("staff:door_let_in", args=[workshop.slug, registration.pk])
            answer |= {"person": registration.pk, "name": registration.full_name}
        return answer
    mark = result.mark
    answer |= {"ok": True, "mark": str(mark.client_uuid), "kind": mark.kind}
    if mark.kind == Kind.VOID:
        return answer | {"person": mark.registration_id}
    if mark.registration_id is None:
        return answer | {"tone": "wait", "word": _("Unknown badge"), "text": _("Not on this list. The code is kept; look for the name.")}
    registration = mark.registration
    registration.workshop, registration.mark = workshop, mark
    said = verdict(registration, Unit(mark.day, mark.item), user, fresh=result.created)
    return answer | {
        "tone": said["tone"], "word": said["word"], "text": said["text"], "person": registration.pk, "name": registration.full_name,
        "institution": registration.organisation.short_name if registration.organisation else "",
        "time": f"{attendance.at(mark, workshop):%H:%M}", "fresh": result.created,
    }  # fmt: skip


def _meant(workshop, entry):
    """Whom a refused mark was about, where that is known."""
    registration = None
    if entry.get("digest"):
        link = attendance.find_badge(digest=entry["digest"])
        registration = link.registration if link and link.registration.workshop_id == workshop.pk else None
    elif entry.get("registration"):
        registration = Registration.objects.filter(workshop=workshop, pk=entry["registration"]).first()
    if registration is not None:
        registration.workshop, registration.mark = workshop, None
    return registration


def _milliseconds(moment):
    return int(moment.timestamp() * 1000)


@with_worker
@desk_required
@require_GET
def shell(request, slug):
    """The check-in page without anybody on it: what the service worker shows where there is no connection."""
    workshop = find(request, slug)
    return render(request, "staff/door/door.html", {**frame(workshop), "is_shell": True})


@with_worker
@desk_required
@never_cache
@require_GET
def worker(request, slug):
    """The service worker of the pages below door/ of one workshop in one language."""
    workshop = find(request, slug)
    assets = [staticfiles_storage.url(name) for name in ASSETS]
    told = {
        "page": reverse("staff:door", args=[workshop.slug]),
        "shell": reverse("staff:door_shell", args=[workshop.slug]),
        "assets": assets,
        "name": f"door-{get_language()}-{workshop.slug}-{digest_of(' '.join(assets))[:8]}",
        "family": f"door-{get_language()}-{workshop.slug}-",
    }
    response = render(request, "staff/door/worker.js", {"told": json.dumps(told)}, content_type="text/javascript")
    response["Service-Worker-Allowed"] = told["page"]
    return response
