"""Previews: the public page before it is public, for colleagues and for whoever has a link, and nothing stays of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from office import previews, versions
from office.models import NewsItem, Page, PreviewLink, Quote
from tests import people

pytestmark = pytest.mark.django_db


def waiting(item, **fields):
    data = versions.snapshot(item)
    data["fields"].update(fields)
    return versions.keep(item, data, by=people.editor())


def show(item, language="en"):
    with translation.override(language):
        return reverse("preview:show", args=[item._meta.model_name, item.pk])


def rows():
    return list(NewsItem.objects.order_by("pk").values()), NewsItem.pgh_event_model.objects.count()


def test_a_draft_is_read_as_it_will_be_and_nothing_stays(client):
    item = people.news_item(title_en="Not yet", title_mn="Болоогүй", slug="not-yet", published=False)
    Quote.objects.create(item=item, text_en="Soon.", text_mn="Удахгүй.")
    before = rows()
    people.signed_in(client, people.writer())
    for language, words in [("en", ("Not yet", "Soon.", "the public does not read this yet")), ("mn", ("Болоогүй", "Удахгүй."))]:
        answer = client.get(show(item, language))
        assert answer.status_code == 200 and all(each in answer.text for each in words)
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert rows() == before
    client.logout()
    assert client.get("/en/news/not-yet/").status_code == 404


def test_what_waits_is_read_and_the_public_page_stays(client):
    item = people.news_item(title_en="Public words", slug="public")
    waiting(item, title_en="Waiting words", slug="moved")
    people.signed_in(client, people.reviewer())
    page = client.get(show(item)).text
    assert "Waiting words" in page and "Public words" not in page
    assert "Public words" in client.get("/en/news/public/").text


def test_a_language_without_title_says_so_and_leads_to_the_other(client):
    item = people.news_item(title_en="Only English", title_mn="", published=False)
    people.signed_in(client, people.writer())
    answer = client.get(show(item, "mn"))
    assert answer.status_code == 200 and "хараахан бичээгүй" in answer.text and show(item, "en") in answer.text


def test_standing_pages_are_previewed_too(client):
    for key in Page.Key.values:
        page = Page.objects.create(key=key, title_en=f"Page {key}", title_mn="Хуудас", lead_en="A lead that waits.")
        people.signed_in(client, people.editor())
        answer = client.get(show(page))
        assert answer.status_code == 200, key
        page.refresh_from_db()
        assert page.publish_at_en is None


def test_only_the_desk_may_frame_it(client):
    item = people.news_item()
    people.signed_in(client, people.editor())
    framed = client.get(show(item))
    assert framed["X-Frame-Options"] == "SAMEORIGIN" and "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    public = client.get(item.get_absolute_url())
    assert public["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in public["Content-Security-Policy"]


def test_the_preview_page_frames_both_languages_at_both_widths(client):
    item = people.news_item()
    people.signed_in(client, people.writer())
    address = reverse("admin:office_newsitem_preview", args=[item.pk])
    for width in ("phone", "screen"):
        page = client.get(f"{address}?width={width}").text
        assert f"is-{width}" in page and all(f'src="{show(item, code)}"' in page for code in ("en", "mn"))


def made(client, item):
    people.signed_in(client, people.writer())
    assert client.post(reverse("admin:office_newsitem_link", args=[item.pk])).status_code == 302
    link = PreviewLink.objects.latest("pk")
    page = client.get(reverse("admin:office_newsitem_preview", args=[item.pk])).text
    client.logout()
    address = re.search(r"/en/preview/[\w-]{22}/", page)[0]
    assert link.token in address
    return link, address


def test_a_link_opens_the_newest_text_for_seven_days_to_the_second(client):
    item = people.news_item(title_en="Before", title_mn="Өмнө", published=False)
    with time_machine.travel("2026-03-02 10:00+08:00", tick=False):
        _link, address = made(client, item)
        NewsItem.objects.filter(pk=item.pk).update(title_en="Changed since")
        answer = client.get(address)
        assert "Changed since" in answer.text and "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "Өмнө" in client.get(address.replace("/en/", "/mn/")).text
    with time_machine.travel("2026-03-09 09:59:59+08:00", tick=False):
        assert client.get(address).status_code == 200
    with time_machine.travel("2026-03-09 10:00+08:00", tick=False):
        assert client.get(address).status_code == 404


def test_a_revoked_or_edited_link_opens_nothing(client):
    item = people.news_item(published=False)
    link, address = made(client, item)
    edited = address[:-2] + ("A" if address[-2] != "A" else "B") + "/"
    assert client.get(edited).status_code == 404
    people.signed_in(client, people.editor())
    assert client.get(reverse("admin:office_newsitem_revoke", args=[item.pk, link.pk])).status_code == 405
    assert client.post(reverse("admin:office_newsitem_revoke", args=[item.pk, link.pk])).status_code == 302
    client.logout()
    assert client.get(address).status_code == 404
    assert PreviewLink.objects.get(pk=link.pk).revoked_by is not None


def test_a_link_is_of_its_own_item_alone(client):
    link, _address = made(client, people.news_item(published=False))
    other = people.news_item(published=False)
    people.signed_in(client, people.editor())
    assert client.post(reverse("admin:office_newsitem_revoke", args=[other.pk, link.pk])).status_code == 404


def test_those_who_do_not_write_make_no_link(client):
    item = people.news_item(published=False)
    for role in (people.organiser, people.desk):
        people.signed_in(client, role())
        assert client.post(reverse("admin:office_newsitem_link", args=[item.pk])).status_code in {302, 403}
    assert not PreviewLink.objects.exists()


def test_no_link_lasts_longer_than_seven_days():
    item, now = people.news_item(), timezone.now()
    with pytest.raises(IntegrityError, match="seven_days"), transaction.atomic():
        PreviewLink(item=item, made_at=now, made_by=people.editor(), expires_at=now + timedelta(days=8)).save()


def test_unknown_kinds_are_not_found(client):
    people.signed_in(client, people.editor())
    assert client.get("/en/preview/resource/1/").status_code == 404
    assert client.get("/en/preview/newsitem/999999/").status_code == 404


def test_a_link_is_not_read_without_end(client, monkeypatch):
    """Each reading holds the item's row for a moment: nobody outside may keep editors from it."""
    link = previews.make_link(people.news_item(published=False), by=people.writer())
    monkeypatch.setattr("core.throttle.allowed", lambda name, who, *, times, seconds: name != "preview" or times > 60)
    answer = client.get(reverse("preview:shared", args=[link.token]))
    assert (answer.status_code, answer["Referrer-Policy"]) == (429, "strict-origin")
