"""A press release on its way: a writer enters the office's release of 2013, a reviewer reads it, an editor publishes it.

The text is the one that the site began with; each of its facts must come out on the public page, in a field of its own
where there is one.
"""

import re

import pytest
from django.core import mail
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from office.models import NewsItem, Version
from tests import people
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "IOM, Mongolia seek to manage labour migration"
PARAGRAPHS = [
    "The Mongolian economy’s outstanding performance over the last decade, and its rapidly growing but still largely untapped mining sector, make the world’s least densely populated country an increasingly attractive destination for high-, semi-, and low-skilled migrants from abroad.",
    "At the same time, large numbers of Mongolian workers are moving abroad to search for work in destinations including the Republic of Korea, the United States and Europe.",
    "IOM is hosting a two-day workshop in Ulan Bator this week for 30 Mongolian government officials to help them to establish effective labour migration policies for countries of origin and destination.",
    "The workshop, which starts tomorrow, will be attended by officials from the Mongolian Immigration Agency, the Employment Promotion Center, and the Ministries of Labour, Justice, Finance, Foreign Affairs and Population Development and Social Protection.",
    "The meeting, which is funded by IOM’s International Development Fund, will look at the challenge of managing the increasing number of labour migrants entering and leaving Mongolia.",
]
QUOTE = "This workshop will provide senior Mongolian officials with the tools to develop labour migration policy, to address labour shortages and to protect migrant rights. This is a crucial time for the country and IOM is very glad to be partnering with the government in this vital area."
INSTITUTIONS = [
    "Mongolian Immigration Agency", "Employment Promotion Center", "Ministry of Labour", "Ministry of Justice", "Ministry of Finance",
    "Ministry of Foreign Affairs", "Ministry of Population Development and Social Protection",
]  # fmt: skip
FUND = "IOM Development Fund"
TITLE_MN = "ОУШХБ, Монгол Улс хөдөлмөрийн шилжилтийг зохицуулна"


class Colleague:
    """Somebody at their own window."""

    def __init__(self, portal, new_page, who, **window):
        self.portal, self.who, self.page = portal, who, new_page(**window)

    def go(self, path, language="en"):
        self.page.goto(f"{self.portal}/{language}/{path}")
        if "/accounts/login/" in self.page.url:
            self.page.fill("[name=login]", self.who.email)
            self.page.fill("[name=password]", people.PASSWORD)
            with self.page.expect_navigation():
                self.page.press("[name=password]", "Enter")
        return self.page

    def do(self, act, text=""):
        """Opens an act on the item's desk, writes the comment and presses its button."""
        panel = self.page.locator("details.desk-act").filter(has=self.page.locator("summary", has_text=re.compile(rf"^\s*{act}\s*$")))
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        if text:
            panel.locator("textarea").fill(text)
        with self.page.expect_navigation():
            panel.get_by_role("button", name=act, exact=True).click()
        return self.page.locator("main").inner_text()


def letters():
    """What the worker would send now: [(address, subject)], and the mails themselves."""
    mail.outbox.clear()
    for queued in DBTaskResult.objects.ready():
        import_string(queued.task_path).call(*queued.args_kwargs["args"])
        queued.delete()
    return {letter.to[0]: letter for letter in mail.outbox}


def write(page, name, paragraphs):
    area = page.get_by_role("textbox", name=name, exact=True)
    area.click()
    page.evaluate(
        """html => { const data = new DataTransfer(); data.setData('text/html', html);
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }""",
        "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
    )


def enter_the_release(writer):
    """The writer types what the release says into the fields that are made for it."""
    page = writer.go("admin/office/newsitem/add/")
    page.wait_for_selector(".ProseMirror[contenteditable]")
    page.get_by_label("Title, English", exact=False).first.fill(TITLE)
    page.select_option("[name=kind]", "press-release")
    page.fill("[name=lead_en]", "A two-day workshop for 30 officials on labour migration policy.")
    page.fill("[name=dateline_en]", "Mongolia")
    write(page, "Text, English", PARAGRAPHS)
    page.fill("[name=published_on]", "2013-06-01")
    page.select_option("[name=precision]", "year")
    for name in INSTITUTIONS:
        page.get_by_label(name, exact=True).check()
    page.select_option("[name=funder]", label=FUND)
    page.get_by_label("Labour mobility", exact=True).check()
    page.get_by_role("button", name="Add another Quote").click()
    page.fill("[name=quotes-0-text_en]", QUOTE)
    page.fill("[name=quotes-0-speaker_en]", "Kieran Gorman-Best")
    page.fill("[name=quotes-0-role_en]", "IOM’s representative in Mongolia")
    page.get_by_role("button", name="Add another Press contact").click()
    page.select_option("[name=newscontact_set-0-contact]", index=1)
    page.get_by_role("button", name="Add another Workshop").click()
    page.select_option("[name=Workshop_news-0-workshop]", index=1)
    with page.expect_navigation():
        page.locator("[name=_save]").last.click()
    assert "was added successfully" in page.locator(".messagelist").inner_text()
    return page.url


def test_a_release_goes_from_the_writer_to_the_public(live_server, new_page):
    portal = live_server.url
    fund = people.organisation(name_en=FUND)
    institutions = [people.organisation(name_en=name) for name in INSTITUTIONS]
    people.press_contact(name="Ellen Wong", office_en="IOM Beijing", email="ewong@iom.int")
    people.work_area(name_en="Labour mobility", name_mn="Хөдөлмөрийн шилжилт")
    people.workshop(title_en="Labour migration policy", seats=dict.fromkeys(institutions, (1, None)), funder=fund, status="completed", starts_in=-30)
    writer = Colleague(portal, new_page, people.writer(full_name="Nomin", preferred_language="mn"))
    reviewer = Colleague(portal, new_page, people.reviewer(full_name="Enkhjin", preferred_language="en"), width=360)
    editor = Colleague(portal, new_page, people.editor(full_name="Suvdaa", preferred_language="en"), color_scheme="dark")
    visitor = new_page(width=360)

    # The writer enters it and asks for a review; she can publish nothing herself.
    desk = enter_the_release(writer)
    assert not writer.page.get_by_role("button", name="Publish", exact=True).count()
    writer.do("Ask for a review", "From the archive of 2013.")
    slug, pk = NewsItem.objects.values_list("slug", "pk").get()
    to_review = letters()
    assert set(to_review) == {reviewer.who.email, editor.who.email} and "From the archive of 2013." in to_review[reviewer.who.email].body

    # The reviewer follows the letter on her phone, reads the preview and sends it back.
    path = re.search(r"/en/(admin/\S+)", to_review[reviewer.who.email].body)[1]
    reviewer.go(path)
    reviewer.go(path)
    keep_picture(reviewer.page, "desk-review-360")
    assert accessibility_faults(reviewer.page) == [] and not wider_than_the_window(reviewer.page)
    reviewer.page.get_by_role("link", name="Preview", exact=True).click()
    frame = reviewer.page.frame_locator("iframe").first
    assert "Kieran Gorman-Best" in frame.locator("main").inner_text()
    reviewer.go(path)
    assert "Say what is to be changed" in reviewer.do("Send it back")
    reviewer.do("Send it back", "There is no Mongolian yet.")

    # The writer gets it in Mongolian, adds the Mongolian and asks again.
    back = letters()[writer.who.email]
    assert "буцаа" in back.subject and "There is no Mongolian yet." in back.body
    page = writer.go(f"admin/office/newsitem/{pk}/change/")
    page.wait_for_selector(".ProseMirror[contenteditable]")
    page.fill("[name=title_mn]", TITLE_MN)
    page.fill("[name=lead_mn]", "Албан хаагчдад зориулсан хоёр өдрийн сургалт.")
    write(page, "Text, Mongolian", ["Монгол Улсын эдийн засаг сүүлийн арван жилд өсөв."])
    page.fill("[name=quotes-0-text_mn]", "Энэ бол чухал үе.")
    page.fill("[name=quotes-0-speaker_mn]", "Кирен Горман-Бест")
    with page.expect_navigation():
        page.locator("[name=_save]").last.click()
    writer.do("Ask for a review")
    letters()

    reviewer.go(path)
    reviewer.do("Approve", "Good.")
    assert set(letters()) == {writer.who.email, editor.who.email}

    # Nobody outside has seen anything of it; the editor publishes English now and Mongolian tomorrow.
    assert visitor.goto(f"{portal}/en/news/{slug}/").status == 404
    editor.go("admin/")
    page = editor.go(path)
    keep_picture(page, "desk-publish-dark")
    page.check("[name=publish-en]")
    page.check("[name=publish-mn]")
    page.fill("[name=publish-mn_at]", "2099-01-01T09:00")
    editor.do("Publish")
    assert Version.objects.get(state="published").second == reviewer.who

    assert visitor.goto(f"{portal}/en/news/{slug}/").status == 200
    seen = " ".join(visitor.locator("main").inner_text().split())
    for words in [TITLE, "Press release", "2013", *PARAGRAPHS, QUOTE, "Kieran Gorman-Best", "IOM’s representative in Mongolia", *INSTITUTIONS, FUND, "Labour mobility", "Ellen Wong", "IOM Beijing", "ewong@iom.int", "30"]:
        assert words in seen, words
    assert visitor.locator("a[href^='mailto:ewong@iom.int']").count()
    assert visitor.locator(".dateline").inner_text() == "Mongolia"
    keep_picture(visitor, "desk-public-360")
    # The feed, the list and the search show it at once; Mongolian is not there before its moment.
    for address, words in [("en/news/", TITLE), ("en/search/?q=labour+migration+Gorman-Best", TITLE)]:
        visitor.goto(f"{portal}/{address}")
        assert words in visitor.locator("main").inner_text(), address
    assert TITLE in visitor.request.get(f"{portal}/en/news/feed/").text()
    assert TITLE_MN not in visitor.request.get(f"{portal}/mn/news/feed/").text()
    visitor.goto(f"{portal}/mn/news/{slug}/")
    assert TITLE_MN not in visitor.locator("main").inner_text()

    # A change to what is public waits, word by word, until the editor publishes it; then an earlier version comes back.
    page = writer.go(f"admin/office/newsitem/{pk}/change/")
    page.wait_for_selector(".ProseMirror[contenteditable]")
    page.fill("[name=lead_en]", "A workshop of two days for 30 officials on labour migration policy.")
    with page.expect_navigation():
        page.locator("[name=_save]").last.click()
    visitor.goto(f"{portal}/en/news/{slug}/")
    assert "A two-day workshop for 30" in visitor.locator(".lead").inner_text()
    page = editor.go(path)
    assert "two days" in page.locator(".changes ins").first.inner_text()
    editor.do("Publish")
    visitor.reload()
    assert "A workshop of two days" in visitor.locator(".lead").inner_text()
    page.get_by_role("link", name="Versions", exact=True).click()
    page.goto(f"{page.url}?from=3&to=2")
    with page.expect_navigation():
        page.get_by_role("button", name="Make version 2 the newest text").click()
    assert "A two-day workshop" in page.locator(".changes ins").first.inner_text() or "two-day" in page.locator(".changes").inner_text()
    assert desk
