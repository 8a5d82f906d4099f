"""Take Action: help first, then reporting, then everything else that a visitor can do."""

from functools import wraps

from django.conf import settings
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import uploads
from core.pages import Head, numbered_page, only_in, plain
from office.models import ActionLink, CountryOffice, Opportunity, OpportunityFile, Page
from office.structured import job_data
from office.views import standing

# Ways to act that stand on the page itself; the others have pages of their own.
ON_THE_PAGE = [ActionLink.Kind.LEARN]


def quiet_page(view):
    """Decorator of pages that somebody may have to leave at once: kept by no browser and no cache, and told to no other site."""

    @require_safe
    @wraps(view)
    def quiet(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return quiet


@require_safe
def take_action(request):
    page, head = standing(Page.Key.TAKE_ACTION)
    ways = list(ActionLink.objects.public())
    hotlines = [way for way in ways if way.kind == ActionLink.Kind.HOTLINE]
    kinds = [(kind, [way for way in ways if way.kind == kind]) for kind in ON_THE_PAGE]
    open_now = dict(Opportunity.objects.open().order_by().values_list("kind").annotate(Count("pk")))
    return render(
        request,
        "office/take_action.html",
        {
            "page": page,
            "head": head,
            "urgent": hotlines + [way for way in ways if way.kind == ActionLink.Kind.HELP],
            "kinds": [(kind, rows) for kind, rows in kinds if rows],
            "lists": [(title, reverse(address), open_now.get(kind, 0)) for kind, (address, title, _way) in LISTS.items()],
        },
    )


# Help ------------------------------------------------------------------------------------------------------


@quiet_page
def help(request):
    """The numbers to call stand here in every language, whether or not a text was published in it."""
    page, head = standing(Page.Key.HELP, title=_("Get help"), description=_("Numbers to call, free, day and night."))
    ways = ActionLink.objects.public().filter(kind__in=[ActionLink.Kind.HOTLINE, ActionLink.Kind.HELP]).exclude(phone="")
    return render(
        request,
        "office/help.html",
        {
            "page": page,
            "head": head,
            "hotlines": [way for way in ways if way.kind == ActionLink.Kind.HOTLINE],
            "others": [way for way in ways if way.kind == ActionLink.Kind.HELP],
            "exit_to": settings.EXIT_ADDRESS,
        },
    )


@quiet_page
def report_misconduct(request):
    page, head = standing(Page.Key.REPORT, title=_("Report misconduct"))
    ways = ActionLink.objects.public().filter(kind=ActionLink.Kind.REPORT)
    return render(request, "office/report_misconduct.html", {"page": page, "head": head, "ways": ways, "exit_to": settings.EXIT_ADDRESS})


# What one can apply for ------------------------------------------------------------------------------------

CLOSED_LATELY = 5
# Kind → its list's address, title, and the ways to act of the same matter.
LISTS = {
    Opportunity.Kind.VACANCY: ("office:vacancies", gettext_lazy("Vacancies"), ActionLink.Kind.WORK),
    Opportunity.Kind.TENDER: ("office:tenders", gettext_lazy("Tenders"), ActionLink.Kind.SUPPLY),
    Opportunity.Kind.VOLUNTEERS: ("office:volunteering", gettext_lazy("Volunteering"), ActionLink.Kind.VOLUNTEER),
}
LEADS = {
    Opportunity.Kind.VACANCY: gettext_lazy("Work for the office. Each vacancy closes at its hour in Ulaanbaatar."),
    Opportunity.Kind.TENDER: gettext_lazy("Goods, works and services that the office buys. Each tender closes at its hour in Ulaanbaatar."),
    Opportunity.Kind.VOLUNTEERS: gettext_lazy("When the office looks for volunteers, the call stands here with what is asked of them."),
}


def trail(*more):
    return [{"title": _("Take Action"), "url": reverse("office:take_action")}, *more]


def _listed(request, kind):
    address, title, way = LISTS[kind]
    return render(
        request,
        "office/opportunities.html",
        {
            "kind": kind,
            "lead": LEADS[kind],
            "open": Opportunity.objects.open().filter(kind=kind),
            "closed": Opportunity.objects.closed().filter(kind=kind)[:CLOSED_LATELY],
            "ways": ActionLink.objects.public().filter(kind=way),
            "trail": trail(),
            "head": Head(str(title), str(LEADS[kind]), feeds=((str(title), f"{reverse('office:opportunity_feed')}?kind={kind.value}"),)),
        },
    )


@require_safe
def vacancies(request):
    return _listed(request, Opportunity.Kind.VACANCY)


@require_safe
def tenders(request):
    return _listed(request, Opportunity.Kind.TENDER)


@require_safe
def volunteering(request):
    return _listed(request, Opportunity.Kind.VOLUNTEERS)


@require_safe
def closed_opportunities(request):
    """All that is closed, of one ?kind=; a word that is none is left out."""
    kind = request.GET.get("kind") if request.GET.get("kind") in Opportunity.Kind.values else ""
    rows = Opportunity.objects.closed()
    return render(
        request,
        "office/closed_opportunities.html",
        {
            "rows": numbered_page(request, rows.filter(kind=kind) if kind else rows),
            "kind": kind,
            "kinds": [(each.value, title) for each, (_address, title, _way) in LISTS.items()],
            "trail": trail(),
            "head": Head(_("Closed vacancies, tenders and calls"), noindex=bool(kind)),
        },
    )


@require_safe
def opportunity(request, slug):
    """Open or closed; the way to apply, and the documents for it, are there while it is open."""
    row = get_object_or_404(Opportunity.objects.readable(), slug=slug)
    languages = row.public_languages
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(row, f"title_{code}"), "office:opportunity", slug)
    address, title, _way = LISTS[row.kind]
    data = job_data(row, CountryOffice.objects.first()) if row.is_open else None
    return render(
        request,
        "office/opportunity.html",
        {
            "opportunity": row,
            "files": [file for file in row.files.all() if file.title] if row.is_open else [],
            "trail": trail({"title": title, "url": reverse(address)}),
            "head": Head(row.title, row.summary or plain(row.body, 250), languages=tuple(languages), data=data, noindex=not row.is_open),
        },
    )


@require_safe
def opportunity_file(request, slug, pk):
    """A document of what is open in some language; once that closes it is gone with the way to apply."""
    kept = get_object_or_404(OpportunityFile.objects.select_related("opportunity"), pk=pk, opportunity__slug=slug)
    if not Opportunity.objects.readable().filter(pk=kept.opportunity_id, is_open=True).exists():
        raise Http404
    try:
        response = uploads.hand_out(kept.file, title=f"{slug}.{kept.pk}")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "public, no-cache"
    return response
