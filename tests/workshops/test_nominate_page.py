"""The focal point's page: by the link alone, without an account, and nothing of anybody else is on it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contacts.models import Person, Sex
from core import spreadsheets
from tests import people
from tests.workshops.test_replies import files_of_their_own, fresh  # noqa: F401 (a fixture)
from workshops import links, registrations, replies
from workshops.models import Letter, Nominee, Registration, Workshop
from workshops.views.nominate import key_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


def page_of(asked, name="page", *arguments):
    return reverse(f"nominate:{name}", args=[asked.links.get(revoked_at=None).token, *arguments])


def typed(**details):
    entry = people.entry(**details)
    return {"act": "add", "place": "principal", **entry}


@pytest.fixture
def asked():
    at = people.workshop(title_en="Labour migration", title_mn="Хөдөлмөрийн шилжилт", contact_name="Д. Оюун", contact_phone="+976 7011 1111")
    return people.request(workshop=at, seats=(2, 3), deadline=timezone.now() + timedelta(days=5, hours=1), letter_number="12/345")


# What it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("en", ["D. Oyuun", "Labour migration", "2 seats guaranteed", "at most 3", "5 days left"]), ("mn", ["Д. Оюун", "Хөдөлмөрийн шилжилт"])])
def test_it_says_what_is_asked_in_both_languages(client, asked, language, words):
    with translation.override(language):
        answer = client.get(page_of(asked))
    text = answer.content.decode()
    assert [word for word in words if word not in text] == []
    # The notice on privacy stands in both, whatever the reader's language.
    assert ('lang="en"' in text, 'lang="mn"' in text, "How these names are used" in text) == (True, True, True)


def test_it_is_kept_by_nobody_and_tells_its_address_to_nobody(client, asked):
    answer = client.get(page_of(asked))
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow", "strict-origin")
    assert "no-store" in answer["Cache-Control"]
    assert client.cookies.get("sessionid") is None


def test_reading_changes_nothing(client, asked):
    named = people.name(asked, people.entry())[0]
    for address in (page_of(asked), page_of(asked, "list"), page_of(asked, "name", key_of(named)), page_of(asked, "letter")):
        with CaptureQueriesContext(connection) as done:
            assert client.get(address).status_code == 200
        assert [query["sql"] for query in done if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")) and "portal_cache" not in query["sql"]] == []


def test_as_many_queries_for_three_names_as_for_one(client, asked):
    counts = []
    for entries in ([people.entry()], [people.entry(), people.entry(is_alternate=True)]):
        people.name(asked, *entries)
        client.get(page_of(asked))
        with CaptureQueriesContext(connection) as done:
            client.get(page_of(asked))
        counts.append(len(done))
    assert counts[0] == counts[1]


def test_another_institutions_link_sees_nothing_of_this_one(client, asked):
    named = people.name(asked, people.entry(given_name="Нууцхүү"))[0]
    other = people.request(workshop=asked.workshop)
    assert "Нууцхүү" in client.get(page_of(asked)).content.decode()
    text = client.get(page_of(other)).content.decode()
    assert ("Нууцхүү" in text, str(asked.organisation) in text) == (False, False)
    # Nor can it touch anybody by their key.
    client.post(page_of(other), {"act": "out", "key": key_of(named)})
    assert fresh(named).withdrawn_at is None
    assert client.get(page_of(other, "name", key_of(named))).status_code == 302


def test_it_never_tells_who_is_known_to_the_office(client, asked):
    """The same is sent for somebody known, somebody registered by another institution and somebody new: the answers are alike."""
    known = people.person(given_name="Тэмүүлэн", patronymic="Батын", email="known@ministry.example", sex="m")
    people.registration(workshop=asked.workshop, person=people.person(given_name="Мичидмаа", patronymic="Дорж", email="taken@ministry.example", sex="f"))
    texts = []
    for entry in (
        {"given_name": "Тэмүүлэн", "patronymic": "Батын", "email": "known@ministry.example", "job_title": "Дарга"},
        {"given_name": "Мичидмаа", "patronymic": "Дорж", "email": "taken@ministry.example", "job_title": "Дарга"},
        {"given_name": "Цэнгэлмаа", "patronymic": "Пүрэв", "email": "fresh@ministry.example", "job_title": "Дарга"},
    ):
        other = people.request(workshop=asked.workshop, organisation=people.organisation(name_en="Same", name_mn="Ижил"), seats=(1, 2))
        answer = client.post(page_of(other), {"act": "add", "place": "principal", **entry}, follow=True)
        text = answer.content.decode()
        token, key = page_of(other).split("/")[-2], key_of(Nominee.objects.latest("pk"))
        for own in (token, key, *entry.values()):
            text = text.replace(own, "…")
        texts.append(text.split("<main")[1])
    strip = [re.sub(r'value="[^"]{60,}"', "", text) for text in texts]
    assert strip[0] == strip[1] == strip[2]
    assert str(known.pk) not in strip[0].split()


# What it takes ------------------------------------------------------------------------------------------------


def test_a_name_is_typed_and_is_with_the_office_at_once(client, asked):
    answer = client.post(page_of(asked), typed(given_name="Сарангэрэл"))
    assert (answer.status_code, "done=named" in answer["Location"]) == (302, True)
    assert Registration.objects.get().given_name == "Сарангэрэл"
    text = client.get(answer["Location"]).content.decode()
    assert ("Сарангэрэл" in text, "1 name was added." in text) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"given_name": ""}, "Give the given name."), ({"email": "bat@ministry"}, "e-mail address"), ({"phone": "later"}, "telephone number")],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(client, asked, wrong, words):
    answer = client.post(page_of(asked), typed(job_title="Ахлах мэргэжилтэн", **wrong))
    text = answer.content.decode()
    assert (answer.status_code, words in text, "Ахлах мэргэжилтэн" in text, Nominee.objects.count()) == (422, True, True, 0)


def test_one_principal_too_many_is_refused_and_taken_as_an_alternate(client, asked):
    people.name(asked, people.entry(), people.entry(), people.entry())
    data = typed()
    answer = client.post(page_of(asked), data)
    assert (answer.status_code, "at most 3 participants" in answer.content.decode()) == (422, True)
    assert client.post(page_of(asked), {**data, "place": "alternate"}).status_code == 302
    assert Nominee.objects.filter(is_alternate=True).count() == 1


def test_a_registration_number_is_left_out_and_said(client, asked):
    answer = client.post(page_of(asked), typed(job_title="Дарга УБ88112233"), follow=True)
    assert "Civil registration numbers were left out." in answer.content.decode()
    assert Nominee.objects.get().job_title == "Дарга"


def test_order_groups_change_and_taking_out(client, asked):
    one, other = people.name(asked, people.entry(), people.entry())
    post = lambda **data: client.post(page_of(asked), data)  # noqa: E731
    post(act="up", key=key_of(other))
    assert list(asked.nominees.values_list("pk", flat=True)) == [other.pk, one.pk]
    post(act="alternate", key=key_of(one))
    assert fresh(one).registration.is_alternate is True
    address = page_of(asked, "name", key_of(one))
    assert one.given_name in client.get(address).content.decode()
    client.post(address, {**people.entry(given_name=one.given_name, patronymic=one.patronymic), "email": one.email, "job_title": "Дарга", "place": "alternate"})
    assert fresh(one).registration.job_title == "Дарга"
    post(act="out", key=key_of(one))
    assert fresh(one).registration.state == "withdrawn"
    # A second tab knows nothing of it yet.
    for data in ({"act": "out"}, {"act": "up"}, {"act": "principal"}):
        assert client.post(page_of(asked), {**data, "key": key_of(one)}).status_code == 302
    assert client.get(address).status_code == 302
    assert Nominee.objects.filter(withdrawn_at=None).get() == other


def test_once_the_office_has_decided_the_page_says_to_call(client, asked):
    named = people.name(asked, people.entry())[0]
    registrations.invite(fresh(named).registration, by=people.organiser())
    text = client.get(page_of(asked)).content.decode()
    assert "The office has gone on with this nomination." in text
    assert 'value="out"' not in text
    answer = client.post(page_of(asked), {"act": "out", "key": key_of(named)})
    assert (answer.status_code, "Please call the office." in answer.content.decode()) == (422, True)


def test_the_final_answer_and_a_refusal(client, asked):
    people.name(asked, people.entry())
    client.post(page_of(asked), {"act": "final"})
    assert fresh(asked).state == "complete"
    assert "<h1>Your answer is complete</h1>" in client.get(page_of(asked)).content.decode()
    answer = client.post(page_of(asked), {"act": "decline", "reason": ""})
    assert (answer.status_code, "Give a reason." in answer.content.decode()) == (422, True)
    client.post(page_of(asked), {"act": "decline", "reason": "On mission."})
    assert (fresh(asked).state, fresh(asked).decline_reason) == ("declined", "On mission.")
    client.post(page_of(asked), {"act": "reopen"})
    assert fresh(asked).state == "sent"


def test_after_the_deadline_the_page_says_whom_to_call_and_takes_nothing(client, asked):
    people.name(asked, people.entry(given_name="Сарангэрэл"))
    asked.deadline = timezone.now() - timedelta(minutes=1)
    asked.save()
    text = client.get(page_of(asked)).content.decode()
    assert ("<h1>The deadline is over</h1>" in text, "+976 7011 1111" in text, "Сарангэрэл" in text) == (True, True, True)
    assert "<textarea" not in text and 'name="act"' not in text
    answer = client.post(page_of(asked), typed())
    assert (answer.status_code, "The deadline is over. Please call the office." in answer.content.decode()) == (422, True)
    assert client.get(page_of(asked, "list")).status_code == 302
    assert Nominee.objects.count() == 1


@pytest.mark.parametrize("why", ["late", "declined"])
def test_a_refused_act_gives_back_all_that_was_typed(client, asked, why):
    named = people.name(asked, people.entry(given_name="Сарангэрэл"))[0]
    change, listed = page_of(asked, "name", key_of(named)), page_of(asked, "list")
    if why == "late":
        asked.deadline = timezone.now() - timedelta(minutes=1)
        asked.save()
    else:
        replies.decline(fresh(asked), reason="On mission.", by=None, via="nominator")
    entry = typed(given_name="Номинцэцэг", job_title="Ахлах зөвлөх", email="nomin@ministry.example", sex="f")
    for answer in (client.post(page_of(asked), entry), client.post(change, entry)):
        assert answer.status_code == 422
        for word in ("Номинцэцэг", "Ахлах зөвлөх", "nomin@ministry.example", str(Sex.FEMALE.label)):
            assert word in answer.content.decode()
    looked_over = client.post(listed, {"text": "Номинцэцэг\tАхлах зөвлөх"})
    assert "Номинцэцэг" in looked_over.content.decode()
    if why == "late":
        answer = client.post(page_of(asked), {"act": "decline", "reason": "All are on mission."})
        assert (answer.status_code, "All are on mission." in answer.content.decode()) == (422, True)
        answer = client.post(page_of(asked), {"act": "letter", "reply_number": "12/345-a"})
        assert (answer.status_code, "12/345-a" in answer.content.decode()) == (422, True)
    assert Nominee.objects.count() == 1


# The link -----------------------------------------------------------------------------------------------------


def test_a_link_that_leads_nowhere_says_what_to_do(client, asked):
    by, address = people.organiser(), page_of(asked)
    unknown = client.get(reverse("nominate:page", args=["A" * 22]))
    assert (unknown.status_code, "This link does not work" in unknown.content.decode()) == (404, True)
    renewed = links.renew(asked.links.get(), by=by)
    for method in (client.get, client.post):
        answer = method(address, {"act": "final"})
        assert (answer.status_code, "This link was replaced" in answer.content.decode()) == (410, True)
    assert client.get(page_of(asked)).status_code == 200
    renewed.expires_at = timezone.now()
    renewed.save()
    answer = client.get(page_of(asked))
    assert (answer.status_code, "This link has run out" in answer.content.decode()) == (410, True)
    renewed.expires_at = None
    renewed.save()
    Workshop.objects.update(status="cancelled")
    answer = client.get(page_of(asked))
    assert (answer.status_code, "Nominations are closed" in answer.content.decode(), answer["X-Robots-Tag"]) == (410, True, "noindex, nofollow")


def test_who_asks_too_often_waits(client, asked, monkeypatch):
    counted = []
    monkeypatch.setattr("core.throttle.allowed", lambda name, who, **limits: counted.append((name, limits)))
    for address in (page_of(asked), page_of(asked, "list"), page_of(asked, "letter")):
        assert client.get(address).status_code == 429
    assert set(map(str, counted)) == {"('nominate', {'times': 180, 'seconds': 60})"}


# A list -------------------------------------------------------------------------------------------------------

PASTED = """№\tОвог\tНэр\tХүйс\tАлбан тушаал\tУтас\tИ-мэйл\tРегистр
1\tДорж\tБатбаяр\tэр\tДарга\t99112233\tbatbayar@ministry.example\tУБ88112233
2\tПүрэв\tСарнай\tэм\tМэргэжилтэн\t99112244\tsarnai@ministry\t
Нөөц
1\tБат\tЭрдэнэ\tэр\tМэргэжилтэн\t99112255\terdene@ministry.example\t
Нийт 3
"""


def lines_of(answer):
    """What the page of a list that was read would send back, as a browser does."""
    lines = answer.context["lines"]
    data = {f"lines-{name}": lines.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for form in lines:
        data |= {field.html_name: field.value() or "" for field in form if field.name != "leave_out"}
    return data


def test_a_pasted_list_is_looked_over_then_sent_and_what_is_wrong_stays(client, asked):
    address = page_of(asked, "list")
    read = client.post(address, {"text": PASTED})
    assert (read.status_code, Nominee.objects.count()) == (200, 0)
    text = read.content.decode()
    assert ("Civil registration numbers were left out." in text, "88112233" in text) == (True, False)
    data = lines_of(read)
    assert [data[f"lines-{n}-given_name"] for n in range(3)] == ["Батбаяр", "Сарнай", "Эрдэнэ"]
    assert [data[f"lines-{n}-place"] for n in range(3)] == ["principal", "principal", "alternate"]
    sent = client.post(address, data)
    assert sent.status_code == 422
    assert set(Nominee.objects.values_list("given_name", "is_alternate")) == {("Батбаяр", False), ("Эрдэнэ", True)}
    left = lines_of(sent)
    assert (left["lines-TOTAL_FORMS"], left["lines-0-given_name"], left["lines-0-email"]) == (1, "Сарнай", "sarnai@ministry")
    assert "2 names were added." in sent.content.decode()
    done = client.post(address, {**left, "lines-0-email": "sarnai@ministry.example"})
    assert (done.status_code, Nominee.objects.count()) == (302, 3)


def test_rows_may_be_left_out_and_the_rest_become_alternates(client, asked):
    address = page_of(asked, "list")
    rows = "\n".join(f"Дорж{letter}\tБатбаяр{letter}\tДарга" for letter in "абвгд")
    data = lines_of(client.post(address, {"text": f"Овог\tНэр\tАлбан тушаал\n{rows}\n"}))
    refused = client.post(address, {**data, "lines-0-leave_out": "on"})
    assert (refused.status_code, Nominee.objects.count()) == (422, 3)
    assert "at most 3 participants" in refused.content.decode() and "This was ticked for you" in refused.content.decode()
    done = client.post(address, {**lines_of(refused), "rest_as_alternates": "1"})
    assert (done.status_code, Nominee.objects.filter(is_alternate=True).count(), Nominee.objects.filter(given_name="Батбаяра").exists()) == (302, 1, False)


def test_an_uploaded_excel_file_is_read(client, asked):
    content = spreadsheets.write_xlsx(["Овог", "Нэр", "И-мэйл"], [["Дорж", "Батбаяр", "batbayar@ministry.example"]])
    read = client.post(page_of(asked, "list"), {"file": SimpleUploadedFile("list.xlsx", content)})
    assert lines_of(read)["lines-0-given_name"] == "Батбаяр"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Paste some rows or choose a file."),
        ({"text": "Нийт 3\n"}, "No names were found in it."),
        ({"file": SimpleUploadedFile("list.xlsx", PDF)}, "This is a PDF."),
        ({"file": SimpleUploadedFile("list.xlsx", b"PK\x03\x04broken")}, "damaged"),
        ({"file": SimpleUploadedFile("list.csv", b"x" * (5 * 2**20 + 1))}, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(client, asked, data, words):
    answer = client.post(page_of(asked, "list"), data)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_nothing_of_the_directory_shows_while_a_list_is_read(client, asked):
    before = client.post(page_of(asked, "list"), {"text": PASTED}).content.decode()
    people.person(given_name="Батбаяр", patronymic="Дорж", email="batbayar@ministry.example", sex="m")
    after = client.post(page_of(asked, "list"), {"text": PASTED}).content.decode()
    strip = [re.sub(r'value="[^"]{60,}"', "", text) for text in (before, after)]
    assert strip[0] == strip[1]
    assert Person.objects.count() == 1


# Its letter ---------------------------------------------------------------------------------------------------

HOSTILE = {
    "a page that calls itself a letter": ("letter.pdf", b"<html><script>alert(1)</script>"),
    "a program": ("letter.png", b"MZ\x90\x00" + b"\0" * 100),
    "a picture with a script": ("letter.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "nothing": ("letter.pdf", b""),
    "half a letter": ("letter.pdf", b"%PDF-1.7 and no end"),
    "an archive": ("letter.jpg", b"PK\x03\x04" + b"\0" * 100),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused(client, asked, case):
    name, content = HOSTILE[case]
    answer = client.post(page_of(asked), {"act": "letter", "reply_number": "2/117", "reply_file": SimpleUploadedFile(name, content)})
    assert (answer.status_code, fresh(asked).reply_file.name, "2/117" in answer.content.decode()) == (422, "", True)


def test_a_file_that_is_too_large_is_refused(client, asked):
    big = SimpleUploadedFile("letter.pdf", b"%PDF-1.7" + b"\0" * (10 * 2**20) + b"%%EOF")
    assert client.post(page_of(asked), {"act": "letter", "reply_file": big}).status_code == 422


def test_the_letter_is_kept_under_a_name_of_our_own(client, asked, settings):
    client.post(page_of(asked), {"act": "letter", "reply_number": "2/117", "reply_on": "2026-05-04", "reply_file": SimpleUploadedFile("../../Ёндон's letter.pdf", PDF)})
    kept = fresh(asked)
    assert (kept.reply_number, kept.reply_file.read(), "ндон" in kept.reply_file.name) == ("2/117", PDF, False)
    assert settings.MEDIA_ROOT in Path(kept.reply_file.path).parents
    # The focal point sees that it arrived; only staff can open it.
    text = client.get(page_of(asked)).content.decode()
    assert ("A letter was received." in text, kept.reply_file.name in text) == (True, False)


def test_the_invitation_is_there_as_pdf(client, asked):
    answer = client.get(page_of(asked, "letter"))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_each_post_leaves_letters_alone_but_the_receipt(client, asked):
    client.post(page_of(asked), typed())
    client.post(page_of(asked), {"act": "final"})
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["request-invitation", "request-received"]
    assert replies.State.COMPLETE == fresh(asked).state
