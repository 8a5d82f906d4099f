"""The programme and the materials: staff put them together, publish versions and print them; the public reads the last version."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import organiser_required
from core import uploads
from workshops import agendas, programme_documents
from workshops import materials as handouts
from workshops.models import AgendaItem, AgendaVersion, Material, WorkshopDay
from workshops.programme_forms import DayForm, ItemForm, MaterialForm
from workshops.views.workspace import add_refusal, find


# The programme ------------------------------------------------------------------------------------------------


@organiser_required
@require_GET
def programme(request, slug):
    workshop = find(request, slug)
    days = agendas.days_with_items(workshop)
    odd = {}
    for oddity in agendas.oddities(days):
        odd.setdefault(oddity.item.pk, []).append(oddity.text)
    for day in days:
        day.form = DayForm(instance=day, prefix=f"day{day.pk}")
        day.rows = list(day.items.all())
        for item in day.rows:
            item.oddities = odd.get(item.pk, [])
    latest = agendas.published(workshop)
    content = agendas.content_of(workshop)
    context = {
        "workshop": workshop,
        "days": days,
        "odd": sum(len(texts) for texts in odd.values()),
        "latest": latest,
        "has_items": any(day.rows for day in days),
        "is_new": latest is None or latest.content != content,
        "changes": agendas.changes(latest.content, content) if latest else [],
        "versions": AgendaVersion.objects.filter(workshop=workshop).select_related("published_by").defer("content")[:10],
    }
    return render(request, "staff/programme/programme.html", context)


@organiser_required
def programme_add(request, slug):
    workshop = find(request, slug)
    days = WorkshopDay.objects.filter(workshop=workshop)
    wanted = request.GET.get("day", "")
    day = next((day for day in days if str(day.pk) == wanted), None) or next(iter(days), None)
    if day is None:
        messages.error(request, _("Set the days of the workshop first."))
        return redirect("staff:workshop_edit", slug)
    last = AgendaItem.objects.filter(day=day).order_by("-ends_at").first()
    initial = {"day": day.pk, "starts_at": last.ends_at if last else day.starts_at}
    form = ItemForm(request.POST or None, workshop=workshop, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            item = agendas.add_item(by=request.user, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(title)s” is on the programme; readers see it once you publish.") % {"title": item})
            return redirect("staff:programme", slug)
    return render(request, "staff/programme/item.html", {"workshop": workshop, "form": form}, status=422 if form.errors else 200)


def _item(request, slug, pk):
    return get_object_or_404(AgendaItem.objects.select_related("day"), pk=pk, day__workshop=find(request, slug))


@organiser_required
def programme_item(request, slug, pk):
    workshop, item = find(request, slug), _item(request, slug, pk)
    form = ItemForm(request.POST or None, workshop=workshop, instance=item)
    if request.method == "POST" and form.is_valid():
        try:
            item = agendas.edit_item(item, by=request.user, is_cancelled=item.is_cancelled and "restore" not in request.POST, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(title)s” was changed; readers see it once you publish.") % {"title": item})
            return redirect("staff:programme", slug)
    return render(request, "staff/programme/item.html", {"workshop": workshop, "item": item, "form": form}, status=422 if form.errors else 200)


@organiser_required
@require_POST
def programme_remove(request, slug, pk):
    item = _item(request, slug, pk)
    title = str(item)
    if agendas.remove_item(item, by=request.user):
        messages.success(request, _("“%(title)s” is off the programme.") % {"title": title})
    else:
        messages.success(request, _("“%(title)s” is marked as cancelled, for readers know of it; publish to tell them.") % {"title": title})
    return redirect("staff:programme", slug)


@organiser_required
@require_POST
def programme_day(request, slug, pk):
    day = get_object_or_404(WorkshopDay, pk=pk, workshop=find(request, slug))
    form = DayForm(request.POST, instance=day, prefix=f"day{day.pk}")
    if form.is_valid():
        agendas.set_hours(day, by=request.user, **form.cleaned_data)
        messages.success(request, _("The hours of the day were changed."))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("staff:programme", slug)


@organiser_required
@require_POST
def programme_publish(request, slug):
    try:
        result = agendas.publish(find(request, slug), by=request.user, tell="quiet" not in request.POST)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        text = _("Version %(number)d of the programme is published.") % {"number": result.version.number}
        if result.letters:
            text += " " + ngettext(
                "%(count)d letter about the changes is in the outbox.", "%(count)d letters about the changes are in the outbox.", result.letters
            ) % {"count": result.letters}
        messages.success(request, text)
    return redirect("staff:programme", slug)


@organiser_required
@require_GET
def programme_version(request, slug, number):
    workshop = find(request, slug)
    version = get_object_or_404(AgendaVersion.objects.select_related("published_by"), workshop=workshop, number=number)
    before = AgendaVersion.objects.filter(workshop=workshop, number=number - 1).first()
    context = {
        "workshop": workshop,
        "version": version,
        "programme": agendas.programme(version.content),
        "changes": agendas.changes(before.content, version.content) if before else [],
    }
    return render(request, "staff/programme/version.html", context)


@organiser_required
@require_GET
def programme_print(request, slug):
    """The programme as it is now, published or not, as a document in both languages."""
    workshop = find(request, slug)
    content = agendas.content_of(workshop)
    if not any(day["items"] for day in content["days"]):
        raise Http404
    latest = agendas.published(workshop)
    version = latest if latest is not None and latest.content == content else None
    response = HttpResponse(programme_documents.programme_pdf(workshop, content, version=version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="programme-{slug}.pdf"'
    return response


# Materials ----------------------------------------------------------------------------------------------------


@organiser_required
def materials(request, slug):
    workshop = find(request, slug)
    form = MaterialForm(request.POST or None, request.FILES or None, workshop=workshop)
    if request.method == "POST" and form.is_valid():
        try:
            added = handouts.add(workshop, by=request.user, file=form.cleaned_data["file"] or None, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal, empty="file", too_large="file", wrong_kind="file")
        else:
            messages.success(request, _("“%(title)s” was added.") % {"title": added})
            return redirect("staff:materials", slug)
    rows = Material.objects.filter(workshop=workshop).select_related("item__day", "added_by")
    return render(request, "staff/programme/materials.html", {"workshop": workshop, "rows": rows, "form": form}, status=422 if form.errors else 200)


def _material(request, slug, pk):
    return get_object_or_404(Material, pk=pk, workshop=find(request, slug))


@organiser_required
def material(request, slug, pk):
    workshop, row = find(request, slug), _material(request, slug, pk)
    form = MaterialForm(request.POST or None, workshop=workshop, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            handouts.edit(row, by=request.user, **form.details())
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(title)s” was changed.") % {"title": row})
            return redirect("staff:materials", slug)
    return render(request, "staff/programme/material.html", {"workshop": workshop, "material": row, "form": form}, status=422 if form.errors else 200)


@organiser_required
@require_POST
def material_remove(request, slug, pk):
    row = _material(request, slug, pk)
    title = str(row)
    handouts.remove(row, by=request.user)
    messages.success(request, _("“%(title)s” was taken out.") % {"title": title})
    return redirect("staff:materials", slug)


@organiser_required
@require_GET
def material_file(request, slug, pk):
    row = _material(request, slug, pk)
    return uploads.hand_out(row.file, title=str(row))
