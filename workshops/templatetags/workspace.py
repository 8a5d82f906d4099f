"""The head that stays over all pages of one workshop: name, dates, place, state, seats, and the tabs."""

from django import template
from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workshops.models import Registration, State, Workshop
from workshops.models.registration import LIVE

register = template.Library()

# Tab → beginnings of the URL names that stand under it; the longest beginning decides.
TABS = {
    "overview": ("workshop", "checklist", "press"),
    "institutions": ("seats", "institution", "nomination"),
    "participants": ("participant", "registration", "register", "people_find", "list", "call", "waiting"),
    "programme": ("programme", "material"),
    "letters": ("letter",),
    "door": ("door", "attendance", "badge", "sheet"),
    "learning": ("learning", "form", "question"),
    "certificates": ("certificate",),
    "report": ("report",),
    "history": ("workshop_history",),
}
# Tab → the address that it leads to.
LEADS_TO = {
    "overview": "workshop",
    "institutions": "institutions",
    "participants": "participants",
    "programme": "programme",
    "letters": "letters",
    "door": "door",
    "learning": "learning",
    "certificates": "certificates",
    "report": "report",
    "history": "workshop_history",
}
# Pages with another main action than registering one more.
NOT_ADDING = {
    "participant_add", "workshop", "workshop_edit", "workshop_move", "workshop_postpone", "workshop_cancel", "workshop_clone", "checklist", "checklist_item", "press",
    "letters", "letters_write", "letter", "letter_edit", "letter_template_here", "letter_templates_here",
}  # fmt: skip
FOR_THE_DESK = {"overview", "participants", "door"}


def current_tab(name):
    """The tab under which a URL name stands, or ""."""
    fitting = [(len(start), tab) for tab, starts in TABS.items() for start in starts if name.startswith(start)]
    return max(fitting)[1] if fitting else ""


def address_of(tab, slug):
    try:
        return reverse(f"staff:{LEADS_TO[tab]}", args=[slug])
    except NoReverseMatch:
        return ""


def counts(workshop):
    """How many participants stand in each live state ({"confirmed": 12, …}; those who take no place are not counted in
    them), "all" who have a live registration and those that have "ended". One query."""
    # Whose time to answer is over holds a seat no more, also before the clock has written it down.
    late = Q(state=State.INVITED, offer_expires_at__lte=timezone.now()) & ~Q(workshop__status=Workshop.Status.POSTPONED)
    now = Case(When(late, then=Value(State.EXPIRED)), default=F("state"), output_field=CharField())
    rows = Registration.objects.filter(workshop=workshop).order_by().annotate(now=now).values_list("now", "counts").annotate(Count("pk"))
    found = {str(state): 0 for state in LIVE} | {"all": 0, "ended": 0}
    for state, takes_a_place, number in rows:
        found["all" if state in LIVE else "ended"] += number
        if takes_a_place and state in LIVE:
            found[state] += number
    return found


@register.inclusion_tag("staff/participants_nav.html", takes_context=True)
def participants_nav(context):
    """The pages under the participants' tab, for whoever runs workshops; the desk sees the list alone. No query."""
    request, slug = context["request"], context["workshop"].slug
    if not request.user.runs_workshops:
        return {"pages": []}
    titles = {
        "participants": pgettext("pages about participants", "All"), "waiting_list": _("Waiting list"), "call_list": _("Call list"),
        "list_new": _("Lists read in"),
    }  # fmt: skip
    pages = [{"title": title, "url": reverse(f"staff:{name}", args=[slug])} for name, title in titles.items()]
    for page in pages:
        page["current"] = "page" if page["url"] == request.path else ""
    return {"pages": pages}


@register.inclusion_tag("staff/workspace_head.html", takes_context=True)
def workspace_head(context, workshop, oob=False):
    """Needs a workshop; one query for the counts unless the context has them as `counts`.
    `oob` marks the parts for htmx to put over those that the page has."""
    request = context["request"]
    name = getattr(request.resolver_match, "url_name", "") or ""
    current = current_tab(name)
    numbers = context.get("counts") or counts(workshop)
    runs = request.user.runs_workshops
    slug = workshop.slug
    titles = {
        "overview": _("Overview"),
        "institutions": _("Institutions"),
        "participants": _("Participants"),
        "programme": _("Programme"),
        "letters": _("Letters"),
        "door": _("At the door"),
        "learning": _("Learning"),
        "certificates": _("Certificates"),
        "report": _("Report"),
        "history": _("History"),
    }
    tabs = [
        (tab, title, address_of(tab, slug), numbers["all"] if tab == "participants" else None)
        for tab, title in titles.items()
        if runs or tab in FOR_THE_DESK
    ]
    return {
        "oob": oob,
        "workshop": workshop,
        "numbers": numbers,
        "tabs": [
            {"title": title, "url": url, "count": count, "current": "page" if url == request.path else "true" if key == current else ""}
            for key, title, url, count in tabs
            if url
        ],
        "add_url": reverse("staff:participant_add", args=[slug]) if runs and workshop.is_open and name not in NOT_ADDING else "",
    }
