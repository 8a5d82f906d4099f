"""Every state × every move of what has a life beside the registrations: workshops, requests to institutions, letters,
certificates and forms. What is allowed works and says who did it; all else is refused in the reader's language and changes nothing.
"""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.changes import changes_of
from tests.admin.forms import filled
from tests.people import administrator, certificate, entry, name, organisation, organiser, person, registration, request, signed_in, workshop
from workshops import attendance, letter_post, letters, links, planning, replies, requests
from workshops.models import Certificate, Form, Letter, LetterStep, Link, NominationRequest, Nominee, Registration, StateChange, Via, Workshop

pytestmark = pytest.mark.django_db
Status, Asked, Written = Workshop.Status, NominationRequest.State, Letter.State


@pytest.fixture
def by():
    return organiser()


@pytest.fixture
def staff(client, by):
    return signed_in(client, by)


def rows(*models):
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def post(client, name, *where, language="mn", **typed):
    """Posted in Mongolian; returns the answer and all that it says: messages, else the page."""
    with translation.override(language):
        address = reverse(name, args=where)
    client.cookies.pop("messages", None)
    page = client.post(address, typed)
    if page.status_code == 302:
        return page, " ".join(str(message) for message in get_messages(page.wsgi_request))
    return page, page.content.decode()


def is_mongolian(words):
    return any("а" <= letter <= "я" for letter in words.lower())


def told(record):
    """What the history says of a record, the latest first: (who, names of the fields)."""
    with translation.override("en"):
        return [(change.who, [label for label, _parts in change.fields]) for change in changes_of(record)]


# Workshops -----------------------------------------------------------------------------------------------------

# These are reached by more than a press: a page that asks for the reason, or for new dates.
PAGES = {Status.POSTPONED: "staff:workshop_postpone", Status.CANCELLED: "staff:workshop_cancel"}


@pytest.mark.parametrize("before", list(Status))
def test_every_status_of_a_workshop_and_every_move_by_the_pages(staff, by, before):
    for to in Status:
        at = workshop(status=before, starts_in=0)
        kept = rows(Workshop, Letter)
        page, words = post(staff, "staff:workshop_status", at.slug, to=to)
        allowed = to in planning.NEXT[before]
        asks = allowed and (to in PAGES or before == Status.POSTPONED)
        assert page.status_code == 302
        if not allowed or asks:
            assert rows(Workshop, Letter) == kept, (before, to)
        if to in PAGES:
            page, words = post(staff, PAGES[to], at.slug, reason_en="Flood")
        elif asks:
            assert page.url == reverse("staff:workshop_move", args=[at.slug])
            new = {"starts_on": at.starts_on + timedelta(7), "ends_on": at.ends_on + timedelta(7), "become": to, "reason_en": "Flood"}
            shown, _words = post(staff, "staff:workshop_move", at.slug, **new)
            page, words = post(staff, "staff:workshop_move", at.slug, **new, seen=shown.context["seen"], commit="1")
        at.refresh_from_db()
        if allowed:
            assert at.status == to and is_mongolian(words.replace(str(at), "")), (before, to)
            assert (str(by), "Status") in [(who, label) for who, labels in told(at) for label in labels], (before, to)
        else:
            assert rows(Workshop, Letter) == kept, (before, to)
            assert before == to or is_mongolian(words), (before, to)


@pytest.mark.parametrize("way", ["staff:workshop_postpone", "staff:workshop_cancel", "staff:workshop_move"])
def test_nothing_is_stopped_or_moved_without_a_reason(staff, way):
    at = workshop()
    kept = rows(Workshop)
    new = {"starts_on": at.starts_on + timedelta(7), "ends_on": at.ends_on + timedelta(7)}
    page, words = post(staff, way, at.slug, reason_en=" ", **new)
    assert (page.status_code, rows(Workshop)) == (422, kept) and "Шалтгаан" in words


@pytest.mark.parametrize("status", list(Status))
def test_the_form_of_the_admin_changes_no_status(client, status):
    signed_in(client, administrator())
    at = workshop(status=status)
    address = reverse("admin:workshops_workshop_change", args=[at.pk])
    other = next(each for each in (*planning.NEXT[status], *Status) if each != status)
    assert client.post(address, {**filled(client.get(address)), "status": other, "note": "Seen"}).status_code == 302
    at.refresh_from_db()
    assert (at.status, at.note) == (status, "Seen")


def test_a_workshop_with_officials_is_not_deleted_in_the_admin(client):
    signed_in(client, administrator())
    row = registration()
    client.post(reverse("admin:workshops_workshop_delete", args=[row.workshop_id]), {"post": "yes"})
    client.post(reverse("admin:workshops_workshop_changelist"), {"action": "delete_selected", "_selected_action": row.workshop_id, "post": "yes"})
    assert Registration.objects.filter(pk=row.pk).exists() and Workshop.objects.filter(pk=row.workshop_id).exists()


# Requests to institutions --------------------------------------------------------------------------------------


def asked(state, *, by):
    """A request led to a state by acts alone; two seats at most, one official named where somebody is."""
    row = request(sent=state != Asked.DRAFT, sent_days_ago=0 if state == Asked.DRAFT else 7, by=by, seats=(1, 3))
    if state in {Asked.PARTLY, Asked.COMPLETE}:
        name(row, by=by, via=Via.STAFF)
    if state == Asked.COMPLETE:
        row = replies.complete(row, by=by, via=Via.STAFF)
    if state == Asked.DECLINED:
        row = replies.decline(row, by=by, via=Via.STAFF, reason="Busy")
    row.refresh_from_db()
    assert row.state == state
    return row


# (act, state) → the state after it; what is not here is refused.
BY_STAFF = {
    **{(act, state): Asked.SENT if state == Asked.DRAFT else state for act in ("send", "paper") for state in Asked},
    **{("remind", state): state for state in (Asked.SENT, Asked.PARTLY)},
    **{("complete", state): Asked.COMPLETE for state in (Asked.PARTLY, Asked.COMPLETE)},
    **{("reopen", state): state for state in (Asked.SENT, Asked.PARTLY)},
    ("reopen", Asked.COMPLETE): Asked.PARTLY,
    ("reopen", Asked.DECLINED): Asked.SENT,
    **{("decline", state): Asked.DECLINED for state in Asked if state != Asked.DRAFT},
    ("name", Asked.SENT): Asked.PARTLY,
    ("name", Asked.PARTLY): Asked.PARTLY,
    ("name", Asked.COMPLETE): Asked.COMPLETE,
    ("out", Asked.PARTLY): Asked.SENT,
    ("out", Asked.COMPLETE): Asked.SENT,
}
# By the link the same, but for what is the office's.
BY_LINK = {(act, state): after for (act, state), after in BY_STAFF.items() if act not in {"send", "paper", "remind"}}
OF_THE_LINK = {"complete": "final", "name": "add"}
LEFT_BEHIND = (NominationRequest, Nominee, Registration, StateChange, Letter)


def typed_entry():
    return {**entry(), "place": "principal"}


def key_of(row):
    from workshops.views.nominate import key_of

    nominee = row.nominees.first()
    return key_of(nominee) if nominee else "x"


@pytest.mark.parametrize("state", list(Asked))
@pytest.mark.parametrize("act", sorted({act for act, _state in BY_STAFF}))
def test_every_state_of_a_request_and_every_act_of_staff(staff, by, state, act):
    row = asked(state, by=by)
    kept, after = rows(*LEFT_BEHIND), BY_STAFF.get((act, state))
    if act in {"name", "out"}:
        if act == "out" and not row.nominees.exists():
            return
        typed = {"act": "add", **typed_entry()} if act == "name" else {"act": "out", "key": key_of(row)}
        page, words = post(staff, "staff:institution_names", row.workshop.slug, row.pk, via="letter", **typed)
    else:
        page, words = post(staff, "staff:institution_act", row.workshop.slug, row.pk, act=act, reason="Busy", via="phone")
    judge(row, kept, state, act, after, words, by=str(by))


@pytest.mark.parametrize("state", list(Asked))
@pytest.mark.parametrize("act", sorted({act for act, _state in BY_LINK}))
def test_every_state_of_a_request_and_every_act_by_the_link(by, state, act):
    row = asked(state, by=by)
    link = links.issue(Link.Kind.NOMINATE, request=row)
    if act == "out" and not row.nominees.exists():
        return
    kept, after = rows(*LEFT_BEHIND), BY_LINK.get((act, state))
    typed = {"act": OF_THE_LINK.get(act, act), "key": key_of(row), "reason": "Busy", **(typed_entry() if act == "name" else {})}
    page = Client().post(links.path_of(link, "mn"), typed)
    assert page.status_code == (302 if after else 422)
    judge(row, kept, state, act, after, page.content.decode(), by="whoever had the secret link")


def judge(row, kept, state, act, after, words, *, by):
    row.refresh_from_db()
    if after is None:
        assert rows(*LEFT_BEHIND) == kept and is_mongolian(words)
        return
    assert row.state == after
    if after != state:
        assert after in NominationRequest.MOVES[state]
        assert told(row)[0][0] == by
    elif act != "remind" and act != "name":
        assert rows(NominationRequest, Nominee, Registration, Letter) == {name: kept[name] for name in ("NominationRequest", "Nominee", "Registration", "Letter")}


def test_the_acts_lead_wherever_the_table_of_requests_says(by):
    """What takes more than one name: all who may come are named, one of two is taken out, one stays after all sent nobody."""
    reached = {(state, after) for (_act, state), after in BY_STAFF.items() if state != after}
    row = request(seats=(1, 2), by=by)
    name(row, entry(), entry(), by=by, via=Via.STAFF)
    row.refresh_from_db()
    reached.add((Asked.SENT, Asked(row.state)))
    replies.take_out(row.nominees.first(), by=by, via=Via.STAFF)
    row.refresh_from_db()
    reached.add((Asked.COMPLETE, Asked(row.state)))
    assert reached == {(state, after) for state, goals in NominationRequest.MOVES.items() for after in goals}


@pytest.mark.parametrize("act", sorted({act for act, _state in BY_LINK}))
def test_after_the_deadline_a_link_changes_nothing_and_staff_still_can(staff, by, act):
    row = asked(Asked.COMPLETE if act != "decline" else Asked.PARTLY, by=by)
    NominationRequest.objects.filter(pk=row.pk).update(deadline=timezone.now() - timedelta(hours=1))
    link, kept = links.issue(Link.Kind.NOMINATE, request=row), rows(*LEFT_BEHIND)
    typed = {"act": OF_THE_LINK.get(act, act), "key": key_of(row), "reason": "Busy", **(typed_entry() if act == "name" else {})}
    page = Client().post(links.path_of(link, "mn"), typed)
    assert (page.status_code, rows(*LEFT_BEHIND)) == (422, kept)
    if act in {"reopen", "decline"}:
        post(staff, "staff:institution_act", row.workshop.slug, row.pk, act=act, reason="Busy", via="phone")
        row.refresh_from_db()
        assert row.state == BY_STAFF[act, Asked(kept["NominationRequest"][0]["state"])]


# Letters -------------------------------------------------------------------------------------------------------


def letter_in(state, **details):
    row = registration(person=person(email=f"official{Letter.objects.count()}@gov.example", preferred_language="mn"), quiet=False)
    made = row.letters.get()
    given = {"sent_at": timezone.now()} if state == Written.SENT else {"lease_until": timezone.now() + timedelta(minutes=5)} if state == Written.SENDING else {}
    Letter.objects.filter(pk=made.pk).update(state=state, send_after=None, next_try_at=None, **{**given, **details})
    made.refresh_from_db()
    return made


# (act, state) → the state after it, and what the steps of the letter say; what is not here is refused.
OF_LETTERS = {
    **{("send", state): (Written.QUEUED, "queued") for state in (Written.DRAFT, Written.FAILED)},
    **{("send", state): (state, None) for state in (Written.QUEUED, Written.SENDING, Written.SENT)},
    **{("discard", state): (Written.CANCELLED, "discarded") for state in (Written.DRAFT, Written.QUEUED, Written.FAILED)},
    ("discard", Written.CANCELLED): (Written.CANCELLED, None),
    ("restore", Written.CANCELLED): (Written.DRAFT, "restored"),
    ("restore", Written.DRAFT): (Written.DRAFT, None),
    ("bounce", Written.SENT): (Written.SENT, "bounced"),
    **{("edit", state): (state, "edited") for state in (Written.DRAFT, Written.QUEUED, Written.FAILED)},
}


@pytest.mark.parametrize("state", list(Written))
@pytest.mark.parametrize("act", ["send", "discard", "restore", "bounce", "edit"])
def test_every_state_of_a_letter_and_every_act(staff, by, state, act):
    letter = letter_in(state)
    kept, after = rows(Letter, LetterStep), OF_LETTERS.get((act, state))
    if act == "edit":
        _page, words = post(staff, "staff:letter_edit", letter.pk, subject="Анхаарна уу", body=letter.body + "\n\nБаярлалаа.")
    else:
        _page, words = post(staff, "staff:letter_act", letter.pk, act=act, note="mailbox full")
    assert is_mongolian(words)
    if after is None or after[1] is None:
        assert rows(Letter, LetterStep) == kept
    else:
        letter.refresh_from_db()
        step = letter.steps.last()
        assert (letter.state, step.what, step.by) == (after[0], after[1], by)
    if act in {"send", "discard"}:  # several at once go the same way
        letter = letter_in(state)
        kept = rows(Letter, LetterStep)
        post(staff, "staff:letters_act", letter.workshop.slug, act=act, selected=letter.pk, seen="1")
        letter.refresh_from_db()
        assert letter.state == (after[0] if after else state)
        assert (rows(Letter, LetterStep) == kept) == (after is None or after[1] is None)


def test_staff_lead_a_letter_wherever_its_table_says():
    led = {(state, after) for (_act, state), (after, _step) in OF_LETTERS.items() if state != after}
    assert led == {(state, after) for state, goals in Letter.MOVES.items() for after in goals}
    assert set(letters.OPEN) == {Written.DRAFT, Written.QUEUED, Written.FAILED}


@pytest.mark.parametrize("state", list(Written))
def test_the_post_takes_only_what_waits(state, mailoutbox):
    letter = letter_in(state)
    assert letter_post.send_due() == (state == Written.QUEUED)
    letter.refresh_from_db()
    assert (letter.state, len(mailoutbox)) == ((Written.SENT, 1) if state == Written.QUEUED else (state, 0))


# Certificates --------------------------------------------------------------------------------------------------


def certified(status, *, by):
    """A registration with a certificate in a status (None: with none yet), at a workshop that is over."""
    at = workshop(starts_in=-2, status=Status.RUNNING)
    row = registration(workshop=at)
    for day in at.meeting_days.all():
        attendance.mark(row, day, by=by, method="sheet")
    if status is None:
        return row, None
    from workshops import certificates

    made = certificates.issue(row, by=by)
    if status == Certificate.Status.REVOKED:
        made = certificates.revoke(made, by=by, reason="Mistake")
    if status == Certificate.Status.SUPERSEDED:
        certificates.reissue(made, by=by, given_name="Батболд")
        made.refresh_from_db()
    return row, made


VALID, REVOKED, SUPERSEDED = Certificate.Status
# (act, status) → all the certificates of the registration after it; what is not here is refused.
OF_CERTIFICATES = {
    ("issue", None): [VALID],
    ("issue", VALID): [VALID],
    ("issue", REVOKED): [REVOKED, VALID],
    ("issue", SUPERSEDED): [SUPERSEDED, VALID],
    ("issue_all", None): [VALID],
    ("issue_all", VALID): [VALID],
    ("issue_all", REVOKED): [REVOKED],
    ("issue_all", SUPERSEDED): [SUPERSEDED, VALID],
    ("revoke", VALID): [REVOKED],
    ("revoke", REVOKED): [REVOKED],
    ("reissue", VALID): [SUPERSEDED, VALID],
}


@pytest.mark.parametrize("status", [None, *Certificate.Status])
@pytest.mark.parametrize("act", ["issue", "issue_all", "revoke", "reissue"])
def test_every_status_of_a_certificate_and_every_act(staff, by, status, act):
    row, made = certified(status, by=by)
    if made is None and act in {"revoke", "reissue"}:
        return
    kept, after, slug = rows(Certificate, Letter), OF_CERTIFICATES.get((act, status)), row.workshop.slug
    if act in {"issue", "issue_all"}:
        page, words = post(staff, "staff:certificates_issue", slug, **({"registration": row.pk} if act == "issue" else {}))
    else:
        page, words = post(staff, f"staff:certificate_{act}", slug, made.pk, reason="Wrong person", given_name="Тэмүүлэн")
    found = list(row.certificates.order_by("pk"))
    assert is_mongolian(words)
    if after is None:
        assert page.status_code == 422 and rows(Certificate, Letter) == kept
        return
    assert [each.status for each in found] == after
    before = [each["status"] for each in kept["Certificate"]]
    if after == before:
        assert rows(Certificate, Letter) == kept
    elif act == "revoke":
        assert (found[0].revoked_by, found[0].revoke_reason) == (by, "Wrong person")
    else:
        assert found[-1].issued_by == by and Letter.objects.filter(kind="certificate", certificate=found[-1]).count() == 1
    for was, now in zip(before, after, strict=False):
        assert was == now or now in Certificate.MOVES[was]


@pytest.mark.parametrize("before", list(Certificate.Status))
def test_the_database_keeps_to_the_table_of_certificates(by, before):
    row = registration()
    for after in Certificate.Status:
        made = certificate(workshop=row.workshop, status=before, **({"revoked_at": timezone.now(), "revoke_reason": "x"}))
        changed = Certificate.objects.filter(pk=made.pk)
        if after == before or after in Certificate.MOVES[before]:
            assert changed.update(status=after) == 1
        else:
            with pytest.raises(InternalError), transaction.atomic():
                changed.update(status=after)


# Forms ---------------------------------------------------------------------------------------------------------

OF_FORMS = {
    **{("open", state): Form.State.OPEN for state in Form.State},
    ("close", Form.State.OPEN): Form.State.CLOSED,
    ("close", Form.State.CLOSED): Form.State.CLOSED,
    ("remind", Form.State.OPEN): Form.State.OPEN,
}


@pytest.mark.parametrize("state", list(Form.State))
@pytest.mark.parametrize("act", ["open", "close", "remind"])
def test_every_state_of_a_form_and_every_act(staff, by, state, act):
    from workshops import learning

    at = workshop(starts_in=0, status=Status.RUNNING)
    registration(workshop=at, person=person(email="official@gov.example"))
    form = learning.create(at, Form.Kind.EVALUATION, by=by)
    if state != Form.State.DRAFT:
        form = learning.open(form, by=by, tell=False)
    if state == Form.State.CLOSED:
        form = learning.close(form, by=by)
    kept, after = rows(Form, Letter), OF_FORMS.get((act, state))
    _page, words = post(staff, "staff:learning_act", at.slug, form.kind, act=act)
    form.refresh_from_db()
    assert is_mongolian(words)
    if after is None or (act, after) == ("close", state) or (act, after) == ("open", state):
        assert rows(Form, Letter) == kept
    else:
        assert form.state == after and (after == state or after in Form.MOVES[state])
        assert after == state or told(form)[0][0] == str(by)
        assert Letter.objects.filter(kind="form-open").count() == (act in {"open", "remind"})
