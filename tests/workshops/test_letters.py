"""Letters: their words in both languages, one an occasion, and what nobody can put into them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contacts.models import PersonEmail
from office.models import CountryOffice
from tests import people
from workshops import letter_kinds, letters
from workshops.letter_words import by_day, fill, fill_subject, harmless
from workshops.models import Letter, LetterTemplate, Link, NominationRequest, State

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")


def official(language="en", **details):
    """An invited official with an address, at a workshop with all that letters state."""
    at = details.pop("workshop", None) or people.workshop(
        title_en="Labour migration policy", title_mn="Хөдөлмөрийн шилжилт хөдөлгөөний бодлого", venue_en="UN House, hall 2",
        venue_mn="НҮБ-ын байр, 2 дугаар танхим", contact_name="Ц. Энхмаа", contact_phone="7010 1234", contact_email="workshops@iom.example",
        signatory_en="G. Otgon, Chief of Mission", signatory_mn="Г. Отгон, Төлөөлөгчийн газрын тэргүүн", starts_on=date(2027, 5, 26),
        answer_deadline=datetime(2027, 5, 12, 18, tzinfo=ULAANBAATAR),
    )  # fmt: skip
    details = {"given_name": "Батбаяр", "patronymic": "Болдын", "email": "batbayar@gov.example", **details}
    become = details.pop("become", State.INVITED)
    person = people.person(preferred_language=language, **details)
    return people.registration(workshop=at, person=person, become=become, organisation=people.organisation(name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам"))


def answer_link(registration):
    return Link.objects.create(kind=Link.Kind.ANSWER, registration=registration)


# Words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", letter_kinds.KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", ["en", "mn"])
def test_the_portals_own_words_use_what_the_kind_knows(kind, language):
    subject, body = kind.words(language)
    used = set(letter_kinds.PLACEHOLDER.findall(f"{subject}\n{body}"))
    assert used <= set(kind.placeholders)
    assert set(kind.compulsory) <= set(letter_kinds.PLACEHOLDER.findall(body))
    assert set(kind.placeholders) <= set(letter_kinds.PLACEHOLDERS)
    assert "greeting" in used and "\n" not in subject


def test_an_invitation_says_what_to_do_by_when_in_the_officials_language(db):
    registration = official("en")
    letter = letters.write("official-invitation", registration=registration, link=answer_link(registration))
    assert letter.subject == "Please answer by 12 May: Labour migration policy"
    assert letter.body.splitlines()[0] == "Dear Batbayar,"
    assert "Institution: Ministry of Labour\nDates: 26–27 May 2027\nPlace: Ulaanbaatar\nVenue: UN House, hall 2\nPlease answer by: 12 May 2027, 18:00\n" in letter.body
    assert letter.body.endswith("Questions: Ts. Enkhmaa, 7010 1234, workshops@iom.example\n\nYours sincerely,\nG. Otgon, Chief of Mission\nIOM Mongolia")
    assert (letter.state, letter.to_address, letter.to_name) == ("queued", "batbayar@gov.example", "Boldyn Batbayar")


def test_an_invitation_in_mongolian(db):
    registration = official("mn")
    letter = letters.write("official-invitation", registration=registration, link=answer_link(registration))
    assert letter.subject == "5 сарын 12-ны дотор хариугаа өгнө үү: Хөдөлмөрийн шилжилт хөдөлгөөний бодлого"
    assert letter.body.splitlines()[0] == "Эрхэм Батбаяр танаа,"
    assert "Хариу өгөх хугацаа: 2027 оны 5 сарын 12, 18:00" in letter.body
    assert "Г. Отгон, Төлөөлөгчийн газрын тэргүүн" in letter.body


def test_the_secret_is_not_in_the_letter(db):
    registration = official()
    link = answer_link(registration)
    letter = letters.write("official-invitation", registration=registration, link=link)
    assert "{link}" in letter.body
    assert link.token not in letter.body + letter.subject


def test_an_institution_is_asked_in_the_requests_language(db):
    ministry = people.organisation(name_en="Ministry of Justice", name_mn="Хууль зүйн яам")
    at = people.workshop(title_en="Fair recruitment", seats={ministry: (2, 4)}, nomination_deadline=timezone.now() + timedelta(days=9))
    request = NominationRequest.objects.create(
        workshop=at, organisation=ministry, language="en", focal_name="Д. Оюун", focal_email="oyun@moj.example", state="sent", sent_at=timezone.now()
    )
    link = Link.objects.create(kind=Link.Kind.NOMINATE, request=request)
    letter = letters.write("request-invitation", request=request, link=link, documents=["invitation"])
    assert (letter.language, letter.to_address, letter.documents) == ("en", "oyun@moj.example", ["invitation"])
    assert letter.body.splitlines()[0] == "Dear Oyuun,"
    assert "Seats for your institution: 2 guaranteed, 4 at most" in letter.body
    assert letter.subject.startswith("Please name your officials by ")


def test_one_letter_an_occasion(db):
    registration = official()
    link = answer_link(registration)
    first = letters.write("official-reminder", registration=registration, link=link, occasion="2027-05-01")
    again = letters.write("official-reminder", registration=registration, link=link, occasion="2027-05-01")
    other = letters.write("official-reminder", registration=registration, link=link, occasion="2027-05-05")
    assert first == again != other
    assert Letter.objects.count() == 2


def test_without_an_address_it_stays_a_draft_and_says_so(db):
    registration = official(email=None)
    letter = letters.write("official-waiting", registration=registration)
    assert (letter.state, letter.problem) == ("draft", "no-address")
    assert str(letter_kinds.words_of(letter.problem)) == "No e-mail address is known: call instead."


def test_a_shared_mailbox_reads_for_whom_it_is(db):
    registration = official(email=None, shared_email="office@gov.example")
    letter = letters.write("official-waiting", registration=registration)
    assert letter.subject == "For Boldyn Batbayar: You are on the waiting list: Labour migration policy"
    assert letter.body.startswith("Dear Boldyn Batbayar,\n")


def test_the_primary_address_is_taken(db):
    registration = official()
    PersonEmail.objects.filter(person=registration.person).update(is_primary=False)
    PersonEmail.objects.create(person=registration.person, address="new@gov.example", is_primary=True)
    assert letters.write("official-waiting", registration=registration).to_address == "new@gov.example"


def test_many_letters_cost_no_more_queries(db, django_assert_num_queries):
    def at(count):
        rows = [official(email=f"{language}{count}@gov.example", language=language) for language in ("en", "mn") for _ in range(1)]
        while len(rows) < count:
            rows.append(official(email=f"more{len(rows)}@gov.example", workshop=rows[0].workshop))
        return rows[:count]

    few, many = at(2), at(6)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as two:
        letters.write_many("official-waiting", [{"registration": row} for row in few])
    with CaptureQueriesContext(connection) as six:
        letters.write_many("official-waiting", [{"registration": row} for row in many])
    assert len(six) == len(two)
    assert Letter.objects.count() == 8


# Templates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "lines"), [("en", ["Chief of Mission", "IOM Mongolia"]), ("mn", ["Төлөөлөгчийн газрын дарга", "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"])])
def test_the_office_signs_once(db, language, lines):
    CountryOffice.objects.create(**{"name_en": "IOM Mongolia", "name_mn": "ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"})
    registration = official(language)
    at = registration.workshop
    at.signatory_en, at.signatory_mn = "Chief of Mission, IOM Mongolia", "Төлөөлөгчийн газрын дарга, ОУШХБ-ын Монгол дахь төлөөлөгчийн газар"
    letter = letters.write("official-invitation", registration=registration, link=answer_link(registration))
    assert letter.body.splitlines()[-2:] == lines


def test_a_workshops_own_words_come_before_those_for_all(db):
    registration = official()
    LetterTemplate.objects.create(kind="official-waiting", subject_en="General", body_en="{greeting} general")
    assert letters.write("official-waiting", registration=registration, occasion="1").subject == "General"
    LetterTemplate.objects.create(kind="official-waiting", workshop=registration.workshop, subject_en="Ours: {workshop}")
    letter = letters.write("official-waiting", registration=registration, occasion="2")
    assert letter.subject == "Ours: Labour migration policy"
    assert "You are on the waiting list" not in letter.subject and "no seat is free for you" in letter.body


# What nobody can put in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Б.Батбаяр", "Б. Батбаяр"),
        ("http://evil.example/x", "evil. example/x"),
        ("www.evil.example", "www. evil. example"),
        ("javascript:alert(1)", "alert(1)"),
        ("http:/data:/203.0.113.5/x", "203.0.113.5/x"),
        ("http:/mailto:/data:/evil", "evil"),
        ("www。evil．example", "www. evil. example"),
        ("a@evil.example", "a (at) evil. example"),
        ("Bat\r\nBcc: all@evil.example", "Bat Bcc: all (at) evil. example"),
        ("{link}", "(link)"),
        ("<b>Bat</b>", "‹b›Bat‹/b›"),
        ("Цэнд-Аюуш", "Цэнд-Аюуш"),
        ("hall 3.5, 2nd floor", "hall 3.5, 2nd floor"),
        ("\u202eevil\u200b", "evil"),
    ],
)
def test_a_typed_value_is_a_piece_of_one_line(typed, said):
    assert harmless(typed) == said


def test_a_name_brings_no_link_line_or_header(db):
    registration = official(given_name="Bat\nBcc: x@evil.example", patronymic="http://evil.example/{link}", become=State.CONFIRMED)
    letter = letters.write("certificate-revoked", registration=registration, context={"reason": "see http://evil.example/{link}\nBcc: y@evil.example"})
    text = f"{letter.subject}\n{letter.body}\n{letter.to_name}"
    assert ("evil.example" in text, "{" in text, "\n" in letter.subject + letter.to_name) == (False, False, False)
    assert "Reason: see evil. example/(link) Bcc: y (at) evil. example\n" in letter.body
    assert letter.body.startswith("Dear Bat Bcc: x (at) evil. example,\n\n")


# Filling ----------------------------------------------------------------------------------------------------------


def test_a_line_that_has_nothing_to_say_is_left_out_with_its_heading():
    text = "Dear {name},\n\nVenue: {venue}\nPlace: {place}\n\nYour page:\n\n{link}\n\nBye"
    assert fill(text, {"name": "Bat", "place": "Khovd"}) == "Dear Bat,\n\nPlace: Khovd\n\nBye"
    assert fill(text, {"name": "Bat", "link": "{link}"}) == "Dear Bat,\n\nYour page:\n\n{link}\n\nBye"


def test_a_subject_leaves_no_gap():
    assert fill_subject("Please answer {by_day}: {workshop}", {"workshop": "Policy"}) == "Please answer: Policy"
    assert fill_subject("{by_day} хариугаа өгнө үү: {workshop}", {"workshop": "Бодлого"}) == "Хариугаа өгнө үү: Бодлого"
    assert len(fill_subject("{workshop}", {"workshop": "x" * 400})) <= 200


@pytest.mark.parametrize(("day", "said"), [(1, "5 сарын 1-ний дотор"), (4, "5 сарын 4-ний дотор"), (12, "5 сарын 12-ны дотор"), (30, "5 сарын 30-ны дотор"), (31, "5 сарын 31-ний дотор")])
def test_the_ending_of_a_day_follows_the_number(day, said):
    assert by_day(date(2027, 5, day), "mn") == said
