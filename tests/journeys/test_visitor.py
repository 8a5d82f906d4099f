"""A visitor on an old phone, without scripts, reads from the home page to what she looked for, and changes the language there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from office.models import CountryOffice, Goal, Page, Target
from tests import people
from tests.browser import wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def the_office():
    yesterday = timezone.now() - timedelta(days=1)
    CountryOffice.objects.create(name_en="IOM Mongolia", name_mn="ОУШХБ Монгол", organisation_name_en="International Organization for Migration", organisation_name_mn="Олон Улсын Шилжилт Хөдөлгөөний Байгууллага")
    for key in ("our-work", "2030-agenda", "data-and-resources"):
        Page.objects.create(key=key, title_en=f"Title of {key}", title_mn=f"Гарчиг {key}", publish_at_en=yesterday, publish_at_mn=yesterday)
    goal = Goal.objects.create(number=10, name_en="Reduced inequalities", name_mn="Тэгш бус байдлыг бууруулах", colour="#dd1367")
    target = Target.objects.create(goal=goal, code="10.7", text_en="Orderly and safe migration", text_mn="Аюулгүй, эмх цэгцтэй шилжилт хөдөлгөөн")
    area = people.work_area(slug="labour", name_en="Labour mobility", name_mn="Хөдөлмөрийн шилжилт")
    area.targets.add(target)
    people.indicator(slug="abroad", title_en="Mongolians abroad", title_mn="Гадаадад байгаа монголчууд").work_areas.add(area)
    item = people.news_item(slug="begins", title_en="A course begins", title_mn="Шилжилт хөдөлгөөний сургалт эхэллээ")
    item.work_areas.add(area)
    item.targets.add(target)
    people.workshop(slug="days", title_en="Two days of policy", title_mn="Бодлогын хоёр өдөр")


def test_a_visitor_finds_her_way_and_her_language(live_server, new_page):
    the_office()
    page = new_page(width=320, scripts=False, locale="mn-MN")
    page.goto(live_server.url)
    assert page.url.endswith("/mn/")

    def press(name, within="main"):
        with page.expect_navigation():
            page.locator(within).get_by_role("link", name=name).first.click()
        assert not wider_than_the_window(page), page.url
        return page.locator("main").inner_text()

    # From the menu to an area of work, its figure, its goal and what the office did for it.
    page.goto(f"{live_server.url}/mn/our-work/")
    assert "Гадаадад байгаа монголчууд" in press("Хөдөлмөрийн шилжилт")
    press("Гадаадад байгаа монголчууд")
    assert "/figures/abroad/" in page.url and page.locator("table td, table th").count() > 3
    page.go_back()
    press("10.7")
    page.goto(f"{live_server.url}/mn/2030-agenda/")
    seen = press("Тэгш бус байдлыг бууруулах")
    assert "/2030-agenda/goals/10/" in page.url and "Шилжилт хөдөлгөөний сургалт эхэллээ" in seen

    # She types as on a keyboard without Mongolian, finds the news, and reads it in English.
    page.goto(f"{live_server.url}/mn/search/?q=shiljilt+surgalt")
    assert "сургалт эхэллээ" in press("Шилжилт хөдөлгөөний сургалт эхэллээ")
    with page.expect_navigation():
        page.locator("header").get_by_role("link", name="English").first.click()
    assert page.url.endswith("/en/news/begins/") and "A course begins" in page.locator("main h1").inner_text()
    assert page.context.cookies() == []
