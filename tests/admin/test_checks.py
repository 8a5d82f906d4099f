"""The checks on the change page: after a save, while one writes, and who may ask."""

import pytest
from django.urls import reverse

from office import languages, versions
from office.models import NewsItem, Page, SaidTheSame
from tests import people
from tests.admin.forms import filled
from tests.office.test_languages import old_item, written
from tests.office.test_proofreading import fine

pytestmark = pytest.mark.django_db


def address(item, page="change"):
    return reverse(f"admin:office_{item._meta.model_name}_{page}", args=[item.pk])


def codes(page):
    return [(finding.code, finding.language) for finding in page.context["checks"]["found"]]


def test_the_change_page_says_what_is_found_and_leads_to_the_field(client):
    people.signed_in(client, people.writer())
    page = client.get(address(fine(body_en='<p>In <a href="/en/news/nowhere/">Ulan Bator</a></p>')))
    assert codes(page) == [("dead_link", "en"), ("old_spelling", "en")]
    assert 'href="#id_body_en"' in page.text and "1 stops publication" in page.text
    assert "Nothing is found" in client.get(address(fine())).text


def test_the_page_shows_what_is_found_in_the_newest_text(client):
    people.signed_in(client, people.writer())
    item = written(fine(), en=30, mn=30)
    client.post(address(item), {**filled(client.get(address(item))), "lead_en": "a" * 301})
    assert codes(client.get(address(item))) == [("lead_too_long", "en"), ("lags", "mn")]
    assert codes(client.get(address(item, "desk"))) == [("lead_too_long", "en"), ("lags", "mn")]
    client.post(address(item, "same"), {})
    assert codes(client.get(address(item))) == codes(client.get(address(item, "desk"))) == [("lead_too_long", "en")]
    assert f'href="{address(item)}#id_lead_en"' in client.get(address(item, "desk")).text


def test_what_was_typed_and_refused_is_read_too(client):
    people.signed_in(client, people.writer())
    item = fine()
    page = client.post(address(item), {**filled(client.get(address(item))), "lead_en": "a" * 301, "published_on": "never"})
    assert page.status_code == 200 and codes(page) == [("lead_too_long", "en"), ("lags", "mn")]


def test_what_is_typed_is_read_and_nothing_is_stored(client):
    people.signed_in(client, people.writer())
    item = fine()
    before, events = versions.snapshot(item), NewsItem.pgh_event_model.objects.count()
    answer = client.post(address(item, "check"), {**filled(client.get(address(item))), "title_en": "[fill in: title]", "published_on": "never"})
    assert answer.status_code == 200 and codes(answer) == [("unfilled", "en"), ("lags", "mn")] and "<html" not in answer.text
    assert (versions.snapshot(item), versions.open_of(item), NewsItem.pgh_event_model.objects.count()) == (before, None, events)
    new = client.post(reverse("admin:office_newsitem_check_new"), {"title_en": "New", "kind": "press-release"})
    assert codes(new) == [("no_mongolian", "mn"), ("no_contact", ""), ("no_targets", "")]
    assert NewsItem.objects.count() == 1


def test_what_is_typed_is_escaped(client):
    people.signed_in(client, people.writer())
    answer = client.post(reverse("admin:office_newsitem_check_new"), {"title_en": "[fill in: <script>x</script>]"})
    assert "<script" not in answer.text and "&lt;script&gt;" in answer.text


def test_asking_changes_nothing_so_it_takes_a_post_and_a_token(client):
    people.signed_in(client, people.editor())
    item = old_item()
    for page in ("check", "same"):
        assert client.get(address(item, page)).status_code == 405
    assert client.get(reverse("admin:office_newsitem_check_new")).status_code == 405
    strict = type(client)(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(address(item, "check"), {}).status_code == 403
    assert not SaidTheSame.objects.exists()


@pytest.mark.parametrize("role, of_news, of_areas", [("organiser", 403, 403), ("writer", 200, 403), ("reviewer", 200, 403), ("editor", 200, 200), ("administrator", 200, 200), ("desk", 302, 302)])
def test_who_may_change_may_ask(client, role, of_news, of_areas):
    item, area = old_item(), people.work_area()
    people.signed_in(client, getattr(people, role)())
    assert client.post(address(item, "check"), {}).status_code == of_news
    assert client.post(reverse("admin:office_newsitem_check_new"), {}).status_code == of_news
    assert client.post(address(area, "check"), {}).status_code == of_areas
    client.post(address(item, "same"), {})
    assert SaidTheSame.objects.exists() is (of_news == 200)


def test_an_item_that_is_gone_is_no_error(client):
    people.signed_in(client, people.editor())
    assert client.post(reverse("admin:office_newsitem_check", args=[999999]), {}).status_code == 404
    assert client.post(reverse("admin:office_newsitem_same", args=[999999]), {}).status_code == 404
    assert client.post(reverse("admin:office_newsitem_change", args=[999999]), {"_same": "1"}).status_code == 302


def test_the_mongolian_is_said_to_be_up_to_date(client):
    people.signed_in(client, people.writer())
    item = old_item()
    NewsItem.objects.filter(pk=item.pk).update(title_en="A typo mended")
    answer = client.post(address(item, "same"), {"next": "/en/admin/office/"})
    assert answer["Location"] == "/en/admin/office/" and not languages.lags(item)
    assert client.post(address(item, "same"), {"next": "https://elsewhere.example/"})["Location"] == address(item)
    one = old_item(title_mn="")
    assert "nothing to compare" in client.post(address(one, "same"), {}, follow=True).text


def test_it_is_said_together_with_a_save(client):
    user = people.writer()
    people.signed_in(client, user)
    item = old_item()
    page = client.get(address(item))
    client.post(address(item), {**filled(page), "title_en": "A typo mended", "_same": "1"})
    said = SaidTheSame.objects.get()
    assert (said.item, said.by) == (item, user)
    assert ("lags", "mn") not in codes(client.get(address(item)))
    # A save that is refused says nothing.
    client.post(address(item), {**filled(client.get(address(item))), "title_en": "Another", "published_on": "never", "_same": "1"})
    assert SaidTheSame.objects.count() == 1


def test_pages_areas_and_resources_have_checks_too(client):
    people.signed_in(client, people.editor())
    page = Page.objects.create(key="about", title_en="About", title_mn="Тухай", body_en="<h3>First</h3>")
    assert ("heading_order", "en") in codes(client.get(address(page)))
    area = written(people.work_area(), en=1, mn=3)
    assert codes(client.get(address(area))) == [("lags", "mn"), ("no_targets", "")]
    assert client.get(address(people.publication())).context["checks"]["found"] == []
    for model in ("newsitem", "workarea", "resource"):
        assert "While you write" in client.get(reverse(f"admin:office_{model}_add")).text


def test_who_only_reads_sees_no_checks(client):
    people.signed_in(client, people.organiser())
    assert "data-checks" not in client.get(address(fine())).text


def test_what_is_public_once_saved_is_refused_beside_its_field(client):
    people.signed_in(client, people.editor())
    area = people.work_area()
    dead = {"body_mn": '<p><a href="/mn/news/nowhere/">Мэдээ</a></p>', "summary_en": "[fill in: summary]"}
    page = client.post(address(area), {**filled(client.get(address(area))), **dead})
    assert {name: len(errors) for name, errors in page.context["adminform"].form.errors.items()} == {"body_mn": 1, "summary_en": 1}
    assert "/mn/news/nowhere/" in page.context["adminform"].form.errors["body_mn"][0]
    area.refresh_from_db()
    assert area.body_mn == "" == area.summary_en
    # Hidden it may wait; shown again it may not; and what is dead already keeps nobody from another field.
    hidden = {**filled(client.get(address(area))), **dead}
    hidden.pop("is_public")
    assert client.post(address(area), hidden).status_code == 302
    assert client.post(address(area), {**filled(client.get(address(area))), "is_public": "on"}).status_code == 200
    type(area).objects.filter(pk=area.pk).update(is_public=True)
    assert client.post(address(area), {**filled(client.get(address(area))), "name_en": "Another name"}).status_code == 302
