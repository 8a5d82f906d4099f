"""What the public reads about workshops: never who takes part, nor how many from where."""

import hashlib
import re

from django.db.models import BooleanField, ExpressionWrapper, F, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from contacts.models import Organisation
from core import uploads
from core.addresses import absolute
from core.dates import show_range
from core.pages import LANGUAGES, Head, numbered_page, only_in, plain
from office import pictures
from office.models import CountryOffice
from workshops import agendas, calendars, materials, terms
from workshops.models import SeatAllocation, Workshop
from workshops.structured import event_data


def workshop_list(request):
    public = Workshop.objects.public().select_related("funder")
    chosen = {}
    if (slug := request.GET.get("institution", "")) and (
        institution := Organisation.objects.filter(slug=slug[:80], allocations__workshop__in=public).distinct().first()
    ):
        public, chosen["institution"] = public.filter(allocations__organisation=institution), institution
    today = timezone.localdate()
    # One that was cancelled stays on the list until its day, so that nobody travels in vain.
    cancelled = Q(status=Workshop.Status.CANCELLED) & (Q(ends_on__gte=today) | Q(ends_on=None, starts_on__gte=today))
    put_off = ExpressionWrapper(Q(status=Workshop.Status.POSTPONED), output_field=BooleanField())
    upcoming = public.filter(Q(pk__in=Workshop.objects.upcoming().values("pk")) | cancelled)
    return render(
        request,
        "workshops/list.html",
        {
            # Those put off have no day yet: they stand last.
            "upcoming": upcoming.annotate(is_put_off=put_off).order_by("is_put_off", F("starts_on").asc(nulls_last=True), "pk"),
            "rows": numbered_page(request, public.past().order_by(F("starts_on").desc(nulls_last=True), "-pk")),
            "chosen": chosen,
            "calendar": absolute(reverse("workshops:calendar_feed")),
            "head": Head(_("Workshops"), _("Workshops, training and meetings of the office, to come and past."), noindex=bool(chosen)),
        },
    )


def _with_a_page():
    """Workshops whose page somebody with the address may open."""
    return Workshop.objects.exclude(status=Workshop.Status.DRAFT).exclude(visibility=Workshop.Visibility.INTERNAL)


@require_GET
def calendar(request, slug):
    """The days as a calendar file; of a workshop that is put off or cancelled, with that word."""
    workshop = get_object_or_404(_with_a_page(), slug=slug)
    text = calendars.calendar_of(workshop, address=request.build_absolute_uri(workshop.get_absolute_url()))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response


@require_safe
def calendar_feed(request):
    """All public workshops of a language as one calendar to subscribe to; one that is put off or cancelled stays in it with
    that word. Who has it already and nothing changed gets 304."""
    public = Workshop.objects.public()
    addresses = {workshop.pk: absolute(workshop.get_absolute_url()) for workshop in public}
    text = calendars.feed_of(public, addresses=addresses, name=_("Workshops of IOM Mongolia"))
    # When the file was made is no news.
    said = re.sub(r"^DTSTAMP:.*\r?\n", "", text, flags=re.MULTILINE)
    etag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=etag, response=response)


@require_safe
def picture(request, slug):
    """The picture beside a link to the workshop's page."""
    workshop = get_object_or_404(_with_a_page().exclude(**{f"title_{get_language()}": ""}), slug=slug)
    return pictures.answer(workshop.get_kind_display(), workshop.title, _day_of(workshop))


def _day_of(workshop):
    return "" if workshop.status in {Workshop.Status.CANCELLED, Workshop.Status.POSTPONED} else show_range(
        workshop.starts_on, workshop.ends_on, workshop.precision
    )


@require_GET
def material(request, slug, pk):
    """A hand-out that is for everybody."""
    workshop = get_object_or_404(_with_a_page(), slug=slug)
    row = get_object_or_404(materials.visible_to_public(workshop), pk=pk)
    return uploads.hand_out(row.file, title=str(row))


def detail(request, slug):
    """A workshop's page. A draft or an internal one does not exist here; an unlisted one only for who has the address."""
    invited = Prefetch("allocations", SeatAllocation.objects.select_related("organisation"))
    workshop = get_object_or_404(_with_a_page().select_related("funder", "project").prefetch_related(invited), slug=slug)
    languages = [code for code in LANGUAGES if getattr(workshop, f"title_{code}")]
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(workshop, f"title_{code}"), "workshops:detail", slug)
    office = CountryOffice.objects.first()
    version = agendas.published(workshop)
    return render(
        request,
        "workshops/detail.html",
        {
            "workshop": workshop,
            "text": mark_safe(workshop.description),  # noqa: S308 - cleaned when stored
            "institutions": [allocation.organisation for allocation in workshop.allocations.all()],
            "is_past": terms.is_over(workshop),
            "areas": workshop.work_areas.public(),
            "programme": agendas.programme(version.content) if version else [],
            "version": version,
            "materials": materials.visible_to_public(workshop),
            "news": workshop.news.published(),
            "head": Head(
                workshop.title,
                plain(workshop.summary or workshop.description, 250),
                languages=tuple(languages),
                noindex=workshop.visibility == Workshop.Visibility.UNLISTED,
                data=event_data(workshop, office=office),
                picture=pictures.address_with_version(
                    reverse("workshops:picture", args=[slug]),
                    pictures.words_of(workshop.get_kind_display(), workshop.title, _day_of(workshop), office),
                ),
            ),
        },
    )
