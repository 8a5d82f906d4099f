"""The waiting list: who is next and why, the free seats, and the offers that hold one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import organiser_required
from workshops import offers, terms
from workshops.models import Registration, State
from workshops.views.nominate import time_left
from workshops.views.workspace import find


@organiser_required
def waiting_list(request, slug):
    workshop = find(request, slug)
    line = offers.line(workshop)
    closed = terms.why_no_offer(workshop)
    in_line = {candidate.registration.pk for candidate in line}
    reserve = Registration.objects.filter(workshop=workshop, state=State.NOMINATED, is_alternate=True, counts=True).exclude(pk__in=in_line)
    open_offers = Registration.objects.filter(workshop=workshop, state=State.INVITED).exclude(offer_expires_at=None).select_related("organisation")
    open_offers = list(open_offers.order_by("offer_expires_at", "sort_key"))
    for row in open_offers:
        row.time_left = time_left(row.offer_expires_at)
    going = [candidate for candidate in line if candidate.gets] if closed is None else []
    context = {
        "workshop": workshop,
        "line": line,
        "going": going,
        "closed": " ".join(closed.messages) if closed else "",
        "until": terms.answer_until(workshop, offered=True),
        "reserve": list(reserve.select_related("organisation").order_by("organisation", "sort_key")),
        "open_offers": open_offers,
    }
    return render(request, "staff/waiting_list.html", context)


@organiser_required
@require_POST
def waiting_offer(request, slug):
    """Offers seats to those who were shown as next when the button was pressed; who is not next any more is said."""
    workshop = find(request, slug)
    chosen = [int(key) for key in request.POST.getlist("to")[:1000] if key.isascii() and key.isdigit() and len(key) < 19]
    rows = list(Registration.objects.filter(workshop=workshop, pk__in=chosen))
    if not rows:
        messages.info(request, _("Nobody is next: there is no free seat, or nobody waits."))
        return redirect("staff:waiting_list", slug)
    try:
        result = offers.offer(workshop, rows, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("staff:waiting_list", slug)
    if result.done:
        if len(result.done) == 1:
            text = _("The seat is offered to %(name)s.") % {"name": result.done[0].registration.short_name}
        else:
            text = ngettext("%(number)d seat is offered.", "%(number)d seats are offered.", len(result.done)) % {"number": len(result.done)}
        messages.success(request, text, extra_tags=f"undo:{reverse('staff:undo', args=[result.batch.pk])}")
    for row, refusal in result.refused[:5]:
        messages.error(request, f"{row.short_name}: {' '.join(refusal.messages)}")
    if result.unchanged and not result.done and not result.refused:
        messages.info(request, _("The seat was offered already."))
    return redirect("staff:waiting_list", slug)
