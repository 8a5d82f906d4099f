"""The office's public pages: news, work areas, figures, goals, ways to act, and whom to ask."""

from datetime import timedelta

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import ExtractYear
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.models import Organisation, PressContact
from core import charts
from core.pages import Head, numbered_page, only_in, plain
from office.models import (
    ActionLink,
    CompactObjective,
    Goal,
    Indicator,
    NewsItem,
    Page,
    Resource,
    Target,
    WorkArea,
)

# After two years an item says how old it is: its facts and people are those of its day.
OLD_NEWS = timedelta(days=730)


# News ------------------------------------------------------------------------------------------------------


def news_list(request):
    published = NewsItem.objects.published()
    years = sorted(set(published.annotate(year=ExtractYear("published_on")).values_list("year", flat=True)), reverse=True)
    areas = WorkArea.objects.public().filter(news__in=published).distinct()
    rows, chosen = published, {}
    asked = request.GET.get("year", "")
    if asked.isdecimal() and len(asked) == 4 and int(asked) in years:
        rows, chosen["year"] = rows.filter(published_on__year=int(asked)), int(asked)
    if area := next((area for area in areas if area.slug == request.GET.get("area")), None):
        rows, chosen["area"] = rows.filter(work_areas=area), area
    if request.GET.get("kind") in NewsItem.Kind.values:
        kind = NewsItem.Kind(request.GET["kind"])
        rows, chosen["kind"] = rows.filter(kind=kind), kind
    # Other pages link to these two: the news of a target or of an institution.
    if (code := request.GET.get("target", "")) and (target := Target.objects.filter(code=code[:5]).first()):
        rows, chosen["target"] = rows.filter(targets=target), target
    if (slug := request.GET.get("institution", "")) and (
        institution := Organisation.objects.filter(slug=slug[:80], news__in=published).distinct().first()
    ):
        rows, chosen["institution"] = rows.filter(institutions=institution), institution
    return render(
        request,
        "news/list.html",
        {
            "rows": numbered_page(request, rows),
            "years": years,
            "areas": areas,
            "kinds": NewsItem.Kind,
            "chosen": chosen,
            "head": Head(_("News"), _("News, press releases, statements and stories of the office."), noindex=bool(chosen)),
        },
    )


def news_detail(request, slug):
    item = get_object_or_404(NewsItem.objects.select_related("funder"), slug=slug)
    language, languages = get_language(), item.public_languages
    if not languages:
        raise Http404
    if language not in languages:
        return only_in(request, languages, lambda code: getattr(item, f"title_{code}"), "news:detail", slug)
    return render(
        request,
        "news/detail.html",
        {
            "item": item,
            "text": with_dateline(item.body, item.dateline),
            # Where only the other language has the whole text, the page says so instead of mixing the two.
            "text_elsewhere": "" if item.body else next((code for code in languages if getattr(item, f"body_{code}")), ""),
            "quotes": [quote for quote in item.quotes.all() if quote.text],
            "workshops": item.workshops.public().select_related("funder").prefetch_related("allocations__organisation"),
            "areas": item.work_areas.public(),
            "targets": item.targets.select_related("goal"),
            "institutions": item.institutions.all(),
            "related": related_news(item),
            "is_old": item.published_on < timezone.localdate() - OLD_NEWS,
            **whom_to_ask(item),
            "head": Head(item.title, item.lead or plain(item.body, 250), languages=tuple(languages), kind="article"),
        },
    )


def with_dateline(body, dateline):
    """The text with its place in front of the first words, as newspapers print it. `body` was cleaned when stored."""
    if not body or not dateline:
        return mark_safe(body or "")  # noqa: S308
    place = format_html('<span class="dateline">{}</span>', dateline)
    if body.startswith("<p>"):
        return mark_safe(f"<p>{place}{body.removeprefix('<p>')}")  # noqa: S308
    return mark_safe(f"<p>{place}</p>{body}")  # noqa: S308


def related_news(item, wanted=3):
    """The newest published items that share an area of work; the more they share, the earlier."""
    return (
        NewsItem.objects.published()
        .exclude(pk=item.pk)
        .annotate(shared=Count("work_areas", filter=Q(work_areas__in=item.work_areas.all()), distinct=True))
        .filter(shared__gt=0)
        .order_by("-shared", "-published_on", "-pk")[:wanted]
    )


def whom_to_ask(item):
    """Press contacts of an item: those who still answer; and who answered then, by name alone, when their time is over."""
    named = [link.contact for link in item.newscontact_set.select_related("contact")]
    now = [contact for contact in named if contact.is_active]
    return {
        "contacts_now": now or list(PressContact.objects.active()[:2]),
        "contacts_then": [contact for contact in named if not contact.is_active],
    }


# Standing pages --------------------------------------------------------------------------------------------


def standing(key, title="", description=""):
    """(Page or None, Head): the page where it is published in the reader's language, else only a title of the code's own."""
    page = Page.objects.filter(key=key).first()
    if page is None:
        return None, Head(title or str(Page.Key(key).label), description)
    if not page.is_published():
        return None, Head(title or str(Page.Key(key).label), description, noindex=True)
    return page, Head(page.title, plain(page.lead or page.body, 250) or description, languages=tuple(page.public_languages))


def text_page(request, key, template, **context):
    """A page that is above all its text: where that exists in the other language only, it says so."""
    page = Page.objects.filter(key=key).first()
    if page and not page.is_published() and page.public_languages:
        return only_in(request, page.public_languages, lambda code: getattr(page, f"title_{code}"), request.resolver_match.view_name)
    if page and page.is_published():
        head = Head(page.title, plain(page.lead or page.body, 250), languages=tuple(page.public_languages))
    else:
        page, head = None, Head(str(Page.Key(key).label))
    return render(request, template, {"page": page, "head": head, **context})


def who_we_are_about(request):
    return text_page(request, Page.Key.ABOUT, "office/who_we_are_about.html")


def iom_global(request):
    return text_page(request, Page.Key.IOM_GLOBAL, "office/iom_global.html")


def privacy(request):
    return text_page(request, Page.Key.PRIVACY, "office/privacy.html")


def accessibility(request):
    return text_page(request, Page.Key.ACCESSIBILITY, "office/accessibility.html")


def our_work(request):
    page, head = standing(Page.Key.OUR_WORK)
    return render(request, "office/our_work.html", {"page": page, "head": head, "areas": WorkArea.objects.public()})


def work_area(request, slug):
    area = get_object_or_404(WorkArea, slug=slug, is_public=True)
    languages = [code for code in ("en", "mn") if getattr(area, f"name_{code}")]
    if get_language() not in languages:
        return only_in(request, languages, lambda code: getattr(area, f"name_{code}"), "office:work_area", slug)
    return render(
        request,
        "office/work_area.html",
        {
            "area": area,
            "text": mark_safe(area.body),  # noqa: S308 - cleaned when stored
            "news": area.news.published()[:5],
            "workshops": area.workshops.public()[:5],
            "targets": area.targets.select_related("goal"),
            "objectives": area.objectives.all(),
            "figures": figures(area.indicators.public()),
            "resources": area.resources.public(),
            "head": Head(area.name, area.summary or plain(area.body, 250), languages=tuple(languages)),
        },
    )


def contacts(request):
    page, head = standing(Page.Key.CONTACTS, description=_("How to reach the office, and whom the press may ask."))
    return render(
        request,
        "office/contacts.html",
        {"page": page, "head": head, "press_contacts": PressContact.objects.active()},
    )


def take_action(request):
    page, head = standing(Page.Key.TAKE_ACTION)
    ways = list(ActionLink.objects.public())
    kinds = [(kind, [way for way in ways if way.kind == kind]) for kind in ActionLink.Kind]
    return render(
        request,
        "office/take_action.html",
        {
            "page": page,
            "head": head,
            "urgent": [way for way in ways if way.kind == ActionLink.Kind.HELP],
            "kinds": [(kind, rows) for kind, rows in kinds if rows and kind != ActionLink.Kind.HELP],
        },
    )


# Figures and publications ----------------------------------------------------------------------------------


def figures(indicators):
    """[{indicator, chart, table, single, latest}]: each indicator with its drawing, or None where one value or a table says it."""
    shown = []
    for indicator in indicators.prefetch_related("points"):
        points = [
            charts.Point(point.label or point.label_en, point.value, point.part, point.note)
            for point in indicator.points.all()
        ]
        if not points:
            continue
        drawing = charts.draw(
            indicator.chart, points, title=indicator.title, unit=indicator.unit, identity=f"figure-{indicator.slug}"
        )
        shown.append({
            "indicator": indicator,
            "chart": drawing,
            "table": drawing.table if drawing else charts.table(points),
            "single": charts.number(points[0].value) if len(points) == 1 else "",
            "single_label": charts.label_text(points[0].label) if len(points) == 1 else "",
            # The last value of a series over time, to be shown large.
            "latest": (charts.number(points[-1].value), charts.label_text(points[-1].label))
            if charts.moment(points[-1].label) is not None and not points[-1].part else None,
        })  # fmt: skip
    return shown


def data_and_resources(request):
    page, head = standing(Page.Key.DATA)
    resources = list(Resource.objects.public())
    return render(
        request,
        "office/data_and_resources.html",
        {
            "page": page,
            "head": head,
            "figures": figures(Indicator.objects.public()),
            "kinds": [
                (kind, rows) for kind in Resource.Kind if (rows := [row for row in resources if row.kind == kind])
            ],
        },
    )


# The 2030 Agenda -------------------------------------------------------------------------------------------


def agenda_2030(request):
    """Goals, targets and objectives with what of the office's work touches them; every count comes from the rows."""
    page, head = standing(Page.Key.AGENDA)
    areas = Prefetch("work_areas", WorkArea.objects.public(), to_attr="areas")
    targets = Target.objects.prefetch_related(areas).annotate(
        news_count=Count("news", filter=Q(news__in=NewsItem.objects.published()), distinct=True)
    )
    goals = list(Goal.objects.prefetch_related(Prefetch("targets", targets, to_attr="all_targets")))
    for goal in goals:
        goal.touched = [target for target in goal.all_targets if target.areas or target.news_count]
        goal.area_count = len({area.pk for target in goal.touched for area in target.areas})
    objectives = CompactObjective.objects.prefetch_related(areas)
    return render(
        request,
        "office/agenda_2030.html",
        {
            "page": page,
            "head": head,
            "goals": goals,
            "target_count": sum(len(goal.touched) for goal in goals),
            "goal_count": sum(bool(goal.touched) for goal in goals),
            "objectives": objectives,
        },
    )
