"""An editor's day: writes a news item in both languages, publishes it, mends the Mongolian, and history shows it."""

import re

import pytest

from tests import people
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Officials meet on labour migration"
TITLE_MN = "Хөдөлмөрийн шилжилт хөдөлгөөний уулзалт"


def messages_of(page):
    """Collects what the browser's console says from now on; nothing is right."""
    said = []
    page.on("console", lambda message: message.type in {"warning", "error"} and said.append(message.text))
    return said


def sign_in(page, address, user):
    page.goto(f"{address}/en/admin/office/newsitem/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def write(page, name, text):
    area = page.get_by_role("textbox", name=name, exact=True)
    area.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def publish(page, *, languages=("en", "mn")):
    for language in languages:
        page.check(f"[name=publish-{language}]")
    page.get_by_role("button", name="Publish", exact=True).click()


def test_an_editor_publishes_in_both_languages(live_server, page):
    editor = people.editor(full_name="Suvdaa Tugsjargal", preferred_language="en")
    people.press_contact(name="Press office", email="press@iom.example")
    said = messages_of(page)

    sign_in(page, live_server.url, editor)
    page.get_by_role("link", name="Add news item").click()
    page.wait_for_selector(".ProseMirror[contenteditable]")
    page.get_by_label("Title, English").fill(TITLE)
    page.get_by_label("Title, Mongolian").fill(TITLE_MN)
    page.get_by_label("Lead, English").fill("Thirty officials share what works.")
    page.get_by_label("Lead, Mongolian").fill("Гучин албан хаагч туршлагаа хуваалцав.")
    write(page, "Text, English", "The first day opened in Ulaanbaatar.")
    write(page, "Text, Mongolian", "Эхний өдөр Улаанбаатарт эхлэв.")
    page.get_by_label("Date of the news").fill("2026-03-02")

    page.get_by_role("button", name="Add another Quote").click()
    page.locator("#id_quotes-0-text_en").fill("We learn from one another.")
    page.locator("#id_quotes-0-text_mn").fill("Бид бие биеэсээ суралцдаг.")
    page.locator("#id_quotes-0-speaker_en").fill("A Director")
    page.locator("#id_quotes-0-speaker_mn").fill("Захирал")
    page.get_by_role("button", name="Add another Press contact").click()
    page.locator("#id_newscontact_set-0-contact").select_option(label="Press office")

    assert accessibility_faults(page) == []
    assert not wider_than_the_window(page)
    keep_picture(page, "editor-writes")
    page.locator("input[name=_save]").last.click()
    assert "was added successfully" in page.locator(".messagelist").inner_text()
    publish(page)
    assert said == []

    page.goto(f"{live_server.url}/en/news/officials-meet-on-labour-migration/")
    english = page.locator("main").inner_text()
    for words in [TITLE, "Thirty officials share what works.", "The first day opened in Ulaanbaatar.", "We learn from one another.", "press@iom.example"]:
        assert words in english
    page.goto(f"{live_server.url}/mn/news/officials-meet-on-labour-migration/")
    mongolian = page.locator("main").inner_text()
    for words in [TITLE_MN, "Эхний өдөр Улаанбаатарт эхлэв.", "Бид бие биеэсээ суралцдаг."]:
        assert words in mongolian
    keep_picture(page, "editor-published")

    page.goto(f"{live_server.url}/en/admin/office/newsitem/")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_selector(".ProseMirror[contenteditable]")
    write(page, "Text, Mongolian", "Хоёр дахь өдөр үргэлжлэв.")
    page.locator("input[name=_save]").last.click()
    keep_picture(page, "editor-desk")
    assert accessibility_faults(page) == [] and not wider_than_the_window(page)
    desk = page.url
    page.goto(f"{live_server.url}/mn/news/officials-meet-on-labour-migration/")
    assert "Эхний өдөр Улаанбаатарт эхлэв." in page.locator("main").inner_text()
    page.goto(desk)
    publish(page, languages=())
    page.goto(f"{live_server.url}/mn/news/officials-meet-on-labour-migration/")
    assert "Хоёр дахь өдөр үргэлжлэв." in page.locator("main").inner_text()

    page.goto(f"{live_server.url}/en/admin/office/newsitem/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="History").click()
    last = page.locator(".changes > li").first
    assert "Suvdaa Tugsjargal" in last.inner_text()
    assert "Хоёр дахь өдөр үргэлжлэв." in last.locator("ins").first.inner_text()
    assert "Эхний өдөр Улаанбаатарт эхлэв." in last.locator("del").first.inner_text()
    assert accessibility_faults(page) == []
    keep_picture(page, "editor-history")

    page.get_by_text("Suvdaa Tugsjargal").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/en/$"))
    assert said == []


def test_what_is_pasted_with_formatting_is_cleaned(live_server, page):
    """A paste from a word processor brings styles, fonts and scripts of its own; headings, tables and links are kept."""
    item = people.news_item(published=False)
    said = messages_of(page)
    sign_in(page, live_server.url, people.editor())
    page.goto(f"{live_server.url}/en/admin/office/newsitem/{item.pk}/change/")
    page.wait_for_selector(".ProseMirror[contenteditable]")
    page.get_by_role("textbox", name="Text, English", exact=True).click()
    page.keyboard.press("Control+A")
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData('text/html', html);
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        '<html><head><style>p.MsoNormal {margin: 0}</style></head><!--StartFragment--><h2 style="color:red" class=MsoTitle>Agenda</h2><p class="MsoNormal"><span style="font-family:Calibri">'
        '<a href="https://iom.int/" onclick="x()">IOM</a></span><script>alert(1)</script></p>'
        "<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span>first<o:p></o:p></p>"
        "<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span>second<o:p></o:p></p>"
        "<table class=MsoTableGrid><tr><td>Day</td></tr><tr><td>One</td></tr></table>",
    )
    # The server has said what the paste means, and the editor shows it so.
    page.wait_for_selector(".ProseMirror ul > li:nth-child(2)")
    assert page.locator(".ProseMirror th").all_inner_texts() == ["Day"]
    page.locator("input[name=_save]").last.click()
    item.refresh_from_db()
    assert "<h2>Agenda</h2>" in item.body_en
    assert re.search(r'<a href="https://iom.int/"[^>]*>IOM</a>', item.body_en)
    assert "<ul><li><p>first</p></li><li><p>second</p></li></ul>" in item.body_en
    assert re.search(r"<th[^>]*><p>Day</p></th></tr><tr><td[^>]*><p>One</p></td>", item.body_en)
    for trace in ("style", "class", "script", "onclick", "Mso", "<span", "target"):
        assert trace not in item.body_en, trace
    assert said == []


# Every page in each language, width and light once; the other halves of the four are among the slow tests.
@pytest.mark.parametrize(
    "language, width, color_scheme",
    [
        ("en", 1280, "dark"),
        ("mn", 360, "light"),
        pytest.param("mn", 1280, "dark", marks=pytest.mark.slow),
        pytest.param("en", 360, "light", marks=pytest.mark.slow),
    ],
)
def test_the_desk_is_accessible_everywhere(live_server, new_page, language, width, color_scheme):
    item = people.news_item()
    item.title_en = "Another title"
    item.save()
    editor = people.editor(full_name="Suvdaa")
    page = new_page(width=width, color_scheme=color_scheme)
    said = messages_of(page)
    sign_in(page, live_server.url, editor)
    faults = {}
    for name, address in [
        ("index", "admin/"),
        ("list", "admin/office/newsitem/?q=a"),
        ("form", f"admin/office/newsitem/{item.pk}/change/"),
        ("history", f"admin/office/newsitem/{item.pk}/history/"),
        ("desk", f"admin/office/newsitem/{item.pk}/desk/"),
        ("preview", f"admin/office/newsitem/{item.pk}/preview/"),
        ("versions", f"admin/office/newsitem/{item.pk}/versions/"),
        ("delete", f"admin/office/newsitem/{item.pk}/delete/"),
        ("import", "admin/office/redirect/import/"),
        ("links", "admin/office/linkcheck/?standing=all"),
        ("contact", "admin/contacts/presscontact/add/"),
        ("password", "accounts/password/change/"),
        ("factor", "accounts/2fa/"),
        ("confirm", "accounts/2fa/totp/activate/"),
    ]:
        page.goto(f"{live_server.url}/{language}/{address}")
        page.wait_for_load_state()
        if name in {"form", "import", "preview"}:
            page.wait_for_load_state("networkidle")  # until all is there that a script or a frame brings
        found = accessibility_faults(page)
        if wider_than_the_window(page):
            found.append("scrolls sideways")
        if found:
            faults[f"{language} {name}"] = found
        keep_picture(page, f"admin-{name}-{language}-{width}-{color_scheme}")
    assert faults == {}
    assert said == []
