"""A ministry's focal point answers by the secret link, on a phone, without an account and without scripts."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.urls import reverse

from tests import people
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window
from tests.workshops.test_nominate_page import PASTED, PDF
from workshops.models import Registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_focal_point_names_officials_without_scripts(live_server, new_page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    at = people.workshop(title_mn="Хөдөлмөрийн шилжилт хөдөлгөөн", contact_name="Office", contact_phone="+976 7011 1111")
    asked = people.request(workshop=at, seats=(2, 3), deadline=timezone.now() + timedelta(days=4))
    with translation.override("mn"):
        address = live_server.url + reverse("nominate:page", args=[asked.links.get().token])
    page = new_page(width=360, scripts=False, locale="mn-MN")
    page.goto(address)
    assert not wider_than_the_window(page)

    # Two are typed; a mistake is said beside its field and nothing is lost.
    page.fill("[name=given_name]", "Сарангэрэл")
    page.fill("[name=email]", "sarangerel@ministry")
    page.select_option("[name=sex]", "f")
    page.click("button[value=add]")
    assert page.input_value("[name=given_name]") == "Сарангэрэл"
    page.fill("[name=email]", "sarangerel@ministry.example")
    page.click("button[value=add]")
    page.fill("[name=given_name]", "Ганзориг")
    page.fill("[name=email]", "ganzorig@ministry.example")
    page.click("button[value=add]")
    names = page.locator(".named-name")
    assert [text.split()[-1] for text in names.all_inner_texts()] == ["Сарангэрэл", "Ганзориг"]
    page.locator(".named").nth(1).locator("button[value=up]").click()
    assert [text.split()[-1] for text in names.all_inner_texts()] == ["Ганзориг", "Сарангэрэл"]

    # A list is pasted: looked over, put right, sent; who is beyond the maximum becomes an alternate.
    page.click("a[href$='/list/']")
    page.fill("textarea", PASTED)
    page.click("main form button.button")
    page.fill("[name=lines-1-email]", "sarnai@ministry.example")
    page.check("[name=rest_as_alternates]")
    page.click("main form button.button")
    assert len(names.all_inner_texts()) == 5
    assert Registration.objects.filter(is_alternate=True).count() == 2

    # One is changed, one is taken out, the signed letter is attached, and that is all.
    page.locator(".named").nth(0).locator("a.button").click()
    page.fill("[name=job_title]", "Хэлтсийн дарга")
    page.click("main form button.button")
    page.locator(".named").nth(2).locator("button[value=out]").click()
    page.fill("[name=reply_number]", "2/117")
    page.set_input_files("[name=reply_file]", {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("button[value=letter]")
    page.click("button[value=final]")
    asked.refresh_from_db()
    assert (asked.state, asked.reply_number, bool(asked.reply_file)) == ("complete", "2/117", True)
    assert sorted(Registration.objects.values_list("given_name", "state")) == [
        ("Батбаяр", "withdrawn"), ("Ганзориг", "nominated"), ("Сарангэрэл", "nominated"), ("Сарнай", "nominated"), ("Эрдэнэ", "nominated"),
    ]  # fmt: skip
    assert Registration.objects.get(given_name="Ганзориг").job_title == "Хэлтсийн дарга"
    assert page.context.cookies() == [] or {cookie["name"] for cookie in page.context.cookies()} == {"csrftoken"}
    keep_picture(page, "focal-point")

    with_scripts = new_page(width=360, color_scheme="dark")
    for path in (address, address + "list/", address.replace(address.split("/")[-2], "A" * 22)):
        with_scripts.goto(path)
        assert (accessibility_faults(with_scripts), wider_than_the_window(with_scripts)) == ([], False)
