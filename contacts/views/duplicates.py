"""People who may stand in the directory twice: looked at side by side, told apart."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import organiser_required
from contacts import comparing, duplicates
from contacts.models import NotDuplicate, Person
from contacts.views.people import asked, key_of
from core.pages import numbered_page

A_PAGE_HOLDS = 20


@organiser_required
def duplicates_found(request):
    """The pairs by how likely they are, or those of one person; or, asked for, those told apart."""
    chosen, somebody = asked(request, "band", 10), None
    if chosen == "apart":
        return _told_apart(request)
    pairs = duplicates.found()
    if key := key_of(asked(request, "person", 20)):
        somebody = Person.objects.living().defer("search", "note").filter(pk=key).first()
        pairs = [pair for pair in pairs if key in (pair.first, pair.second)]
    counts = dict.fromkeys(duplicates.BANDS, 0)
    for pair in pairs:
        counts[pair.band] += 1
    if chosen in counts:
        pairs = [pair for pair in pairs if pair.band == chosen]
    else:
        chosen = ""
    page = numbered_page(request, pairs, A_PAGE_HOLDS)
    sides = comparing.sides({key for pair in page for key in (pair.first, pair.second)})
    context = {
        "page": page,
        # Somebody who was merged or removed this very moment is passed over.
        "shown": [_Shown(pair, sides) for pair in page if pair.first in sides and pair.second in sides],
        "band": chosen,
        "bands": [(name, words, counts[name]) for name, (_least, words) in duplicates.BANDS.items()],
        "total": sum(counts.values()),
        "somebody": somebody,
        "apart": NotDuplicate.objects.count(),
    }
    return render(request, "staff/people/duplicates.html", context)


class _Shown:
    """A pair as the page shows it."""

    def __init__(self, pair, sides):
        self.pair = pair
        self.one, self.other = sides[pair.first], sides[pair.second]
        self.lines = comparing.lines(self.one, self.other)
        # By itself the record with more workshops stays, then the older one.
        self.stays, self.goes = (self.one.person, self.other.person)
        if len(self.other.earlier) > len(self.one.earlier):
            self.stays, self.goes = self.goes, self.stays
        self.band = duplicates.BANDS[pair.band][1]
        told = [(duplicates.REASONS[code][0] > 0, duplicates.REASONS[code][1]) for code in pair.reasons]
        self.reasons = [words for speaks_for, words in told if speaks_for]
        self.against = [words for speaks_for, words in told if not speaks_for]


def _told_apart(request):
    rows = NotDuplicate.objects.select_related("person_a", "person_b", "reviewed_by").order_by("-reviewed_at", "-pk")
    page = numbered_page(request, rows, A_PAGE_HOLDS)
    reviews = list(page)
    holding = {review.pk for review in duplicates.still_apart(reviews)}
    for review in reviews:
        review.holds = review.pk in holding
    return render(request, "staff/people/told_apart.html", {"page": page, "reviews": reviews})


@organiser_required
@require_POST
def duplicate_apart(request):
    """Two records are two people."""
    one, other = (Person.objects.filter(pk=key_of(request.POST.get(name, "")) or 0).first() for name in ("one", "other"))
    try:
        if one is None or other is None:
            raise duplicates.gone()
        review = duplicates.tell_apart(one, other, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request,
            _("%(one)s and %(other)s are kept apart until one of the two records changes.") % {"one": one.short_name, "other": other.short_name},
            extra_tags=f"undo:{reverse('staff:duplicate_again', args=[review.pk])}",
        )
    return redirect(_back(request))


@organiser_required
@require_POST
def duplicate_again(request, pk):
    """Two who were told apart may be one person after all."""
    review = NotDuplicate.objects.filter(pk=pk).first()
    if review is not None:
        duplicates.look_again(review, by=request.user)
    messages.success(request, _("The two records are compared again."))
    return redirect(_back(request))


def _back(request):
    """The page of the list from which the button was pressed; only one of this site's own."""
    where = request.POST.get("next", "")
    own = reverse("staff:duplicates")
    return where if where.startswith(own) and url_has_allowed_host_and_scheme(where, allowed_hosts=None) else own
