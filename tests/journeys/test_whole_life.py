"""The whole life of a workshop in a browser, from the clone of an earlier one to the report and the news about it: every act
on a page, every link from a letter that came by SMTP, each actor in their own language, the clock moved from day to day;
once with scripts and once (among the slow tests) without.
"""

import io
import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar
from openpyxl import load_workbook
from pypdf import PdfReader

from iom_mongolia import worker
from tests import mail_server, people
from tests.browser import accessibility_faults, keep_picture, wider_than_the_window
from tests.workshops.test_nominate_page import PDF
from workshops.models import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")
LINK = re.compile(r"https?://\S+/(?:nominate|answer|certificate)/[\w-]+/")
# What is right in the usual tests.
RIGHT = re.compile("^(Ажил олгогч|Тийм|Хуулийн хувьд заавал дагахгүй)")

SARANGEREL, GANZORIG, YONDON = "saran@labour.example", "ganzorig@labour.example", "yondon@labour.example"
ARIUNAA, OLZIIBAT, TUYA, BATTULGA = "ariunaa@labour.example", "ulzii@justice.example", "tuya@justice.example", "battulga@justice.example"


class Life:
    """The portal, its worker, its mail server and its clock."""

    def __init__(self, portal, mails, clock, new_page, *, scripts):
        self.portal, self.mails, self.clock, self.new_page, self.scripts = portal, mails, clock, new_page, scripts

    def day(self, month, day, at="10:00"):
        """Goes on to a moment of 2026 in Ulaanbaatar, and lets the worker do what is due by then."""
        self.clock.move_to(datetime.combine(datetime(2026, month, day), time.fromisoformat(at), ULAANBAATAR))
        for name, _seconds in worker.CHORES:
            worker.do_chore(name)

    def window(self, language, **options):
        return self.new_page(scripts=self.scripts, locale="en-GB" if language == "en" else "mn-MN", **options)

    def mail_to(self, address, *, about=""):
        """The newest mail to an address with `about` in its subject; there must be one."""
        found = [mail for mail in self.mails.messages if address in mail["To"] and about in mail["Subject"]]
        assert found, (address, about, [(mail["To"], mail["Subject"]) for mail in self.mails.messages])
        return found[-1]

    def link_for(self, address, **about):
        """The personal link in the newest such mail."""
        return LINK.search(text_of(self.mail_to(address, **about))).group()


class Staff:
    """Somebody of the office at their window, reading one language."""

    def __init__(self, life, who, *, language="en", **window):
        self.life, self.who, self.language = life, who, language
        self.page = life.window(language, **window)

    def go(self, name, *args, query="", to="staff"):
        """Opens a page by its name; whoever's day at the screen is over signs in first."""
        with translation.override(self.language):
            address = self.life.portal + reverse(f"{to}:{name}", args=args) + query
        self.page.goto(address)
        if "/accounts/login/" in self.page.url:
            self.page.fill("input[name=login]", self.who.email)
            self.page.fill("input[name=password]", people.PASSWORD)
            with self.page.expect_navigation():
                self.page.press("input[name=password]", "Enter")
            self.page.goto(address)
        return self.page

    def press(self, name):
        """Presses the button or link of that name, and waits until it has been answered: the clock may move on then."""
        within, exact = self.page.locator("main"), isinstance(name, str)
        found = within.get_by_role("button", name=name, exact=exact).or_(within.get_by_role("link", name=name, exact=exact)).first
        in_place = self.life.scripts and found.locator("xpath=ancestor-or-self::*[@data-hx-post or @data-hx-get]").count()
        if in_place:
            with self.page.expect_response(lambda answer: answer.request.resource_type in {"xhr", "fetch"}):
                found.click()
        else:
            with self.page.expect_navigation():
                found.click()

    def next_step(self, at):
        """What the workshop's own page says comes next."""
        self.go("workshop", at.slug)
        return self.page.locator("main h2").first.inner_text()

    def follow(self, at, expected):
        """Does as that page says: presses what comes next, which must be `expected`."""
        assert self.next_step(at) == f"Next: {expected}"
        self.press(expected)

    def paper(self, name):
        """The text of the PDF that a press opens."""
        self.press(name)
        answer = self.page.request.get(self.page.url)
        assert answer.headers["content-type"] == "application/pdf"
        return words_of(answer.body())


class Official:
    """Somebody who is invited: on a phone, at the link of their newest letter."""

    def __init__(self, life, address, *, language="mn", **about):
        self.life = life
        self.page = life.window(language, width=360)
        self.page.goto(life.link_for(address, **about).replace("/mn/", f"/{language}/"))

    def act(self, name):
        with self.page.expect_navigation():
            self.page.click(f"button[value={name}]")
        assert not wider_than_the_window(self.page)

    def accept(self, *, photo, **needs):
        for name, value in needs.items():
            self.page.fill(f"[name={name}]", value)
        self.page.check(f"[name=photo][value={photo}]")
        self.page.check("[name=contact_list][value=yes]")
        self.page.check("[name=notice]")
        self.act("accept")
        assert self.page.locator("button[value=accept]").count() == 0

    def fill(self, kind, *, right=True):
        """Answers a test or the evaluation; where it matters, rightly or not."""
        self.page.locator(f"main a[href*='/form/{kind}/']").first.click()
        self.page.locator("form.fill").wait_for()
        self.page.wait_for_load_state()
        assert not wider_than_the_window(self.page)
        for question in self.page.locator("form.fill fieldset").all():
            options = question.locator("input[type=radio]")
            if options.count():
                wanted = question.get_by_label(RIGHT)
                (wanted if right and wanted.count() else options).last.check()
        self.page.locator("form.fill button").last.click()
        self.page.get_by_text("Баярлалаа").first.wait_for()


def text_of(mail):
    return next(part.get_content() for part in mail.walk() if part.get_content_type() == "text/plain")


def attached(mail):
    return {part.get_filename(): part.get_payload(decode=True) for part in mail.walk() if part.get_filename()}


def words_of(pdf):
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def mails():
    with mail_server.running() as running:
        yield running


@pytest.fixture
def life(request, live_server, new_page, mails, settings, tmp_path):
    mails.forget()
    cache.clear()
    settings.MAILERS = mails.settings
    settings.PORTAL_ADDRESS = live_server.url
    settings.DEFAULT_FROM_EMAIL = "IOM Mongolia <portal@iom.example>"
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=ULAANBAATAR), tick=True) as clock:
        yield Life(live_server.url, mails, clock, new_page, scripts=request.param == "with scripts")


@pytest.fixture
def earlier():
    """What the office has when the story begins: a workshop of last autumn, and an official whom it knows from elsewhere."""
    labour = people.organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам")
    justice = people.organisation(name_en="Ministry of Justice", name_mn="Хууль зүйн яам")
    finance = people.organisation(name_en="Ministry of Finance", name_mn="Сангийн яам")
    at = people.workshop(
        slug="labour-migration-2025", title_en="Labour migration policy", title_mn="Хөдөлмөрийн шилжилт хөдөлгөөний бодлого",
        starts_on=datetime(2025, 10, 7).date(), status=Workshop.Status.COMPLETED, capacity=6, hours=12,
        seats={labour: (3, 4), justice: (2, 3), finance: (1, 2)},
        contact_name="Д. Оюун", contact_email="workshops@iom.example", contact_phone="+976 7011 1111",
        signatory_en="S. Bat, Chief of Mission", signatory_mn="С. Бат, Төлөөлөгчийн газрын тэргүүн",
    )  # fmt: skip
    for day in (0, 1):
        people.agenda_item(workshop=at, day=day, title_en="Figures and trends", title_mn="Тоо баримт, чиг хандлага")
        people.agenda_item(workshop=at, day=day, starts_at="11:00", ends_at="12:30", title_en="Group work", title_mn="Бүлгийн ажил")
    people.person(given_name="Ulziibat", patronymic="Tserendorj", organisation=finance)
    return at


@pytest.mark.parametrize("life", ["with scripts", pytest.param("without scripts", marks=pytest.mark.slow)], indirect=True)
def test_from_the_letter_to_the_ministries_to_the_report(life, earlier):
    organiser = Staff(life, people.organiser())
    at = plan(life, organiser, earlier)
    nominate(life, organiser, at)
    invite(life, organiser, at)
    fill_the_seats(life, organiser, at)
    write(life, organiser, at)
    publish(life, organiser, at)
    prepare(life, organiser, at)
    open_the_door(life, organiser, at)
    learn(life, organiser, at)
    certify(life, organiser, at)
    report(life, organiser, at)
    know_people(life, organiser)
    tell_the_press(life, organiser, at)


def plan(life, organiser, earlier):
    """1. Another like the last one, in May, with its seats and programme and nobody of its people."""
    page = organiser.go("workshop", earlier.slug)
    organiser.press("Make another like this one")
    page.fill("[name=starts_on]", "2026-05-12")
    page.fill("[name=ends_on]", "2026-05-13")
    organiser.press("Make the workshop")
    at = Workshop.objects.get(cloned_from=earlier)
    organiser.press("Name the venue")
    page.fill("[name=venue_en]", "Room 3, Government House")
    page.fill("[name=venue_mn]", "Төрийн ордон, 3 дугаар танхим")
    page.fill("[name=nomination_deadline]", "2026-04-10T18:00")
    page.fill("[name=answer_deadline]", "2026-04-24T18:00")
    page.fill("[name=release_on]", "2026-04-17")
    organiser.press(re.compile("^Save"))
    organiser.go("workshop", at.slug)
    organiser.press("Concept note approved, with budget line and project code")
    organiser.follow(at, "Open the nominations")
    return at


def nominate(life, organiser, at):
    """2. One institution answers by the link in its e-mail, one by telephone after a reminder, one sends nobody."""
    page = organiser.page
    organiser.follow(at, "Send the letters to the institutions")
    organiser.press("Prepare 3 requests")
    for name, number, focal in [("Labour", "26/41", "labour@gov.example"), ("Justice", "26/42", "justice@gov.example"), ("Finance", "26/43", "")]:
        organiser.go("institutions", at.slug)
        organiser.press(f"Ministry of {name}")
        organiser.press("Change the request")
        page.fill("[name=letter_number]", number)
        page.fill("[name=addressee_mn]", "Төрийн нарийн бичгийн дарга")
        if focal:
            page.fill("[name=focal_name]", "Д. Мандах")
            page.fill("[name=focal_email]", focal)
        organiser.press(re.compile("^Save"))
    organiser.go("institutions", at.slug)
    organiser.press("Send 2; 1 lacks an address")
    organiser.press("Send 2 letters")
    organiser.press("Ministry of Finance")
    organiser.press("It goes on paper")

    life.day(3, 16)
    [(name, letter)] = attached(life.mail_to("labour@gov.example", about="нэрлэнэ үү")).items()
    assert "26/41" in words_of(letter) and "Хөдөлмөрийн яам" in words_of(letter)
    phone = life.window("mn", width=360)
    phone.goto(life.link_for("labour@gov.example"))
    for given_name, patronymic, sex, email, place in [
        ("Сарангэрэл", "Батбаярын", "f", SARANGEREL, "principal"),
        ("Ганзориг", "Дашдоржийн", "m", GANZORIG, "principal"),
        ("Ёндон", "Сүхбаатарын", "m", YONDON, "principal"),
        ("Ариунаа", "Мөнхбатын", "f", ARIUNAA, "alternate"),
    ]:
        _name_one(phone, given_name=given_name, patronymic=patronymic, sex=sex, email=email, place=place)
    with phone.expect_navigation():
        phone.click("button[value=final]")
    assert not wider_than_the_window(phone)
    keep_picture(phone, f"life-focal-point-{life.scripts}")
    # The link of another institution shows nothing of these.
    phone.goto(life.link_for("justice@gov.example"))
    assert "Хууль зүйн яам" in phone.content() and "Сарангэрэл" not in phone.content()

    life.day(4, 9)
    organiser.go("institutions", at.slug)
    organiser.press("Remind 1 that is late")
    organiser.press(re.compile("^(Remind|Send)"))
    life.day(4, 9, "10:30")
    life.mail_to("justice@gov.example", about="Сануулга")
    organiser.go("institutions", at.slug)
    organiser.press("Enter names , Ministry of Justice")
    for given_name, patronymic, sex, email, place in [
        ("Өлзийбат", "Цэрэндоржийн", "m", OLZIIBAT, "principal"),
        ("Үүрийнтуяа", "Лхагвасүрэнгийн", "f", TUYA, "principal"),
        ("Төгөлдөр", "Болдын", "m", "", "alternate"),
    ]:
        page.select_option("[name=via]", "phone")
        _name_one(page, given_name=given_name, patronymic=patronymic, sex=sex, email=email, place=place, phone="9911 2233")
    organiser.go("institutions", at.slug)
    organiser.press("Ministry of Justice")
    organiser.press("The answer is complete")
    organiser.go("institutions", at.slug)
    organiser.press("Ministry of Finance")
    page.locator("summary", has_text="sends nobody").click()
    page.fill("[name=reason]", "Busy with the budget")
    with page.expect_navigation():
        page.click("button[value=decline]")
    # One of those named has a namesake in another ministry: the office is asked, and takes them for two.
    organiser.go("workshop", at.slug)
    organiser.press("Mend 1 row of a list")
    organiser.press(re.compile("^Another person"))
    organiser.press(re.compile("^Register 1"))
    page.get_by_text("registered from this list").first.wait_for()


def _name_one(page, *, place, sex, **details):
    for name, value in details.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=sex]", sex)
    page.check(f"[name=place][value={place}]")
    with page.expect_navigation():
        page.click("button[value=add]")


def invite(life, organiser, at):
    """3. The office decides; one accepts in Mongolian, one in English, one declines, one is called by telephone."""
    page = organiser.page
    # On this day the seat of the ministry that sends nobody is everybody's.
    life.day(4, 17)
    organiser.follow(at, "Decide about the nominations")
    _move(page, "invited", ["Sarangerel", "Ganzorig", "Yondon", "Ölziibat", "Üüriintuyaa"])
    _move(page, "waitlisted", ["Ariunaa", "Tögöldör"])
    # Letters wait a little, for whoever presses Undo.
    assert SARANGEREL not in "".join(mail["To"] for mail in life.mails.messages)
    life.day(4, 17, "11:00")

    Official(life, SARANGEREL, about="хариугаа өгнө үү").accept(photo="yes", diet="Мах иддэггүй")
    in_english = Official(life, GANZORIG, language="en")
    in_english.accept(photo="no", access="A seat near the door")
    assert "Your seat is confirmed" in in_english.page.locator("main").inner_text()
    Official(life, TUYA).accept(photo="yes")
    declining = Official(life, YONDON)
    declining.page.locator("form", has=declining.page.locator("button[value=decline]")).locator("[name=reason]").fill("Томилолттой")
    declining.act("decline")

    life.day(4, 22)
    organiser.go("call_list", at.slug)
    organiser.press("Remind 1 by letter")
    organiser.press(re.compile("^Comes.*Ölziibat"))


def _move(page, to, people):
    for name in people:
        page.get_by_role("checkbox", name=re.compile(name)).check()
    with page.expect_navigation():
        page.locator(f"#bulk button[value={to}]").click()
    with page.expect_navigation():
        page.click("main form button[name=commit]")


def fill_the_seats(life, organiser, at):
    """4. The alternate of the one who declined lets the offer pass, and telephones; the next waits no longer."""
    page = organiser.page
    organiser.follow(at, "Fill the free seats")
    organiser.press(re.compile("^Offer to the next: M. Ariunaa"))
    organiser.press(re.compile("^Offer to the next: B. Tögöldör"))
    life.day(4, 22, "11:00")
    missed = life.link_for(ARIUNAA, about="суудал гарлаа")
    organiser.go("call_list", at.slug)
    organiser.press(re.compile("^Comes.*Tögöldör"))
    life.day(4, 25)
    phone = life.window("mn", width=360)
    phone.goto(missed)
    assert "Хариу өгөх хугацаа дууссан" in phone.locator("main").inner_text()
    assert phone.locator("button[value=accept]").count() == 0
    organiser.go("participants", at.slug, query="?state=expired")
    organiser.press("Invite : M. Ariunaa")
    life.day(4, 25, "11:00")
    Official(life, ARIUNAA).accept(photo="yes")
    life.day(4, 25, "12:00")


def write(life, organiser, at):
    """5. Another room: what follows is shown first, the letters about it are drafts, one is changed, all are sent at once."""
    page = organiser.page
    organiser.go("workshop_move", at.slug)
    page.fill("[name=venue_en]", "Blue hall, Government House")
    page.fill("[name=venue_mn]", "Төрийн ордон, Хөх танхим")
    page.fill("[name=reason_en]", "Room 3 is being painted")
    page.fill("[name=reason_mn]", "3 дугаар танхимд засвар хийж байна")
    organiser.press("Show what follows")
    organiser.press("Move the workshop")
    organiser.go("letters", at.slug, query="?state=draft")
    organiser.press(re.compile("Сарангэрэл"))
    organiser.press("Change the words")
    page.fill("[name=body]", page.input_value("[name=body]") + "\n\nОрох хаалга зүүн талд байна.")
    organiser.press("Keep the words")
    organiser.go("letters", at.slug)
    keep_picture(page, f"life-outbox-{life.scripts}")
    for box in page.locator("input[type=checkbox][name=selected]").all():
        box.check()
    with page.expect_navigation():
        page.locator("#bulk button[value=send]").click()
    organiser.press(re.compile(r"^Send \d+ letters"))
    life.day(4, 25, "12:30")
    moved = life.mail_to(SARANGEREL, about="байршлыг")
    assert "Хөх танхим" in text_of(moved) and "засвар" in text_of(moved) and "Орох хаалга зүүн талд байна." in text_of(moved)
    newest, older = (Calendar.from_ical(attached(mail)["invite.ics"]) for mail in (moved, life.mail_to(SARANGEREL, about="баталгаажлаа")))
    assert [day["UID"] for day in newest.walk("VEVENT")] == [day["UID"] for day in older.walk("VEVENT")]
    assert {day["SEQUENCE"] for day in newest.walk("VEVENT")} == {day["SEQUENCE"] + 1 for day in older.walk("VEVENT")}


def publish(life, organiser, at):
    """6. The programme came along; an item is added, it is published, a room changes: those who come are told, and visitors see it."""
    page = organiser.page
    organiser.follow(at, "Confirm the workshop")
    organiser.follow(at, "Publish the programme")
    organiser.press("Add an item")
    page.fill("[name=starts_at]", "14:00")
    page.fill("[name=ends_at]", "15:30")
    page.fill("[name=title_en]", "Fair recruitment")
    page.fill("[name=title_mn]", "Шударга зуучлал")
    page.fill("[name=room_mn]", "Хөх танхим")
    page.fill("[name=others]", "Ellen Wong")
    organiser.press("Save")
    organiser.press("Publish the programme")
    organiser.press("Fair recruitment")
    page.fill("[name=room_mn]", "Ногоон танхим")
    organiser.press("Save")
    organiser.press(re.compile("^Publish"))
    organiser.go("materials", at.slug)
    page.fill("[name=title_en]", "Global Compact for Migration")
    page.fill("[name=title_mn]", "Шилжилт хөдөлгөөний дэлхийн гэрээ")
    page.fill("[name=link]", "https://www.iom.int/global-compact-migration")
    page.select_option("[name=visible_to]", "everybody")
    organiser.press("Add it")
    life.day(4, 27)
    assert "Ногоон танхим" in text_of(life.mail_to(TUYA, about="Хөтөлбөр өөрчлөгдлөө"))
    visitor = life.window("mn")
    visitor.goto(f"{life.portal}/mn/workshops/{at.slug}/")
    seen = visitor.locator("main").inner_text()
    for words in ("Шударга зуучлал", "Ellen Wong", "Ногоон танхим", "Шилжилт хөдөлгөөний дэлхийн гэрээ", "2026 оны 5 сарын 12–13"):
        assert words in seen, words
    assert "Сарангэрэл" not in visitor.content()
    organiser.go("programme", at.slug)
    assert "Шударга зуучлал" in organiser.paper("Print")


def prepare(life, organiser, at):
    """The tests are made and the first is opened; the evening before one falls ill and a colleague comes; badges are printed."""
    page = organiser.page
    for kind in ("Test before", "Test after", "Evaluation"):
        organiser.go("learning", at.slug)
        organiser.press(f"Make it from the usual questions : {kind}")
    organiser.go("learning", at.slug)
    organiser.press("Open and write to the participants")
    life.day(5, 11, "17:00")
    organiser.go("participants", at.slug)
    organiser.press("Boldyn Tögöldör")
    organiser.press("Replace by another")
    page.fill("[name=given_name]", "Баттулга")
    page.fill("[name=patronymic]", "Сүхийн")
    page.fill("[name=email]", BATTULGA)
    page.select_option("[name=sex]", "m")
    page.fill("[name=reason]", "Ill")
    organiser.press("Replace")
    life.day(5, 11, "18:00")
    assert "invite.ics" in attached(life.mail_to(BATTULGA, about="баталгаажлаа"))
    organiser.go("badges", at.slug)
    badges = organiser.paper("Print badges")
    assert "Баттулга" in badges and "Төгөлдөр" not in badges


def open_the_door(life, organiser, at):
    """7. The desk checks in on a phone, in Mongolian; one who had declined comes all the same; the second day is typed in from paper."""
    page = organiser.page
    life.day(5, 12, "08:40")
    organiser.follow(at, "Begin the workshop")
    desk = Staff(life, people.desk(), language="mn", width=360)
    if life.scripts:
        desk.page.clock.set_system_time(datetime.now(ULAANBAATAR))
    desk.go("door", at.slug)
    for name in ("Сарангэрэл", "Ганзориг", "Ариунаа", "Үүрийнтуяа", "Баттулга"):
        desk.page.locator("#list-form button", has_text=name).click()
        desk.page.locator("#verdict", has_text=name).wait_for()
    keep_picture(desk.page, f"life-door-{life.scripts}")
    assert not wider_than_the_window(desk.page)
    organiser.go("door_walk_in", at.slug)
    page.fill("[name=q]", "yondon")
    with page.expect_navigation():
        page.press("[name=q]", "Enter")
    with page.expect_navigation():
        page.locator("button[name=person]", has_text="Yondon").click()
    page.fill("[name=over_reason]", "Sent by the minister after all")
    organiser.press("Let in")
    assert "Yondon" in page.locator("#verdict").inner_text()

    life.day(5, 13, "16:00")
    organiser.go("attendance", at.slug)
    page.get_by_role("link", name="Type the sheet in").last.click()
    for name in ("Ariunaa", "Battulga", "Ganzorig", "Sarangerel", "Üüriintuyaa"):
        page.get_by_label(re.compile(f"{name}: Present")).check()
    for name in ("Yondon", "Ölziibat"):
        page.get_by_label(re.compile(f"{name}: Absent")).check()
    organiser.press("Save the sheet")
    organiser.go("attendance", at.slug)
    page.get_by_role("link", name="Type the sheet in").first.click()
    page.get_by_label(re.compile("Ölziibat: Absent")).check()
    organiser.press("Save the sheet")
    organiser.go("attendance", at.slug)
    page.get_by_role("link", name="Type the sheet in").last.click()
    page.set_input_files("[name=file]", {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": PDF})
    organiser.press("Attach and save the sheet")


def learn(life, organiser, at):
    """8. Tests before and after and the evaluation, on the officials' own phones by the same link."""
    page = organiser.page
    four = [SARANGEREL, GANZORIG, TUYA, BATTULGA]
    life.clock.move_to(datetime(2026, 5, 12, 9, tzinfo=ULAANBAATAR))
    for address in (*four, ARIUNAA):
        Official(life, address).fill("pre", right=False)
    life.day(5, 13, "16:10")
    for _form in ("post", "evaluation"):
        organiser.go("learning", at.slug)
        organiser.press("Open and write to the participants")
    life.day(5, 13, "16:30")
    for address in (*four, ARIUNAA):
        Official(life, address, about="сорил").fill("post")
    for address in four:
        Official(life, address, about="үнэлгээ").fill("evaluation")
    Official(life, ARIUNAA, about="үнэлгээ").fill("evaluation")
    # While it is open nobody sees what was answered: what changes from one moment to the next would tell whose it is.
    organiser.go("learning_results", at.slug, "evaluation")
    assert page.locator("main figure svg").count() == 0
    organiser.go("report", at.slug)
    assert "Close the evaluation first" in page.locator("main").inner_text()
    organiser.go("learning", at.slug)
    with page.expect_navigation():
        page.locator("form[action*='/evaluation/'] button[value=close]").click()
    organiser.go("learning_results", at.slug, "evaluation")
    assert "5 people have answered" in page.locator("main").inner_text()
    assert page.locator("main figure svg").count() > 0


def certify(life, organiser, at):
    """9. Who was there on both days gets one; a misspelt one is issued anew, and the old one says so to whoever asks."""
    page = organiser.page
    life.day(5, 14)
    organiser.follow(at, "Close the workshop")
    organiser.follow(at, "Issue the certificates")
    short = page.locator("tr", has_text="Yondon").inner_text()
    assert "1 of 2 days attended, 2 needed" in short
    organiser.press("Issue all 5 that are due")
    life.day(5, 14, "11:00")
    mail = life.mail_to(BATTULGA, about="Гэрчилгээ")
    [(name, certificate)] = attached(mail).items()
    assert "Сүхийн Баттулга" in words_of(certificate) and name.removesuffix(".pdf") in text_of(mail)
    organiser.press(re.compile("^Correct the name : S. Battulga"))
    page.fill("[name=patronymic]", "Сүхээгийн")
    organiser.press("Issue the corrected certificate")
    life.day(5, 14, "11:30")
    anew = life.mail_to(BATTULGA, about="Гэрчилгээ")
    assert "Сүхээгийн Баттулга" in words_of(*attached(anew).values())
    stranger = life.window("mn")
    stranger.goto(LINK.search(text_of(mail)).group())
    assert "хүчинтэй" not in stranger.locator("h1 ~ *").first.inner_text()
    stranger.goto(LINK.search(text_of(anew)).group())
    seen = stranger.locator("main").inner_text()
    assert "2026 оны 5 сарын 12–13, 12 цаг" in seen
    assert "Энэ гэрчилгээ хүчинтэй" in seen and "Сүхээгийн Баттулга" in seen
    assert "noindex" in stranger.locator("meta[name=robots]").get_attribute("content")
    keep_picture(stranger, f"life-certificate-{life.scripts}")


def report(life, organiser, at):
    """10. What the donor is told: six came, of two ministries; five learnt; as a page, as a workbook, as a paper."""
    page = organiser.page
    organiser.go("report", at.slug)
    seen = page.locator("main").inner_text()
    for words in ("100.0 percentage points (5 people in both tests)", "5.0 of 5 (5 answers)"):
        assert words in seen
    assert [row.split("\t") for row in page.locator("tr", has_text="Ministry of").first.locator("xpath=ancestor::table").inner_text().splitlines()] == [
        ["By institution, as of the event", "Participations", "Women", "Men", "Not stated", "People"],
        ["Ministry of Labour", "4", "2", "2", "0", "4"],
        ["Ministry of Justice", "2", "1", "1", "0", "2"],
        ["Total", "6", "3", "3", "0", "6"],
    ]  # fmt: skip
    keep_picture(page, f"life-report-{life.scripts}")
    with page.expect_download() as download:
        page.locator("button[value=xlsx]").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert [cell.value for sheet in book for row in sheet for cell in row].count("Ministry of Labour") >= 2
    page.check("[name=with_names]")
    page.fill("[name=recipient]", "IOM Development Fund")
    page.fill("[name=purpose]", "Annex of the final report")
    with page.expect_download() as download:
        page.locator("button[value=pdf]").click()
    paper = words_of(download.value.path().read_bytes())
    assert "Sarangerel" in paper and "Төгөлдөр" not in paper
    organiser.press("It was sent")


def know_people(life, organiser):
    """11. The two namesakes were one official all along, who has changed the ministry: two records become one."""
    page = organiser.page
    organiser.go("people")
    organiser.press("Possible duplicates")
    organiser.press(re.compile("^Told apart"))
    organiser.press(re.compile("^Compare again"))
    organiser.go("people")
    organiser.press("Possible duplicates")
    organiser.press(re.compile("^Merge them"))
    page.fill("[name=reason]", "He says so himself")
    organiser.press("Merge into one")
    seen = page.locator("main").inner_text()
    assert "Ministry of Justice" in seen and "Ministry of Finance" in seen and "Labour migration policy" in seen


def publish_news(editor):
    """Ticks both languages on the item's desk, and publishes it."""
    page = editor.page
    for language in ("en", "mn"):
        page.check(f"[name=publish-{language}]")
    editor.press("Publish")


def tell_the_press(life, organiser, at):
    """12. The news about it is drafted; what is still to be filled in keeps it from the public until the editor has."""
    organiser.go("press", at.slug)
    organiser.press("Draft a news item from this workshop")
    draft = organiser.page.url
    editor = Staff(life, people.editor())
    page = editor.go("today")
    page.goto(draft)
    editor.press("Review and publish")
    publish_news(editor)
    assert "[fill in: quote]" in page.locator("main").inner_text()
    page.goto(draft)
    for language, purpose, quote in [
        ("en", "It gave officials the tools to write a policy.", "Labour mobility is here to stay."),
        ("mn", "Бодлого боловсруулах чадвар олгов.", "Хөдөлмөрийн шилжилт үргэлжилнэ."),
    ]:
        body = page.locator(f"[name=body_{language}]")
        if life.scripts:
            area = page.get_by_role("textbox", name=f"Text, {'English' if language == 'en' else 'Mongolian'}", exact=True)
            area.locator("p", has_text="[").click(click_count=3)
            page.keyboard.type(purpose)
        else:
            body.fill(re.sub(r"\[[^\]]+\]", purpose, body.input_value()))
        page.fill(f"[name=quotes-0-text_{language}]", quote)
    with page.expect_navigation():
        page.locator("[name=_save]").last.click()
    # The editor's words are in it now: another pair of eyes is needed.
    editor.press("Ask for a review")
    life.day(5, 14, "11:00")
    reviewer = Staff(life, people.reviewer(preferred_language="en"))
    reviewer.go("today")
    reviewer.page.goto(page.url)
    reviewer.press("Approve")
    page.reload()
    publish_news(editor)
    visitor = life.window("mn")
    visitor.goto(f"{life.portal}/mn/news/")
    with visitor.expect_navigation():
        visitor.get_by_role("link", name="Улаанбаатар: Хөдөлмөрийн шилжилт хөдөлгөөний бодлого").first.click()
    seen = visitor.locator("main").inner_text()
    for words in ("төрийн 6 албан хаагч", "Хөдөлмөрийн яам", "Хууль зүйн яам", "5 хүн гэрчилгээ авлаа", "Хөдөлмөрийн шилжилт үргэлжилнэ.", "С. Бат"):
        assert words in seen, words
    if life.scripts:
        assert accessibility_faults(visitor) == []
