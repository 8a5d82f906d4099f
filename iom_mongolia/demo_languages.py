"""Of the demonstration: an item that appears in some days, whose Mongolian is behind, for the board of languages."""

from datetime import timedelta

import pgtrigger
from django.utils import timezone

from office.models import NewsItem


def load():
    """The two languages appear a day after the other; the English was changed lately and the Mongolian was not."""
    now = timezone.now()
    item = NewsItem.objects.create(
        slug="demonstration-information-day", kind=NewsItem.Kind.NEWS, is_demo=True, published_on=timezone.localdate(now + timedelta(days=5)),
        title_en="Information day for workers going abroad (demonstration)",
        title_mn="Гадаадад ажиллахаар явах хүмүүст зориулсан мэдээллийн өдөр (үзүүлэн)",
        lead_en="An invented item: it shows what the desk says of something that is scheduled.",
        lead_mn="Зохиомол мэдээ: товлосон зүйлийн талаар ширээ юу хэлэхийг харуулна.",
        body_en="<h2>What it shows</h2><p>The English of this item was changed after the Mongolian.</p>",
        body_mn="<h2>Юуг харуулах вэ</h2><p>Энэ мэдээний англи бичвэрийг монголоос хойш зассан.</p>",
        publish_at_en=now + timedelta(days=5), publish_at_mn=now + timedelta(days=6),
    )  # fmt: skip
    # What has just been written is as old as it says here.
    with pgtrigger.ignore("office.NewsItem:words_dated"):
        NewsItem.objects.filter(pk=item.pk).update(changed_at_en=now - timedelta(days=2), changed_at_mn=now - timedelta(days=20))
