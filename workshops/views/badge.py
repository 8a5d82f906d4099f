"""The badge's own page: where the code on it leads. For a member of the desk it is the check-in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.secrets import secret_page
from core.throttle import throttled
from workshops import attendance
from workshops.attendance import Method, Unit
from workshops.models import Workshop
from workshops.models.registration import HOLDING
from workshops.views.door import address_of, one_at, title_of, unit_of, verdict


@secret_page
def badge(request, token):
    """Where the code on a badge leads. For a member of the desk it is the check-in; anybody else reads that it is a badge.

    Reading changes nothing; the button does. Strangers are counted, the desk is not: at a venue all come from one address,
    and nobody who sits there may keep the desk from its work.
    """
    user = request.user
    return _check_in(request, token) if user.is_authenticated and user.works_at_the_desk else _to_strangers(request, token)


@throttled("badge", times=300, seconds=300)
def _to_strangers(request, token):
    link = attendance.find_badge(token=token)
    if link is None:
        raise Http404
    return render(request, "workshops/badge.html", {"workshop": link.registration.workshop})


def _check_in(request, token):
    link = attendance.find_badge(token=token)
    user = request.user
    if link is None:
        return _unknown_badge(request, token)
    workshop = get_object_or_404(Workshop.objects.visible_to(user), pk=link.registration.workshop_id)
    counted = attendance.units(workshop)
    asked = request.POST if request.method == "POST" else request.GET
    unit = unit_of(workshop, counted, asked.get("unit", ""))
    if unit is None:
        return render(request, "staff/door/no_days.html", {"workshop": workshop})
    registration = one_at(workshop, unit, link.registration_id)
    if request.method == "POST":
        return _badge_acts(request, workshop, unit, registration)
    context = {
        "workshop": workshop,
        "registration": registration,
        "verdict": verdict(registration, unit, user, fresh="new" in request.GET),
        # A newer badge was made since; whoever carries the old one may have lent it.
        "is_old": link.revoked_at is not None and registration.state in HOLDING,
        "unit": unit,
        "units": [(address_of(each), title_of(each, counted), each == unit) for each in counted],
        "here": address_of(unit),
    }
    return render(request, "staff/door/badge.html", context)


def _badge_acts(request, workshop, unit, registration):
    fresh = False
    try:
        if "undo" in request.POST:
            if "undo" in verdict(registration, unit, request.user)["acts"]:
                attendance.void(registration.mark, by=request.user)
                messages.success(request, _("%(name)s: the mark was taken back.") % {"name": registration.full_name})
        else:
            fresh = attendance.mark(registration, unit.day, item=unit.item, by=request.user, method=Method.SCAN).created
    except ValidationError as refusal:
        if refusal.code not in {"no_seat", "replaced"}:
            messages.error(request, " ".join(refusal.messages))
    return redirect(f"{request.path}?unit={address_of(unit)}" + ("&new=1" if fresh else ""))


def _unknown_badge(request, token):
    """A code that no badge of ours has: kept, once somebody says at which of today's workshops it was shown."""
    near = [workshop for workshop in Workshop.objects.visible_to(request.user).upcoming() if workshop.status not in attendance.NOT_HELD]
    days = [(workshop, unit.day) for workshop in near[:5] if (unit := _today(workshop))]
    if request.method == "POST":
        at = next(((workshop, day) for workshop, day in days if str(day.pk) == request.POST.get("day")), None)
        if at is None:
            messages.error(request, _("Choose the workshop."))
            return redirect(request.path)
        attendance.unknown(at[0], at[1], token, by=request.user)
        messages.success(request, _("The code is kept. Look for the name."))
        return redirect("staff:door", at[0].slug)
    return render(request, "staff/door/unknown.html", {"days": days}, status=404)


def _today(workshop):
    unit = attendance.unit_now(workshop, [Unit(day) for day in workshop.meeting_days.all()])
    return unit if unit and unit.day.on == attendance.today_at(workshop) else None
