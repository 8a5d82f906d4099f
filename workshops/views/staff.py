"""The first staff page, the list of workshops, and making a new one."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import desk_required, organiser_required, staff_required
from contacts import duplicates
from office.models import NewsItem, WorkArea
from workshops import due, planning
from workshops.forms import WorkshopForm
from workshops.models import State, Workshop
from workshops.views.workspace import add_refusal

A_PAGE_HOLDS = 25


@staff_required
def today(request):
    user = request.user
    context = {"lines": due.lines(user), "day": timezone.localdate()}
    if user.edits_content:
        context["content"] = _content_links()
    if user.runs_workshops:
        context["duplicates"] = duplicates.remembered()
    if user.works_at_the_desk:
        context["near"] = (
            Workshop.objects.upcoming()
            .exclude(status=Workshop.Status.DRAFT)
            .annotate(**_taking_places())
            .order_by(F("starts_on").asc(nulls_last=True), "pk")[:5]
        )
    return render(request, "staff/today.html", context)


@organiser_required
def issues(request):
    """What holds workshops up, the most urgent first, with whose turn it is; `turn` shows those of one."""
    turn = request.GET.get("turn", "")
    turn = turn if turn in due.Turn.values else ""
    lines, numbers = due.issues(turn)
    groups = [
        (heading, [line for line in lines if line.urgency == urgency])
        for urgency, heading in ((due.LATE, _("Late")), (due.TODAY, _("Now")), (due.LATER, _("Later")))
    ]
    context = {
        "groups": [(heading, lines) for heading, lines in groups if lines],
        "turn": turn,
        "turns": [(each, each.label, numbers[each]) for each in due.Turn],
        "all": sum(numbers.values()),
    }
    return render(request, "staff/issues.html", context)


def _content_links():
    """What an editor comes for: a line each with its link. One query."""
    unpublished = NewsItem.objects.filter(Q(publish_at_en=None) | Q(publish_at_mn=None)).count()
    return [
        ("list", _("Your desk: what waits for you"), reverse("admin:index"), ""),
        ("globe", _("See both languages of every item"), reverse("admin:board"), ""),
        ("edit", _("Write a news item"), reverse("admin:office_newsitem_add"), ""),
        ("copy", _("Draft a news item from a workshop"), reverse("staff:press_workshops"), ""),
        ("news", _("Open the news"), reverse("admin:office_newsitem_changelist"), _("%(number)d not published in both languages") % {"number": unpublished} if unpublished else ""),
        ("document", _("Change a page"), reverse("admin:office_page_changelist"), ""),
        ("upload", _("Add a resource"), reverse("admin:office_resource_changelist"), ""),
        ("phone", _("Keep the press contacts up to date"), reverse("admin:contacts_presscontact_changelist"), ""),
    ]


def _taking_places():
    """Annotations with the numbers of the seat bar."""
    counted = Q(registrations__counts=True)
    return {
        name: Count("registrations", filter=counted & Q(registrations__state=state))
        for name, state in (("confirmed", State.CONFIRMED), ("invited", State.INVITED), ("waiting", State.WAITLISTED), ("nominated", State.NOMINATED))
    }


@desk_required
def workshops(request):
    rows = Workshop.objects.visible_to(request.user)
    query = " ".join(request.GET.get("q", "").split())[:100]
    for word in query.split()[:6]:
        fields = ("title_en", "title_mn", "summary_en", "summary_mn", "place_en", "place_mn", "slug")
        matches = Q()
        for field in fields:
            matches |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(matches)
    chosen = {"status": "", "year": "", "area": ""}
    status, year, area = (request.GET.get(name, "") for name in chosen)
    if status in Workshop.Status.values:
        rows, chosen["status"] = rows.filter(status=status), status
    if year.isascii() and year.isdigit() and len(year) == 4 and year > "0000":
        rows, chosen["year"] = rows.filter(starts_on__year=int(year)), year
    areas = list(WorkArea.objects.all())
    if area in {row.slug for row in areas}:
        rows, chosen["area"] = rows.filter(work_areas__slug=area), area
    # The page is chosen first and counted then, so that the numbers cost no more with many workshops.
    page = Paginator(rows.order_by(F("starts_on").desc(nulls_first=True), "-pk"), A_PAGE_HOLDS).get_page(request.GET.get("page"))
    numbers = {
        row["pk"]: row
        for row in Workshop.objects.filter(pk__in=[workshop.pk for workshop in page]).order_by().annotate(**_taking_places())
        .values("pk", "confirmed", "invited", "waiting", "nominated")
    }  # fmt: skip
    for row in page:
        row.numbers = numbers[row.pk]
    context = {
        "page": page,
        "q": query,
        "chosen": chosen,
        "filtered": bool(query or any(chosen.values())),
        "statuses": Workshop.Status.choices,
        "years": [day.year for day in Workshop.objects.exclude(starts_on=None).dates("starts_on", "year", order="DESC")],
        "areas": areas,
    }
    return render(request, "staff/workshops.html#rows" if request.htmx else "staff/workshops.html", context)


@organiser_required
def workshop_create(request):
    form = WorkshopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workshop = planning.create(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("staff:seats_edit", workshop.slug)
    return render(request, "staff/workshop_form.html", {"form": form}, status=422 if form.errors else 200)
