"""Sending, against a real mail server: each kind in both languages, refusals, killed workers, two at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from tests import mail_server, people
from tests.workshops.test_letters import answer_link, official
from workshops import letter_kinds, letter_post, letters
from workshops.models import Certificate, Letter, LetterStep, Link, NominationRequest, Registration, State, Workshop

pytestmark = pytest.mark.django_db

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSEQUENCE:0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def running_server():
    with mail_server.running() as running:
        yield running


@pytest.fixture
def server(running_server, settings):
    running_server.forget()
    cache.delete(letter_post.TROUBLE)
    settings.MAILERS = running_server.settings
    settings.PORTAL_ADDRESS = "https://portal.example"
    settings.DEFAULT_FROM_EMAIL = "IOM Mongolia <portal@iom.example>"
    return running_server


@pytest.fixture
def paper(monkeypatch):
    """Documents of a moment instead of those that take one."""
    monkeypatch.setattr(
        letter_post.letter_documents, "DOCUMENTS", {name: (lambda letter, name=name: (f"{name}.pdf", b"%PDF-1.7", "application/pdf")) for name in ("invitation", "certificate")}
    )


def ready(kind, language):
    """A letter of a kind that may be sent."""
    kind = letter_kinds.KINDS[kind]
    if kind.to == (letter_kinds.INSTITUTION,):
        ministry = people.organisation(name_en="Ministry of Justice", name_mn="Хууль зүйн яам")
        at = people.workshop(title_en="Fair recruitment", title_mn="Шударга зуучлал", seats={ministry: (2, 4)}, contact_email="workshops@iom.example")
        request = NominationRequest.objects.create(
            workshop=at, organisation=ministry, language=language, focal_name="Д. Оюун", focal_email="oyun@moj.example", state=kind.asked[0], sent_at=timezone.now()
        )
        link = Link.objects.create(kind=Link.Kind.NOMINATE, request=request)
        return letters.write(kind.name, request=request, link=link, documents=kind.documents)
    registration = official(language)
    link = answer_link(registration)
    if kind.states:
        Registration.objects.filter(pk=registration.pk).update(state=kind.states[0], waiting_rank=1)
    if kind.statuses and Workshop.Status.NOMINATING not in kind.statuses:
        Workshop.objects.filter(pk=registration.workshop_id).update(status=kind.statuses[0])
    certificate = None
    if kind.name.startswith("certificate"):
        certificate = Certificate.objects.create(
            registration=registration, year=2027, number=42, facts={}, **({"status": "revoked", "revoked_at": timezone.now(), "revoke_reason": "x"} if "revoked" in kind.name else {})
        )
    return letters.write(
        kind.name, registration=registration, certificate=certificate, link=link if kind.link or kind.may_link else None, documents=kind.documents, draft=False,
        calendar=CALENDAR if kind.calendar else "", calendar_method=kind.calendar, context={"changes": "– 09:00 Opening: new room\n– 11:00 Panel: cancelled"},
    )  # fmt: skip


def part(message, kind):
    return next((piece.get_content() for piece in message.walk() if piece.get_content_type() == kind), None)


@pytest.mark.parametrize("kind", list(letter_kinds.KINDS))
@pytest.mark.parametrize("language", ["en", "mn"])
def test_each_kind_arrives_whole(server, paper, kind, language):
    letter = ready(kind, language)
    assert letter_post.send_due() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.problem, letter.attempts) == ("sent", "", 1)
    [message] = server.messages
    known = letter_kinds.KINDS[kind]
    assert message["Subject"].strip() == letter.subject  # a long one begins on a line of its own
    assert message["Message-ID"] == f"<letter-{letter.pk}@portal.example>"
    assert {"en": "International Organization for Migration", "mn": "Олон Улсын Шилжилт Хөдөлгөөний Байгууллага"}[language] in part(message, "text/html")
    assert (message["Reply-To"], message["Auto-Submitted"], message["Content-Language"]) == ("workshops@iom.example", "auto-generated", language)
    assert message["To"].addresses[0].addr_spec == letter.to_address
    assert message["To"].addresses[0].display_name == letter.to_name
    assert [name for name in message.keys() if name.lower().startswith(("list-", "bcc", "disposition-notification"))] == []
    text, html = part(message, "text/plain").replace("\r\n", "\n"), part(message, "text/html")
    assert f'<html lang="{language}">' in html
    greeting = letter.body.split("\n")[0]
    assert text.startswith(greeting) and greeting in html
    assert max(len(line) for line in text.split("\n") if "://" not in line) <= 72
    assert "{" not in text and "{" not in html.replace("{sans}", "")
    if "{link}" in letter.body:
        token = (letter.certificate if known.link == "certificate" else letter.link).token
        assert f"https://portal.example/{language}/" in text and text.count(token) == 1
        assert f'{token}/"' in html
        # In no header, no other part and no row.
        assert all(token not in str(value) for value in message.values())
        assert token not in (part(message, "text/calendar") or "")
        assert not Letter.objects.filter(body__contains=token).exists()
    assert (known.link == "") or "{link}" in letter.body
    if known.calendar:
        calendar = next(piece for piece in message.walk() if piece.get_content_type() == "text/calendar")
        assert calendar.get_param("method") == known.calendar
        assert "UID:1@x" in calendar.get_content()
        assert part(message, "application/ics").decode() == CALENDAR
    attached = [piece.get_filename() for piece in message.iter_attachments() if piece.get_content_type() == "application/pdf"]
    assert attached == [f"{name}.pdf" for name in known.documents]


def test_the_document_is_made_while_the_letter_is_sent(server):
    letter = ready("request-invitation", "mn")
    assert letter_post.send_due() == 1
    [pdf] = list(server.messages[0].iter_attachments())
    assert (pdf.get_content_type(), pdf.get_filename()[:11], pdf.get_content()[:5]) == ("application/pdf", "invitation-", b"%PDF-")
    assert letter.documents == ["invitation"]


def test_a_document_that_cannot_be_made_is_tried_again(server, monkeypatch):
    letter = ready("request-invitation", "mn")
    monkeypatch.setitem(letter_post.letter_documents.DOCUMENTS, "invitation", lambda letter: 1 / 0)
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.problem, letter.attempts, server.messages) == ("queued", "document", 1, [])


# What the mail server says ----------------------------------------------------------------------------------------


def waiting(number=1):
    """Letters in the queue, to as many addresses."""
    first = official(email="one@gov.example")
    rows = [first] + [official(email=f"other{count}@gov.example", workshop=first.workshop) for count in range(1, number)]
    return letters.write_many("official-invitation", [{"registration": row, "link": answer_link(row)} for row in rows])


def test_not_now_and_then_taken(server):
    [letter] = waiting()
    server.answers["one@gov.example"] = ["451 4.7.1 Greylisted, try again later"]
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.problem, letter.attempts) == ("queued", "451 4.7.1 Greylisted, try again later", 1)
    assert timedelta(seconds=100) < letter.next_try_at - timezone.now() <= timedelta(minutes=2)
    assert letter_post.send_due() == 0  # not before its time
    Letter.objects.update(next_try_at=timezone.now())
    assert letter_post.send_due() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.problem, letter.attempts, len(server.messages)) == ("sent", "", 2, 1)
    assert list(letter.steps.values_list("what", "words")) == [("put-off", "451 4.7.1 Greylisted, try again later"), ("sent", "")]


def test_the_pause_doubles_up_to_an_hour_and_ends(server):
    [letter] = waiting()
    server.answers["one@gov.example"] = ["450 full"] * 9
    pauses = []
    for _try in range(8):
        Letter.objects.update(next_try_at=None)
        letter_post.send_due()
        letter.refresh_from_db()
        if letter.state == "queued":
            pauses.append(round((letter.next_try_at - timezone.now()) / timedelta(minutes=1)))
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
    assert (letter.state, letter.problem, letter.attempts) == ("failed", "450 full", 8)


def test_an_address_that_does_not_exist_fails_at_once_with_the_servers_words(server):
    bad, good = waiting(2)
    server.answers["one@gov.example"] = ["550 5.1.1 No such user here"]
    assert letter_post.send_due() == 1
    bad.refresh_from_db(), good.refresh_from_db()
    assert (bad.state, bad.problem) == ("failed", "550 5.1.1 No such user here")
    assert (good.state, server.connections) == ("sent", 1)  # over the same connection


def test_a_failed_letter_is_tried_again_at_the_address_known_today(server):
    [letter] = waiting()
    server.answers["one@gov.example"] = ["550 No such user"]
    letter_post.send_due()
    letter.registration.person.emails.update(address="right@gov.example")
    letters.send_again(letter, by=people.organiser())
    assert letter_post.send_due() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.to_address, letter.attempts) == ("sent", "right@gov.example", 1)


def test_what_came_back_goes_to_another_address_as_another_message(server):
    [letter], by = waiting(), people.organiser()
    letter_post.send_due()
    letters.record_bounce(letter, by=by, note="Mailbox gone")
    letter.registration.person.emails.update(address="right@gov.example")
    letters.send_again(letter, by=by)
    assert letter_post.send_due() == 1
    first, again = (message["Message-ID"] for message in server.messages)
    assert (first, again) == (f"<letter-{letter.pk}@portal.example>", f"<letter-{letter.pk}-2@portal.example>")


def test_refused_after_the_text_fails_too(server):
    [letter] = waiting()
    server.at_data = lambda message: "554 5.7.1 Message refused by policy"
    letter_post.send_due()
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == ("failed", "554 5.7.1 Message refused by policy")


def test_a_mail_server_that_is_away_costs_no_try(server, settings):
    [letter] = waiting()
    settings.MAILERS = {"default": {**server.settings["default"], "OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 2}}}
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("queued", 0)
    assert "refused" in letter_post.trouble()["words"]
    settings.MAILERS = server.settings
    assert letter_post.send_due() == 0  # not at once
    cache.set(letter_post.TROUBLE, {**letter_post.trouble(), "again_at": timezone.now()})
    assert letter_post.send_due() == 1
    assert letter_post.trouble() is None


def test_one_connection_serves_many(server):
    waiting(5)
    assert letter_post.send_due() == 5
    assert (server.connections, len(server.messages)) == (1, 5)


def test_not_before_its_day(server):
    registration = official()
    letters.write("official-reminder", registration=registration, link=answer_link(registration), send_after=timezone.now() + timedelta(hours=1))
    assert letter_post.send_due() == 0
    Letter.objects.update(next_try_at=timezone.now())
    assert letter_post.send_due() == 1


# Killed workers ---------------------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


def test_killed_before_the_server_has_it_nothing_is_lost(server, monkeypatch):
    [letter] = waiting()

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(letter_post, "message_of", die)
        letter_post.send_due()
    letter.refresh_from_db()
    assert (letter.state, server.messages) == ("sending", [])
    assert letter_post.send_due() == 0  # somebody seems to have it
    Letter.objects.update(lease_until=timezone.now())
    assert letter_post.send_due() == 1
    assert len(server.messages) == 1


def test_killed_between_handing_over_and_marking_the_same_letter_goes_again(server, monkeypatch):
    [letter] = waiting()

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(letter_post, "_store", die)
        letter_post.send_due()
    Letter.objects.update(lease_until=timezone.now())
    assert letter_post.send_due() == 1
    # A server that knows the number drops the second one.
    assert len(server.messages) == 2
    assert {message["Message-ID"] for message in server.messages} == {f"<letter-{letter.pk}@portal.example>"}
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("sent", 2)


def test_a_letter_that_kills_every_worker_is_given_up(server):
    [letter] = waiting()
    Letter.objects.update(state="sending", attempts=8, lease_until=timezone.now())
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.problem, server.messages) == ("failed", "gave-up", [])


def test_the_mark_waits_for_a_database_that_is_away(server, monkeypatch):
    from django.db import OperationalError

    [letter] = waiting()
    faults, store = [1, 1], letter_post._store

    def away_twice(*arguments, **details):
        if faults:
            faults.pop()
            raise OperationalError("server closed the connection unexpectedly")
        store(*arguments, **details)

    monkeypatch.setattr(letter_post, "_store", away_twice)
    monkeypatch.setattr(letter_post.connections, "close_all", lambda: None)
    monkeypatch.setattr(letter_post.time, "sleep", lambda seconds: None)
    assert letter_post.send_due() == 1
    letter.refresh_from_db()
    assert (letter.state, len(server.messages)) == ("sent", 1)


@contextmanager
def a_worker(server):
    """The real command as a process of its own, at work on this test's database and mail server."""
    at = connection.settings_dict
    place = urlencode({"host": at["HOST"], **({"port": at["PORT"]} if at["PORT"] else {})})
    environment = {
        **os.environ, "PORTAL_MODE": "test", "DJANGO_SETTINGS_MODULE": "iom_mongolia.settings", "PORTAL_ADDRESS": "https://portal.example",
        "DATABASE_URL": f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'] or '')}@/{at['NAME']}?{place}",
        "EMAIL_HOST": server.host, "EMAIL_PORT": str(server.port), "EMAIL_USE_TLS": "no",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", [False, True], ids=["the server has it not", "the server has it and nobody knows"])
def test_a_worker_that_is_killed_while_it_sends_loses_none(server, taken):
    written = waiting(6)
    stalled, go_on = threading.Event(), threading.Event()

    def stall(message):
        # The third mail is received and not acknowledged: the worker waits for the server's word.
        if len(server.messages) == 2 and not stalled.is_set():
            stalled.set()
            go_on.wait(30)
            return None if taken else "451 4.3.0 Not now"
        return None

    server.at_data = stall
    with a_worker(server) as killed:
        assert stalled.wait(60)
        os.kill(killed.pid, signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL
    go_on.set()
    [held] = Letter.objects.filter(state="sending")
    assert Letter.objects.filter(state="sent").count() == 2 and len(written) == 6
    # The clock gives it back after some minutes; until then no other worker takes it.
    Letter.objects.filter(pk=held.pk).update(lease_until=timezone.now())
    with a_worker(server):
        until = time.monotonic() + 60
        while time.monotonic() < until and Letter.objects.exclude(state="sent").exists():
            time.sleep(0.1)
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    arrived = Counter(message["Message-ID"] for message in server.messages)
    # None is lost and none came twice, but for the one of which the worker could not know, under the same number.
    assert arrived == {f"<letter-{letter.pk}@portal.example>": 1 + (taken and letter.pk == held.pk) for letter in written}


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_letter_once(server):
    waiting(12)
    done, start = [], threading.Barrier(2)

    def send():
        try:
            start.wait()
            done.append(letter_post.send_due(seconds=20))
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    [sender.start() for sender in senders]
    [sender.join() for sender in senders]
    assert sum(done) == 12 == len(server.messages)
    assert len({message["Message-ID"] for message in server.messages}) == 12
    assert Letter.objects.filter(state="sent", attempts=1).count() == 12


# Looked at once more ------------------------------------------------------------------------------------------------


def change(letter, what):
    registration, workshop = letter.registration, letter.workshop
    match what:
        case "state":
            Registration.objects.filter(pk=registration.pk).update(state=State.CONFIRMED)
        case "workshop-cancelled":
            Workshop.objects.filter(pk=workshop.pk).update(status="cancelled")
        case "workshop-postponed":
            Workshop.objects.filter(pk=workshop.pk).update(status="postponed")
        case "workshop-over":
            Workshop.objects.filter(pk=workshop.pk).update(status="completed")
        case "link-dead":
            Link.objects.filter(pk=letter.link_id).update(revoked_at=timezone.now())
        case "late":
            Letter.objects.filter(pk=letter.pk).update(created_at=timezone.now() - timedelta(days=3))
            Registration.objects.filter(pk=letter.registration_id).update(offer_expires_at=timezone.now() - timedelta(days=1))
        case "nobody":
            Letter.objects.filter(pk=letter.pk).update(registration=None, person=None)


@pytest.mark.parametrize("what", ["state", "workshop-cancelled", "workshop-postponed", "workshop-over", "link-dead", "late", "nobody"])
def test_a_letter_that_is_no_longer_right_is_not_sent(server, what):
    [letter] = waiting()
    change(letter, what)
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.problem, server.messages) == ("cancelled", what, [])
    assert str(letter_kinds.words_of(what)).startswith("Not sent: ")
    assert list(letter.steps.values_list("what", flat=True)) == ["stopped"]


def test_a_reminder_is_not_sent_once_the_institution_has_answered(server):
    letter = ready("request-reminder", "mn")
    NominationRequest.objects.update(state="complete")
    assert letter_post.send_due() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == ("cancelled", "answered")


def test_a_calendar_of_older_dates_is_not_sent(server):
    letter = ready("official-confirmed", "en")
    Workshop.objects.filter(pk=letter.workshop_id).update(ics_sequence=1)
    letter_post.send_due()
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == ("cancelled", "plan-changed")


def test_a_link_whose_key_is_gone_is_said(server, settings):
    [letter] = waiting()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 5, []
    letter_post.send_due()
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == ("failed", "key")


# What nobody can put in ---------------------------------------------------------------------------------------------


def test_a_name_brings_neither_markup_nor_link_nor_header(server):
    registration = official(given_name='<a href="http://evil.example">Bat</a>\r\nBcc: all@evil.example', patronymic="www.evil.example")
    letters.write("official-invitation", registration=registration, link=answer_link(registration))
    assert letter_post.send_due() == 1
    [message] = server.messages
    html, text = part(message, "text/html"), part(message, "text/plain")
    assert message["Bcc"] is None
    assert "evil.example" not in html + text + str(message["Subject"]) + str(message["To"])
    assert "<a href=&quot;" not in html and 'href="http://evil' not in html
    import re

    targets = {address.split("/")[2] if "//" in address else address for address in re.findall(r'href="([^"]+)"', html)}
    assert targets == {"portal.example", "mailto:workshops@iom.example"}


def test_staffs_own_address_elsewhere_is_no_link_in_ours(server):
    registration = official(become=State.CONFIRMED)
    text = "{greeting}\n\n<b>See</b> http://elsewhere.example/x?a=1&b=2 and https://portal.example.evil.example/ and https://portal.example/en/"
    letters.write_freely(registration.workshop, [registration], by=people.organiser(), words={"en": ("Look", text)}, key="1", queue=True)
    letter_post.send_due()
    html = part(server.messages[0], "text/html")
    assert "&lt;b&gt;See&lt;/b&gt; http://elsewhere.example/x?a=1&amp;b=2" in html
    assert 'href="https://portal.example/en/"' in html and 'href="http://elsewhere' not in html and 'href="https://portal.example.evil' not in html


def test_the_folder_of_the_demo_holds_one_file_a_letter(tmp_path, settings):
    import email

    settings.MAILERS = {"default": {"BACKEND": "core.mail_folder.EmailBackend", "OPTIONS": {"file_path": tmp_path / "letters"}}}
    cache.delete(letter_post.TROUBLE)
    [letter] = waiting()
    assert letter_post.send_due() == 1
    [file] = (tmp_path / "letters").glob("*.eml")
    assert file.name.endswith(f"-letter-{letter.pk}.eml")
    assert email.message_from_bytes(file.read_bytes(), policy=email.policy.default)["Subject"] == letter.subject
    assert LetterStep.objects.get().what == "sent"
