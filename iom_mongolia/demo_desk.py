"""What the demonstration shows of the editor's desk: a press release that waits for a reviewer, and a change that waits to be published."""

from django.utils import timezone

from accounts.models import Role
from office import reviews, versions
from office.models import NewsItem, Quote


def load(users):
    """`users`: the demonstration's accounts by role."""
    item = NewsItem.objects.create(
        slug="returnees-learn-a-trade",
        kind=NewsItem.Kind.PRESS_RELEASE,
        title_en="Workers who came home learn a new trade",
        lead_en="Twenty people who worked abroad begin a course in Ulaanbaatar on Monday. This draft belongs to the demonstration and is invented.",
        dateline_en="Ulaanbaatar",
        body_en="<p>The course lasts six weeks. Those who finish it get a certificate.</p>",
        published_on=timezone.localdate(),
        is_demo=True,
    )
    Quote.objects.create(item=item, text_en="I want to work where my children live.", speaker_en="A participant")
    versions.keep(item, versions.snapshot(item), by=users[Role.WRITER])
    reviews.submit(item, by=users[Role.WRITER], text="The Mongolian follows tomorrow.")

    public = NewsItem.objects.get(slug="nominations-open-labour-migration-policy")
    versions.begin(public)
    text = versions.snapshot(public)
    text["fields"]["lead_en"] = text["fields"]["lead_en"].replace("two days of work", "two days of work and one of planning")
    versions.keep(public, text, by=users[Role.WRITER])
