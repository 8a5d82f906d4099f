"""The head that stays over all pages of one workshop: name, dates, place, state, seats, and the tabs."""

from django import template
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from workshops.models import Registration
from workshops.models.registration import LIVE

register = template.Library()

# Tab → beginnings of the URL names that stand under it.
TABS = {
    "seats": ("seats",),
    "participants": ("participant", "registration", "register", "people_find"),
    "lists": ("list",),
    "history": ("workshop_history",),
    "overview": ("workshop",),
}


def counts(workshop):
    """How many participants stand in each live state ({"confirmed": 12, …}; those who take no place are not counted in
    them), "all" who have a live registration and those that have "ended". One query."""
    rows = Registration.objects.filter(workshop=workshop).order_by().values_list("state", "counts").annotate(Count("pk"))
    found = {str(state): 0 for state in LIVE} | {"all": 0, "ended": 0}
    for state, takes_a_place, number in rows:
        found["all" if state in LIVE else "ended"] += number
        if takes_a_place and state in LIVE:
            found[state] += number
    return found


@register.inclusion_tag("staff/workspace_head.html", takes_context=True)
def workspace_head(context, workshop, oob=False):
    """Needs a workshop; one query for the counts unless the context has them as `counts`.
    `oob` marks the parts for htmx to put over those that the page has."""
    request = context["request"]
    name = getattr(request.resolver_match, "url_name", "") or ""
    current = next((tab for tab, starts in TABS.items() if name.startswith(starts)), "")
    numbers = context.get("counts") or counts(workshop)
    runs = request.user.runs_workshops
    slug = workshop.slug
    tabs = [
        ("overview", _("Overview"), reverse("staff:workshop", args=[slug]), None),
        ("seats", _("Seats"), reverse("staff:seats", args=[slug]) if runs else "", None),
        ("participants", _("Participants"), reverse("staff:participants", args=[slug]), numbers["all"]),
        ("lists", _("Lists"), reverse("staff:list_new", args=[slug]) if runs else "", None),
        ("history", _("History"), reverse("staff:workshop_history", args=[slug]) if runs else "", None),
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
        "add_url": reverse("staff:participant_add", args=[slug]) if runs and workshop.is_open and name != "participant_add" else "",
    }
