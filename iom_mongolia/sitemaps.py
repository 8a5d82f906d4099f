"""The list of public pages for search engines, each with the same page in the other language."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from office.feeds import moments
from office.models import Goal, Indicator, NewsItem, Opportunity, Page, Resource, WorkArea
from workshops.models import Workshop

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class InLanguages(Sitemap):
    """A page stands in the list for each language in which it exists."""

    i18n = True
    alternates = True
    x_default = True

    def get_languages_for_item(self, item):
        return [code for code in LANGUAGES if getattr(item, f"{self.called_by}_{code}")]

    called_by = "title"


class Standing(Sitemap):
    i18n = True
    alternates = True
    x_default = True

    # Lists exist in every language; pages that are all text, where their text does.
    lists = (
        "home", "news:list", "workshops:list", "office:our_work", "office:data_and_resources", "office:take_action",
        "office:help", "office:report_misconduct", "office:vacancies", "office:tenders", "office:volunteering", "office:closed_opportunities",
        "office:agenda_2030", "office:contacts", "office:privacy", "office:accessibility",
    )  # fmt: skip
    texts = {Page.Key.ABOUT: "office:who_we_are_about", Page.Key.IOM_GLOBAL: "office:iom_global"}

    def items(self):
        published = {page.key: page.public_languages for page in Page.objects.filter(key__in=self.texts)}
        texts = [(view, published[key]) for key, view in self.texts.items() if published.get(key)]
        return [(view, list(LANGUAGES)) for view in self.lists] + texts

    def get_languages_for_item(self, item):
        return item[1]

    def location(self, item):
        return reverse(item[0])


class WorkAreas(InLanguages):
    called_by = "name"

    def items(self):
        return WorkArea.objects.filter(is_public=True)


class News(InLanguages):
    def items(self):
        return NewsItem.objects.prefetch_related("changes")

    def get_languages_for_item(self, item):
        return item.public_languages

    def lastmod(self, item):
        return max(moment for code in item.public_languages for moment in moments(item, code))


class Figures(InLanguages):
    def items(self):
        return [row for row in Indicator.objects.filter(points__isnull=False).distinct() if row.public_languages]

    def get_languages_for_item(self, item):
        return item.public_languages


class Goals(InLanguages):
    called_by = "name"

    def items(self):
        return Goal.objects.all()


class Publications(InLanguages):
    def items(self):
        return [row for row in Resource.objects.filter(is_public=True) if row.public_languages]


class Opportunities(InLanguages):
    """Those that are open; what is closed is for readers of the archive."""

    def items(self):
        now = timezone.now()
        return Opportunity.objects.filter(is_public=True, opens_at__lte=now, closes_at__gt=now)


class Workshops(InLanguages):
    def items(self):
        return Workshop.objects.filter(visibility=Workshop.Visibility.PUBLIC).exclude(status=Workshop.Status.DRAFT)

    def lastmod(self, workshop):
        return workshop.updated_at


SITEMAPS = {"pages": Standing, "areas": WorkAreas, "news": News, "figures": Figures, "publications": Publications, "goals": Goals, "opportunities": Opportunities, "workshops": Workshops}
