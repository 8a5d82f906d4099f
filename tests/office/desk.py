"""An item of the editor's desk for tests, and how it is changed in the admin."""

from django.urls import reverse

from office.models import NewsContact, Quote
from tests import people
from tests.admin.forms import filled


def change(client, item, **fields):
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    answer = client.post(address, {**filled(client.get(address)), **fields})
    if answer.status_code == 200:
        raise AssertionError(answer.context["adminform"].form.errors)
    return answer


def rich_item(**details):
    """With a quote, a contact, an area and an institution: all that a version has to hold."""
    item = people.news_item(title_en="As published", title_mn="Нийтэлсэн нь", **details)
    Quote.objects.create(item=item, text_en="First said.", speaker_en="A Director", order=1)
    NewsContact.objects.create(item=item, contact=people.press_contact())
    item.institutions.add(people.organisation(name_en="Came"))
    return item
