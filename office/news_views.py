"""The office's news: the archive and an item's page."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts.models import PressContact
from core import qr
from core.addresses import absolute
from core.dates import iso, last_day, show
from core.pages import LANGUAGES, Head, numbered_page, only_in, paragraphs, plain
from office import archive, pictures
from office.feeds import feeds_of
from office.models import ChangeNote, CountryOffice, NewsItem
from office.structured import news_data

# After two years an item says how old it is: its facts and people are those of its day.
OLD_NEWS = timedelta(days=730)


@require_safe
def news_list(request):
    """The archive in the reader's language. One choice makes a list that indexes may keep; several, or a list of what
    another page points to, are left out of them."""
    found = archive.read(request.GET)
    rows = numbered_page(request, found.rows.for_cards())
    chosen = found.chosen
    # The list in the other language is the same page only where it has something to show.
    languages = [code for code in LANGUAGES if code == get_language() or not chosen or archive.exists_in(code, found.query)]
    named = [str(facet.chosen.label) for facet in found.facets if facet.chosen]
    title = f"{_('News')}: {', '.join(named)}" if named else _("News")
    return render(
        request,
        "news/list.html",
        {
            "archive": found,
            "rows": rows,
            "chosen": chosen,
            "feed": feeds_of(chosen)[-1],
            "head": Head(
                title,
                _("News, press releases, statements and stories of the office."),
                languages=tuple(languages),
                noindex=len(chosen) > 1 or bool({"target", "institution"} & chosen.keys()) or not rows.object_list and bool(chosen),
                query=tuple(found.query),
                feeds=feeds_of(chosen),
            ),
        },
    )


@require_safe
def news_detail(request, slug):
    item = get_object_or_404(NewsItem.objects.for_cards().select_related("funder"), slug=slug)
    language, languages = get_language(), item.public_languages
    if not languages:
        raise Http404
    if language not in languages:
        return only_in(request, languages, lambda code: getattr(item, f"title_{code}"), "news:detail", slug)
    workshops = list(item.workshops.public().select_related("funder").prefetch_related("allocations__organisation"))
    told = {allocation.organisation_id for workshop in workshops for allocation in workshop.allocations.all()}
    changes = [note for note in item.changes.all() if note.text]
    areas, institutions = list(item.work_areas.public()), list(item.institutions.all())
    address, day, office = absolute(item.get_absolute_url()), show(item.published_on, item.precision), CountryOffice.objects.first()
    return render(
        request,
        "news/detail.html",
        {
            "item": item,
            "script_font": bool(item.title_script and language == "mn" and settings.MONGOLIAN_SCRIPT_FONT),
            "text": with_dateline(item.body, item.dateline),
            # Where only the other language has the whole text, the page says so instead of mixing the two.
            "text_elsewhere": "" if item.body else next((code for code in languages if getattr(item, f"body_{code}")), ""),
            "lead_picture": next((each.picture for each in item.pictures_shown), None),
            "more_pictures": [each.picture for each in item.pictures_shown[1:]],
            "quotes": [quote for quote in item.quotes.all() if quote.text],
            "changes": changes,
            "corrected": next((note for note in changes if note.kind == ChangeNote.Kind.CORRECTION), None),
            "workshops": workshops,
            "areas": areas,
            "targets": item.targets.select_related("goal"),
            # What a workshop's facts say already is not said twice.
            "institutions": [institution for institution in institutions if institution.pk not in told],
            "funder": None if item.funder_id in {workshop.funder_id for workshop in workshops} else item.funder,
            "related": related_news(item),
            "is_old": last_day(item.published_on, item.precision) < timezone.localdate() - OLD_NEWS,
            "date_shown": day,
            **whom_to_ask(item),
            "address": address,
            "code": qr.svg(address, title=_("The address of this page")),
            "shares": ways_to_share(address, item.title),
            "head": Head(
                item.title,
                item.lead or plain(item.body, 250),
                languages=tuple(languages),
                kind="article",
                data=news_data(item, changes=changes, areas=areas, institutions=institutions, languages=languages, office=office),
                picture=pictures.address_with_version(
                    reverse("news:picture", args=[slug]), pictures.words_of(item.get_kind_display(), item.title, day, office)
                ),
                times=(
                    ("article:published_time", iso(item.published_on, item.precision)),
                    *([("article:modified_time", iso(changes[0].on))] if changes else []),
                    *(("article:section", area.name) for area in areas),
                ),
                feeds=((_("News"), reverse("news:feed")),),
            ),
        },
    )


@require_safe
def news_picture(request, slug):
    """The picture beside a link to the item."""
    item = get_object_or_404(NewsItem.objects.published(), slug=slug)
    return pictures.answer(item.get_kind_display(), item.title, show(item.published_on, item.precision))


@require_safe
def news_text(request, slug):
    """The item as plain text, for a newsroom that copies it: title, lead, text, quotes, changes, whom to ask, address."""
    item = get_object_or_404(NewsItem.objects.published(), slug=slug)
    marks = ("«{}»" if get_language() == "mn" else "“{}”").format
    body = paragraphs(item.body)
    if item.dateline and body:
        body[0] = f"{item.dateline} — {body[0]}"
    parts = [item.title, f"{item.get_kind_display()}, {show(item.published_on, item.precision)}", item.lead, *body]
    for said in item.quotes.all():
        if said.text:
            parts.append(f"{marks(said.text)}\n— {', '.join(filter(None, [said.speaker, said.role]))}")
    parts += [f"{note.get_kind_display()}, {show(note.on)}: {note.text}" for note in item.changes.all() if note.text]
    for contact in whom_to_ask(item)["contacts_now"]:
        parts.append("\n".join(filter(None, [f"{_('Press contact')}: {contact.name}", contact.role, contact.office, contact.email, contact.phone])))
    parts.append(absolute(item.get_absolute_url()))
    response = HttpResponse("\n\n".join(filter(None, parts)) + "\n", content_type="text/plain; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    response["Content-Language"] = get_language()
    return response


def ways_to_share(address, title):
    """[(name, link)]: plain links that tell nobody anything until they are pressed."""
    page, words = quote(address, safe=""), quote(title, safe="")
    return [
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={page}"),
        ("X", f"https://x.com/intent/post?url={page}&text={words}"),
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={page}"),
        (_("E-mail"), f"mailto:?subject={words}&body={page}"),
    ]


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
        .for_cards()
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
