"""The first page of those who write, review and publish: what waits for them, what is about to happen, what is out of order.

Each section is a function (user, now) → Section; whoever has more to tell adds one to SECTIONS.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.pages import LANGUAGE_NAMES, LANGUAGES
from office import board, languages, links, proofreading, reviews
from office.models import NewsItem, NewsPicture, Page, Picture, Version

SOON = timedelta(days=14)
CONSENT_SOON = timedelta(days=30)
# Lines of a section; the rest is behind its link.
SHOWN = 6


@dataclass
class Line:
    """One thing: what it is about, where one does something about it, what there is to do, since or from when."""

    text: str
    url: str
    words: str = ""
    moment: datetime | None = None
    icon: str = ""
    # What holds it up, in words.
    stops: str = ""
    # Of the text, where it is not that of the page.
    language: str = ""


@dataclass
class Section:
    key: str
    title: str
    lines: list = field(default_factory=list)
    # Said where there is nothing: good news.
    empty: str = ""
    more: str = ""
    more_words: str = ""
    # Of all, those not shown as well.
    number: int = 0

    def __post_init__(self):
        """A list of nothing needs no link to all of it; what one can begin stays."""
        if not self.lines and self.key in {"scheduled", "lags", "links"}:
            self.more = ""


def sections(user, *, at=None):
    """[Section] for a user, in the order of the page."""
    now = at or timezone.now()
    return [section for make in SECTIONS for section in make(user, now)]


def _name(row, name="title"):
    """Of an item, in the language of the page where it has one there."""
    codes = sorted(LANGUAGES, key=lambda code: code != get_language())
    return next((text for code in codes if (text := row[f"{name}_{code}"])), "–")


# Mine ----------------------------------------------------------------------------------------------------------


def mine(user, now):
    """What waits for this user, and what they have begun; with what would stop it from being published."""
    tasks = reviews.mine_to_do(user, with_others=True)
    stops = _stops(tasks)
    # What is with others is no longer theirs to do, but they want to know where it is.
    states = Version.State
    own = [task for task in tasks if task.version.state == states.WRITING or str(task.words) == task.version.get_state_display()]
    waiting = [task for task in tasks if task not in own]
    yield Section("to-do", _("To do"), [_task(task, stops) for task in waiting[:SHOWN]], _("Nothing waits for you. Well done."), number=len(waiting))
    yield Section(
        "drafts", _("My drafts"), [_task(task, stops) for task in own[:SHOWN]], _("You have begun nothing that is unfinished."),
        reverse("admin:office_newsitem_add") if user.has_perm("office.add_newsitem") else "", _("Write a news item"), len(own),
    )  # fmt: skip


def _task(task, stops):
    number = stops.get(task.version.pk, 0)
    name = "change" if task.version.state == Version.State.WRITING else "desk"
    url = reverse(f"admin:office_{task.item._meta.model_name}_{name}", args=[task.item.pk])
    held = ngettext("%(number)d finding stops publication", "%(number)d findings stop publication", number) % {"number": number} if number else ""
    data = task.version.data["fields"]
    text = _name(data) if f"title_{LANGUAGES[0]}" in data else str(task.item)
    return Line(text, url, str(task.words), task.since, stops=held)


def _stops(tasks):
    """{key of a version: how many findings stop its publication}; one look for the links of all."""
    sheets = {}
    for task in tasks:
        sheets[task.version.pk] = proofreading.sheet_of_version(task.version, type(task.item))
        sheets[task.version.pk].page = task.item.get_absolute_url()
    proofreading.find_dead(sheets)
    return {pk: sum(finding.blocks for finding in proofreading.read(sheet)) for pk, sheet in sheets.items()}


# The office's --------------------------------------------------------------------------------------------------


def scheduled(user, now):
    """What appears and what ends in the next days, in which language; one query."""
    parts = []
    for model in (NewsItem, Page):
        for code in LANGUAGES:
            for name in ("publish_at", "unpublish_at"):
                rows = model.objects.order_by().filter(Q(**{f"{name}_{code}__gt": now, f"{name}_{code}__lte": now + SOON}) & ~Q(**{f"title_{code}": ""}))
                if name == "unpublish_at":
                    # What never was out does not end.
                    rows = rows.filter(**{f"publish_at_{code}__lt": F(f"{name}_{code}")})
                parts.append(
                    rows.annotate(
                        what=Value(name, output_field=CharField()), code=Value(code, output_field=CharField()),
                        of_kind=Value(model._meta.model_name, output_field=CharField()), moment=F(f"{name}_{code}"),
                    ).values("pk", "title_en", "title_mn", "what", "code", "of_kind", "moment")
                )  # fmt: skip
    rows = list(parts[0].union(*parts[1:], all=True).order_by("moment", "code"))
    lines = [
        Line(
            row[f"title_{row['code']}"], reverse(f"admin:office_{row['of_kind']}_desk", args=[row["pk"]]), _happens(row),
            row["moment"], "clock" if row["what"] == "publish_at" else "stop", language=row["code"],
        )
        for row in rows
    ]  # fmt: skip
    yield Section(
        "scheduled", _("In the next 14 days"), lines[:SHOWN], _("Nothing is set to appear or to end."),
        f"{reverse('admin:board')}?state=scheduled", _("All that is scheduled"), len(lines),
    )  # fmt: skip


def lagging(user, now):
    """Items whose Mongolian is older than the English, the oldest first; one query."""
    parts = []
    for model in languages.ITEMS:
        name = languages.called_by(model)
        rows = languages.with_lag(model._base_manager.order_by()).filter(lags=True)
        parts.append(
            rows.annotate(
                of_kind=Value(model._meta.model_name, output_field=CharField()), named_en=F(f"{name}_en"), named_mn=F(f"{name}_mn"), since=F("changed_at_en")
            ).values("pk", "of_kind", "named_en", "named_mn", "since")
        )
    rows = list(parts[0].union(*parts[1:], all=True).order_by("since"))
    lines = [
        Line(_name(row, "named"), reverse(f"admin:office_{row['of_kind']}_change", args=[row["pk"]]), str(capfirst(board.KINDS[row["of_kind"]]._meta.verbose_name)), row["since"], "warning")
        for row in rows[:SHOWN]
    ]
    yield Section(
        "lags", _("Mongolian older than English"), lines, _("Every Mongolian text is as new as its English."),
        f"{reverse('admin:board')}?state=lags", _("All on the board"), len(rows),
    )  # fmt: skip


def broken_links(user, now):
    """Links that have failed often enough; one query."""
    rows = list(links.broken()[: SHOWN * 20])
    lines = []
    for row in rows[:SHOWN]:
        place = row.places[0] if row.places else None
        lines.append(Line(row.address, _page_of(place), _where(row.places) or row.get_problem_display(), row.checked_at, "external"))
    may = user.has_perm("office.view_linkcheck")
    yield Section(
        "links", _("Broken links"), lines, _("All links in what is public lead somewhere."),
        reverse("admin:office_linkcheck_changelist") if may else "", _("All broken links"), len(rows),
    )  # fmt: skip


def consents(user, now):
    """Pictures in use whose consent has ended or ends soon, the soonest first; one query."""
    today = timezone.localdate(now)
    rows = Picture.objects.filter(consent=Picture.Consent.GIVEN, consent_until__lt=today + CONSENT_SOON)
    used = list(rows.filter(Exists(NewsPicture.objects.filter(picture=OuterRef("pk")))).order_by("consent_until", "pk"))
    lines = []
    for picture in used[:SHOWN]:
        ended = picture.consent_until < today
        words = _("ended on %(day)s: the picture is shown nowhere") if ended else _("ends on %(day)s, then the picture is gone by itself")
        lines.append(
            Line(
                str(picture), reverse("admin:office_picture_change", args=[picture.pk]),
                words % {"day": date_format(picture.consent_until, "DATE_FORMAT")}, None, "cross" if ended else "clock",
            )
        )  # fmt: skip
    yield Section(
        "consents", _("Consent for pictures"), lines, _("Of no picture in use the consent ends within 30 days."),
        reverse("admin:office_picture_changelist"), _("All pictures"), len(used),
    )  # fmt: skip


def _page_of(place):
    """The change page of where a link stands, at its field; empty where it has none."""
    if place is None:
        return ""
    try:
        return f"{reverse(f'admin:{place["model"].replace(".", "_")}_change', args=[place['pk']])}#id_{place['field']}"
    except NoReverseMatch:
        return ""


def _where(places):
    if not places:
        return ""
    more = len(places) - 1
    title = places[0]["titles"].get(get_language()) or next(iter(places[0]["titles"].values()), "")
    return ngettext("%(title)s and %(more)d more", "%(title)s and %(more)d more", more) % {"title": title, "more": more} if more else title


def _happens(row):
    words = {"publish_at": _("%(language)s appears"), "unpublish_at": _("%(language)s ends")}[row["what"]]
    return words % {"language": LANGUAGE_NAMES[row["code"]]}


SECTIONS = [mine, scheduled, lagging, broken_links, consents]
