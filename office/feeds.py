"""The news as an Atom feed, one for each language, with the whole text of each item."""

import datetime
import re

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.pages import plain
from office.models import CountryOffice, NewsItem

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
        self.language = get_language()
        return CountryOffice.objects.first()

    def title(self, office):
        name = getattr(office, "name", "") or "IOM Mongolia"
        return _for_xml(_("%(office)s: news") % {"office": name})

    def subtitle(self, office):
        return _("News, press releases, statements and stories of the office.")

    def author_name(self, office):
        return _for_xml(getattr(office, "organisation_name", "") or "IOM")

    def link(self):
        return reverse("news:list")

    def feed_url(self):
        return reverse("news:feed")

    def items(self):
        return NewsItem.objects.published().prefetch_related("work_areas")[:ITEMS]

    def item_title(self, item):
        return _for_xml(item.title)

    def item_description(self, item):
        return _for_xml(item.lead or plain(item.body, 300))

    def item_pubdate(self, item):
        """Noon of the day of the news; where only the month or the year is known, of its first day."""
        return timezone.make_aware(datetime.datetime.combine(item.published_on, datetime.time(12)))

    def item_updateddate(self, item):
        return max(self.item_pubdate(item), getattr(item, f"publish_at_{get_language()}"))

    def item_categories(self, item):
        return [_for_xml(area.name) for area in item.work_areas.all() if area.is_public and area.name]

    def item_extra_kwargs(self, item):
        return {"content": _for_xml(item.body)}


def news_feed(request):
    """A feed is made anew for each request: one object shared by threads would mix their languages."""
    return NewsFeed()(request)
