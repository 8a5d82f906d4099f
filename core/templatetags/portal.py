"""Template tags of the portal's components: icons, languages, states, seats, dates and page links."""

from django import template
from django.conf import settings
from django.core.paginator import EmptyPage
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import dates

register = template.Library()

# A language is named in itself, so that who reads it finds it.
NATIVE_NAMES = {"en": "English", "mn": "Монгол"}

# What each state looks like: tone, shape, word. The word here serves where the model gives none.
STATES = {
    # registrations
    "nominated": ("past", "dot", _("Nominated")),
    "waitlisted": ("wait", "waiting", _("Waiting list")),
    "invited": ("held", "mail", _("Invited")),
    "confirmed": ("ok", "confirmed", _("Confirmed")),
    "declined": ("stop", "cross", _("Declined")),
    "expired": ("past", "clock", _("Expired")),
    "rejected": ("stop", "stop", _("Rejected")),
    "withdrawn": ("past", "left", _("Withdrawn")),
    "replaced": ("past", "swap", _("Replaced")),
    "cancelled": ("stop", "cross", _("Cancelled")),
    # workshops
    "draft": ("past", "edit", _("Draft")),
    "nominating": ("held", "people", _("Nominations open")),
    "running": ("ok", "clock", _("Under way")),
    "completed": ("past", "check", _("Completed")),
    "postponed": ("wait", "clock", _("Postponed")),
    # what is published
    "published": ("ok", "check", _("Published")),
    "scheduled": ("held", "clock", _("Scheduled")),
    "outdated": ("wait", "warning", _("Translation outdated")),
    "missing": ("stop", "cross", _("Not translated")),
    # rows of a list that is read in
    "new": ("held", "plus", pgettext_lazy("row of a list", "New")),
    "known": ("ok", "check", pgettext_lazy("row of a list", "Known")),
    "duplicate": ("wait", "people", pgettext_lazy("row of a list", "Possible duplicate")),
    "mend": ("stop", "warning", pgettext_lazy("row of a list", "To mend")),
    "nobody": ("past", "minus", pgettext_lazy("row of a list", "No person")),
    # certificates
    "issued": ("ok", "confirmed", pgettext_lazy("certificate", "Valid")),
    "revoked": ("stop", "cross", pgettext_lazy("certificate", "Revoked")),
    "superseded": ("past", "swap", pgettext_lazy("certificate", "Replaced")),
    # letters
    "queued": ("held", "clock", _("Waiting to be sent")),
    "sending": ("held", "mail", _("Being sent")),
    "sent": ("ok", "check", _("Sent")),
    "failed": ("stop", "warning", _("Failed")),
    "bounced": ("stop", "undo", _("Came back")),
    "no-address": ("wait", "phone", _("No address")),
    "settled": ("past", "check", _("Told in another way")),
    "discarded": ("past", "trash", _("Discarded")),
    # anything
    "yes": ("ok", "check", _("Yes")),
    "no": ("past", "minus", _("No")),
}


@register.simple_tag
def icon(name, label="", css=""):
    """A drawn icon of static/img/icons.svg. Without `label` it is decoration and hidden from screen readers."""
    css = f"icon {css}".strip()
    address = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}" viewBox="0 0 24 24"><use href="{}"/></svg>', css, label, address
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false" viewBox="0 0 24 24"><use href="{}"/></svg>', css, address
    )


def same_page(request, language):
    """The address of the page asked for, in another language; with the same query."""
    address = request.get_full_path()
    translated = translate_url(address, language)
    if translated != address:
        return translated
    # A page that was not found has no route to translate: its language prefix is exchanged.
    current = f"/{translation.get_language()}/"
    return f"/{language}/{address[len(current) :]}" if address.startswith(current) else address


@register.inclusion_tag("components/languages.html", takes_context=True)
def language_links(context):
    """Links to the same page in each language, under native names. A view whose item has another address in the
    other language gives `language_urls` ({code: address}) in its context."""
    request = context.get("request")
    known = context.get("language_urls") or {}
    current = translation.get_language()
    return {
        "languages": [
            {
                "code": code,
                "name": NATIVE_NAMES.get(code, name),
                "url": known.get(code) or (same_page(request, code) if request else f"/{code}/"),
                "current": code == current,
            }
            for code, name in settings.LANGUAGES
        ]
    }


@register.simple_tag(takes_context=True)
def here(context, address, exact=False):
    """`aria-current` for a link of a menu: "page" on the page itself, "true" on a page below it (unless `exact`)."""
    path = getattr(context.get("request"), "path", "")
    if not address or not path.startswith(address) or (exact and path != address):
        return ""
    return format_html(' aria-current="{}"', "page" if path == address else "true")


@register.inclusion_tag("components/chip.html")
def state_chip(state, label=""):
    """A state as icon and word. `state` is a key of STATES (or an enum whose value is one); `label` replaces the word."""
    value = str(getattr(state, "value", state) or "")
    tone, shape, word = STATES.get(value, ("past", "dot", value))
    return {"tone": tone, "shape": shape, "label": label or getattr(state, "label", "") or word}


@register.inclusion_tag("components/seat_bar.html")
def seat_bar(capacity, confirmed=0, invited=0, waiting=0, legend=True):
    """Seats as a bar with its numbers: confirmed and invited hold a seat, the rest up to `capacity` is free,
    those who wait stand behind it. All are counts of people; more held than places is said in words."""
    capacity, confirmed, invited, waiting = (int(n or 0) for n in (capacity, confirmed, invited, waiting))
    held = confirmed + invited
    places = max(capacity, held)
    gap = max(places // 60, 1) / 2 if waiting else 0
    return {
        "capacity": capacity,
        "confirmed": confirmed,
        "invited": invited,
        "waiting": waiting,
        "held": held,
        "free": max(capacity - held, 0),
        "over": max(held - capacity, 0),
        "legend": legend,
        # Lengths are words, so that no language puts a separator into them.
        "x_invited": str(confirmed),
        "x_waiting": str(places + gap),
        "w_places": str(places),
        "w_confirmed": str(confirmed),
        "w_invited": str(invited),
        "w_waiting": str(waiting),
        "total": str(max(places + gap + waiting, 1)),
    }


@register.filter(expects_localtime=True)
def iso(moment):
    """A moment for <time datetime>, to the second: HTML knows no parts of one smaller than thousandths."""
    return moment.isoformat(timespec="seconds") if moment else ""


@register.simple_tag
def precise_date(start, end=None, precision=dates.Precision.DAY):
    """A <time> of one date or a range, no more exact than it is known."""
    if not start:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', dates.iso(start, precision), dates.show_range(start, end, precision)
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page, parameter="page", target=""):
    """Links to the pages of a Paginator's `page`, keeping the rest of the query; nothing where all fits on one.
    `target` is the id of an element that htmx fills, where the list is a fragment."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def address(number):
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        gap = not isinstance(number, int)
        links.append({"number": number, "gap": gap, "url": "" if gap else address(number)})
    try:
        last = page.end_index()
    except EmptyPage:
        last = 0
    return {
        "page": page,
        "links": links,
        "last": last,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "target": target,
    }


@register.filter
def undo_address(message):
    """The address that takes an act back, from a message made with `extra_tags=f"undo:{url}"`; else nothing."""
    tags = message.extra_tags or ""
    return tags.removeprefix("undo:") if tags.startswith("undo:/") and not tags.startswith("undo://") else ""


@register.filter
def error_target(field):
    """The id a summary of errors leads to: the input, or the first of several choices."""
    widget = field.field.widget
    if field.use_fieldset or hasattr(widget, "subwidgets") and getattr(widget, "input_type", "") in ("radio", "checkbox"):
        first = next(iter(field.subwidgets), None)
        if first is not None and first.data.get("attrs", {}).get("id"):
            return first.data["attrs"]["id"]
    return field.id_for_label or field.auto_id
