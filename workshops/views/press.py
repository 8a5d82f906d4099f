"""What the press is told of a workshop: an organiser or an editor has a news item drafted from it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import news_required
from office.models import NewsItem
from office.publishing import placeholders
from workshops import press as acts
from workshops.models import Workshop

A_PAGE_HOLDS = 25


@news_required
def press_workshops(request):
    """Workshops of which something can be told, the latest first, with what has been written already."""
    unpublished = NewsItem.objects.filter(workshops=OuterRef("pk"), publish_at_en=None, publish_at_mn=None)
    written = NewsItem.objects.filter(workshops=OuterRef("pk")).exclude(publish_at_en=None, publish_at_mn=None)
    rows = (
        Workshop.objects.exclude(status__in=[Workshop.Status.DRAFT, Workshop.Status.CANCELLED])
        .annotate(has_draft=Exists(unpublished), has_news=Exists(written))
        .defer("description_en", "description_mn")
        .order_by(F("starts_on").desc(nulls_last=True), "-pk")
    )
    query = " ".join(request.GET.get("q", "").split())[:100]
    for word in query.split()[:6]:
        rows = rows.filter(Q(title_en__icontains=word) | Q(title_mn__icontains=word))
    page = Paginator(rows, A_PAGE_HOLDS).get_page(request.GET.get("page"))
    return render(request, "staff/press_workshops.html", {"page": page, "q": query})


@news_required
def press(request, slug):
    """What the draft would say and what it would have to leave open; pressing makes it, once, and leads to it."""
    workshop = get_object_or_404(Workshop.objects.select_related("funder", "project"), slug=slug)
    if request.method == "POST":
        draft = acts.draft_news(workshop, by=request.user)
        messages.success(request, _("This is the draft. It is seen by nobody outside before you publish it."))
        return redirect("admin:office_newsitem_change", draft.pk)
    draft = acts.drafts(workshop).prefetch_related("quotes").first()
    facts = acts.facts_of(workshop)
    context = {
        "workshop": workshop,
        "facts": facts,
        "missing": acts.missing(facts),
        "draft": draft,
        "still_open": _open_in(draft) if draft else [],
        "published": workshop.news.exclude(publish_at_en=None, publish_at_mn=None),
    }
    return render(request, "staff/press.html", context)


def _open_in(item):
    """The placeholders of a draft, with those of its quotes."""
    texts = [getattr(item, f"{name}_{code}") for name in ("title", "lead", "dateline", "body") for code in ("en", "mn")]
    texts += [getattr(quote, f"{name}_{code}") for quote in item.quotes.all() for name in ("text", "speaker", "role") for code in ("en", "mn")]
    return placeholders(*texts)
