"""The news as Atom feeds, one for each language, area and kind, with the whole text of each item."""

import datetime
import re
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from core.addresses import absolute
from core.pages import plain
from office import picture_library
from office.models import CountryOffice, NewsItem, Opportunity, WorkArea

ITEMS = 20
# XML knows no control characters; an editor's text may hold one that nobody sees.
_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _for_xml(text):
    return _NOT_IN_XML.sub("", str(text or ""))


class WholeTextFeed(Atom1Feed):
    """Atom with <content> beside the summary."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        if item.get("content"):
            handler.addQuickElement("content", item["content"], {"type": "html"})


class NewsFeed(Feed):
    feed_type = WholeTextFeed

    def get_object(self, request):
        """The choices are the archive's: ?area= and ?kind=. A word that is none of them has no feed (404)."""
        self.chosen = {}
        if slug := request.GET.get("area"):
            self.chosen["area"] = get_object_or_404(WorkArea.objects.public(), slug=slug)
        if kind := request.GET.get("kind"):
            if kind not in NewsItem.Kind.values:
                raise Http404
            self.chosen["kind"] = NewsItem.Kind(kind)
        return CountryOffice.objects.first()

    def title(self, office):
        name = getattr(office, "name", "") or "IOM Mongolia"
        return _for_xml(": ".join([_("%(office)s: news") % {"office": name}, *words_for(self.chosen)]))

    def subtitle(self, office):
        return _("News, press releases, statements and stories of the office.")

    def author_name(self, office):
        return _for_xml(getattr(office, "organisation_name", "") or "IOM")

    def link(self):
        return reverse("news:list") + tail(self.chosen)

    def feed_url(self):
        return reverse("news:feed") + tail(self.chosen)

    def items(self):
        rows = NewsItem.objects.published().for_cards().prefetch_related("work_areas", "changes")
        if "area" in self.chosen:
            rows = rows.filter(work_areas=self.chosen["area"])
        if "kind" in self.chosen:
            rows = rows.filter(kind=self.chosen["kind"])
        return rows[:ITEMS]

    def item_title(self, item):
        return _for_xml(item.title)

    def item_description(self, item):
        return _for_xml(item.lead or plain(item.body, 300))

    def item_pubdate(self, item):
        """Noon of the day of the news; where only the month or the year is known, of its first day."""
        return timezone.make_aware(datetime.datetime.combine(item.published_on, datetime.time(12)))

    def item_updateddate(self, item):
        """The last of: the day of the news, its publication in this language, a change of its words or one that was told."""
        return max(self.item_pubdate(item), *moments(item, get_language()))

    def item_categories(self, item):
        return [_for_xml(area.name) for area in item.work_areas.all() if area.is_public and area.name]

    def item_enclosures(self, item):
        """The picture that stands for it."""
        if not item.pictures_shown:
            return []
        address, facts = picture_library.plain(item.pictures_shown[0].picture)
        return [Enclosure(absolute(address), str(facts["size"]), "image/jpeg")]

    def item_extra_kwargs(self, item):
        return {"content": _for_xml(item.body)}


class OpportunityFeed(Feed):
    """What is open, as Atom: the last that opened stands first, and what closes is gone at its hour."""

    feed_type = WholeTextFeed

    def get_object(self, request):
        """?kind= names one kind; a word that is none has no feed (404)."""
        self.kind = request.GET.get("kind", "")
        if self.kind and self.kind not in Opportunity.Kind.values:
            raise Http404
        return CountryOffice.objects.first()

    def title(self, office):
        name = getattr(office, "name", "") or "IOM Mongolia"
        return _for_xml(": ".join([name, _("open vacancies, tenders and calls"), *([str(Opportunity.Kind(self.kind).label)] if self.kind else [])]))

    def author_name(self, office):
        return _for_xml(getattr(office, "organisation_name", "") or "IOM")

    def link(self):
        return reverse("office:take_action")

    def feed_url(self):
        return reverse("office:opportunity_feed") + (f"?kind={self.kind}" if self.kind else "")

    def items(self):
        rows = Opportunity.objects.open().order_by("-opens_at", "-pk")
        return (rows.filter(kind=self.kind) if self.kind else rows)[:ITEMS]

    def item_title(self, item):
        return _for_xml(item.title)

    def item_description(self, item):
        closes = _("Closes: %(moment)s, Ulaanbaatar time") % {"moment": date_format(timezone.localtime(item.closes_at), "DATETIME_FORMAT")}
        return _for_xml(" ".join(filter(None, [item.summary or plain(item.body, 300), f"{closes}."])))

    def item_pubdate(self, item):
        return item.opens_at

    item_updateddate = item_pubdate

    def item_categories(self, item):
        return [_for_xml(item.get_kind_display())]

    def item_extra_kwargs(self, item):
        return {"content": _for_xml(item.body)}


@require_safe
@conditional_page
def opportunity_feed(request):
    return OpportunityFeed()(request)


def moments(item, language):
    """When what the public reads in a language last became another: by being published, by its words, by a change told."""
    own = (getattr(item, f"publish_at_{language}"), getattr(item, f"changed_at_{language}"))
    return [*(moment for moment in own if moment), *changed_at(item, language)]


def changed_at(item, language):
    """The moments (noon of their days) of the changes that were told in a language. Asks nothing where they are fetched."""
    return [
        timezone.make_aware(datetime.datetime.combine(note.on, datetime.time(12)))
        for note in item.changes.all() if getattr(note, f"text_{language}")
    ]  # fmt: skip


def words_for(chosen):
    return [str(word) for word in (chosen["area"].name if "area" in chosen else "", chosen["kind"].label if "kind" in chosen else "") if word]


def tail(chosen):
    pairs = [("area", chosen["area"].slug)] if "area" in chosen else []
    pairs += [("kind", chosen["kind"].value)] if "kind" in chosen else []
    return f"?{urlencode(pairs)}" if pairs else ""


def feeds_of(chosen):
    """((title, address), …) for the head of a page: the whole feed, and that of the area and kind chosen."""
    feeds = [(_("News"), reverse("news:feed"))]
    if pairs := tail(chosen):
        feeds.append((": ".join([_("News"), *words_for(chosen)]), reverse("news:feed") + pairs))
    return tuple(feeds)


@require_safe
@conditional_page
def news_feed(request):
    """A feed is made anew for each request: one object shared by threads would mix their languages."""
    return NewsFeed()(request)
