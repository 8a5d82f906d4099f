"""The post: takes queued letters, looks at each once more, and hands them to the mail server.

Several workers may do it at once, and any of them may be killed at any moment. A letter is claimed for some minutes and
given back by the clock; what was handed over and not yet marked is sent again under the same Message-ID, so that a mail
server which knows it drops the second one.
"""

import logging
import smtplib
import time
from datetime import timedelta
from email.headerregistry import Address
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.addresses import address_of
from workshops import letter_documents, letter_kinds, links
from workshops.letter_html import LINK, as_plain_text, for_the_mail
from workshops.models import Letter, LetterStep

logger = logging.getLogger(__name__)

State, What = Letter.State, LetterStep.What
LEASE = timedelta(minutes=5)
MOST_TRIES = 8
LONGEST_PAUSE = timedelta(hours=1)
AT_ONE_GO = 3  # seconds, so that a long queue keeps the worker neither from its other duties nor from ending
TROUBLE = "letters:mail-server"


# Sending what is due ------------------------------------------------------------------------------------------


def send_due(seconds=AT_ONE_GO):
    """Sends what is due, over one connection, for some seconds at most; returns how many letters were sent.

    A mail server that cannot be reached costs no letter a try: it is noted for the outbox and tried again later.
    """
    trouble = cache.get(TROUBLE) or {}
    if trouble and trouble["again_at"] > timezone.now() or not due().exists():
        return 0
    until, sent = time.monotonic() + seconds, 0
    server = mail.mailers.default
    try:
        server.open()
    except OSError as problem:  # what smtplib raises is one too
        _note_trouble(trouble, problem)
        return 0
    if trouble:
        cache.delete(TROUBLE)
    try:
        while time.monotonic() < until:
            letter = claim()
            if letter is None:
                break
            outcome, connected = deliver(letter, server)
            sent += outcome == State.SENT
            if not connected:
                break
    finally:
        try:
            server.close()
        except OSError:
            pass
    return sent


def due(now=None):
    """Letters whose time has come, and those that a worker took and did not bring back."""
    now = now or timezone.now()
    return Letter.objects.filter(
        Q(state=State.QUEUED) & (Q(next_try_at=None) | Q(next_try_at__lte=now)) | Q(state=State.SENDING, lease_until__lte=now)
    )


def trouble():
    """{"since": moment, "words": what happened} while the mail server cannot be reached, else None."""
    return cache.get(TROUBLE)


def folder():
    """Where letters land as files in the place of a mail server; None where there is one."""
    return getattr(mail.mailers.default, "folder", None)


def _note_trouble(before, problem):
    now, tries = timezone.now(), before.get("tries", 0) + 1
    words = _words_of(problem)
    pause = min(timedelta(seconds=5 * 2**tries), timedelta(minutes=5))
    cache.set(TROUBLE, {"since": before.get("since", now), "words": words, "tries": tries, "again_at": now + pause}, 24 * 3600)
    logger.warning("The mail server cannot be reached; letters wait. %s", words)


def claim():
    """The next letter that is due, taken for some minutes, with the rows that its check needs; None where there is none."""
    while True:
        now = timezone.now()
        with transaction.atomic():
            letter = (
                due(now).select_for_update(no_key=True, skip_locked=True).order_by(F("next_try_at").asc(nulls_first=True), "pk").first()
            )
            if letter is None:
                return None
            given_up = letter.state == State.SENDING and letter.attempts >= MOST_TRIES
            if given_up:
                _store(letter, State.FAILED, What.FAILED, "gave-up")
            else:
                letter.attempts += 1
                letter.state, letter.lease_until = State.SENDING, now + LEASE
                letter.save(update_fields=["attempts", "state", "lease_until"])
        if not given_up:
            return Letter.objects.select_related(*NEEDED).get(pk=letter.pk)


NEEDED = ("workshop", "registration__person", "registration__organisation", "request__organisation", "request__workshop", "person", "certificate__registration", "link")


def deliver(letter, server):
    """Sends one claimed letter and marks what came of it. Returns (its state, whether the connection still stands)."""
    if wrong := letter_kinds.still_right(letter):
        return _mark(letter, State.CANCELLED, What.STOPPED, wrong), True
    try:
        message = message_of(letter)
    except LookupError:
        return _mark(letter, State.FAILED, What.FAILED, "key"), True
    except ValueError:
        return _mark(letter, State.FAILED, What.FAILED, "address"), True
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("A document of letter %s could not be made.", letter.pk)
        return _put_off(letter, "document"), True
    try:
        server.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return _refused(letter, code, words)
    except smtplib.SMTPDataError as refused:
        return _refused(letter, refused.smtp_code, refused.smtp_error)
    except ValueError:
        return _mark(letter, State.FAILED, What.FAILED, "address"), True
    except OSError as problem:
        # The sender is refused, the sign-in, or the line is cut: no fault of this letter alone.
        return _put_off(letter, _words_of(problem)), False
    return _mark(letter, State.SENT, What.SENT, ""), True


def _refused(letter, code, words):
    text = _said(code, words)
    if 500 <= code < 600:
        return _mark(letter, State.FAILED, What.FAILED, text), True
    return _put_off(letter, text), code != 421  # with 421 the server closes the line


def _put_off(letter, words):
    """Tried again after 2, 4, 8 … minutes, an hour at most; given up after eight tries."""
    if letter.attempts >= MOST_TRIES:
        return _mark(letter, State.FAILED, What.FAILED, words)
    return _mark(letter, State.QUEUED, What.PUT_OFF, words, next_try_at=timezone.now() + min(timedelta(minutes=2**letter.attempts), LONGEST_PAUSE))


def _mark(letter, state, what, words, *, next_try_at=None):
    """Stores what came of a try. A database that is away for a moment is waited for: the letter is out already."""
    for pause in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, None):
        try:
            with transaction.atomic():
                _store(letter, state, what, words, next_try_at=next_try_at)
            return state
        except (OperationalError, InterfaceError):
            if pause is None:
                raise
            connections.close_all()
            time.sleep(pause)


def _store(letter, state, what, words, *, next_try_at=None):
    rows = Letter.objects.filter(pk=letter.pk)
    if state != State.SENT:
        # Where the claim ran out, another worker has it now and says what becomes of it. That it is sent stays true.
        rows = rows.filter(state=State.SENDING, attempts=letter.attempts)
    details = {"sent_at": timezone.now()} if state == State.SENT else {}
    if rows.update(state=state, problem=words, lease_until=None, next_try_at=next_try_at, **details):
        LetterStep.objects.create(letter=letter, what=what, words=words)


def _words_of(problem):
    if isinstance(problem, smtplib.SMTPResponseException):
        return _said(problem.smtp_code, problem.smtp_error)
    return (str(problem) or type(problem).__name__)[:500]


def _said(code, words):
    """The mail server's words as one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return " ".join(f"{code} {text}".split())[:500]


# The message --------------------------------------------------------------------------------------------------


class Message(EmailMultiAlternatives):
    """A mail whose calendar part stands beside text and HTML, where mail programs look for an invitation."""

    calendar, calendar_method = "", ""

    def message(self, **options):
        made = super().message(**options)
        if self.calendar:
            alternatives = made if made.get_content_subtype() == "alternative" else made.get_payload()[0]
            alternatives.add_alternative(
                self.calendar, subtype="calendar", charset="utf-8", params={"method": self.calendar_method, "name": "invite.ics"}
            )
        return made


def _number_of(letter):
    """What mail servers know a letter by: the same in every try, another where it came back and goes to a new address."""
    returns = letter.steps.filter(what=LetterStep.What.BOUNCED).count()
    return f"{letter.pk}-{returns + 1}" if returns else str(letter.pk)


def message_of(letter):
    """The mail of a letter, with the secret link in it. Raises LookupError where the link cannot be made any more and
    ValueError where the address cannot be used."""
    kind, workshop = letter_kinds.of(letter.kind), letter.workshop
    link = link_of(letter) if LINK in letter.body else ""
    head = letter_documents.letterhead()
    reply_to = workshop.contact_email if workshop is not None and workshop.contact_email else ""
    message = Message(
        subject=letter.subject,
        body=as_plain_text(letter.body, link),
        to=[str(Address(display_name=letter.to_name, addr_spec=letter.to_address))],
        reply_to=[reply_to] if reply_to else [],
        headers={
            "Message-ID": f"<letter-{_number_of(letter)}@{urlsplit(settings.PORTAL_ADDRESS).hostname or 'portal'}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        },
    )
    html = for_the_mail(
        subject=letter.subject,
        text=letter.body,
        language=letter.language,
        link=link,
        button=kind.button_in(letter.language),
        organisation=head.organisation.data[letter.language],
        office=head.office.data[letter.language],
        replies_to=reply_to,
    )
    message.attach_alternative(html, "text/html")
    if letter.calendar:
        message.calendar, message.calendar_method = letter.calendar, letter.calendar_method or "REQUEST"
        message.attach("invite.ics", letter.calendar.encode(), "application/ics")
    for name in letter.documents:
        message.attach(*letter_documents.DOCUMENTS[name](letter))
    return message


def link_of(letter):
    """The secret address that a letter leads to; it stands in no table and no log."""
    if letter_kinds.of(letter.kind).link == "certificate":
        if letter.certificate is None:
            raise LookupError("The letter has no certificate.")
        return address_of("links:certificate", letter.certificate.token, language=letter.language)
    if letter.link is None:
        raise LookupError("The letter has no link.")
    return links.address_of(letter.link, letter.language)
