"""The outbox as staff see it, what is done with letters, and the words of letters."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests import people
from tests.workshops.test_letters import answer_link, official
from workshops import letter_kinds, letters
from workshops.models import Letter, LetterTemplate, Link, NominationRequest, Registration, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return people.organiser()


@pytest.fixture
def desk(client, by):
    return people.signed_in(client, by)


def invitation(draft=True, **details):
    registration = official(**details)
    return letters.write("official-invitation", registration=registration, link=answer_link(registration), draft=draft)


def drafts(number, **details):
    first = invitation(email="p0@gov.example")
    return [first] + [invitation(email=f"p{count}@gov.example", workshop=first.workshop, **details) for count in range(1, number)]


def refusal(act, *arguments, **details):
    with pytest.raises(ValidationError) as refused:
        act(*arguments, **details)
    return refused.value


# Acts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_read_changed_and_sent(by):
    letter = invitation()
    letter = letters.edit(letter, by=by, subject="  Please\nanswer  soon ", body="Dear all,\r\n\r\n{link}\r\n")
    assert (letter.subject, letter.body, letter.edited_by) == ("Please answer soon", "Dear all,\n\n{link}", by)
    assert letters.queue(letter, by=by).state == "queued"
    assert letters.queue(letter, by=by).state == "queued"  # pressed twice
    assert list(letter.steps.values_list("what", "by")) == [("edited", by.pk), ("queued", by.pk)]


@pytest.mark.parametrize(
    ("subject", "body", "field", "code"),
    [
        ("", "x {link}", "subject", "empty"),
        ("x", " ", "body", "empty"),
        ("x", "no way to answer", "body", "link_missing"),
        ("x {link}", "x {link}", "subject", "link_in_subject"),
        ("x", "{link} {name}", "body", "unknown_placeholder"),
        ("x" * 251, "{link}", "subject", "too_long"),
    ],
)
def test_words_that_a_letter_cannot_have_are_refused(by, subject, body, field, code):
    letter = invitation()
    refused = refusal(letters.edit, letter, by=by, subject=subject, body=body)
    assert {name: [error.code for error in errors] for name, errors in refused.error_dict.items()} == {field: [code]}
    letter.refresh_from_db()
    assert letter.subject.startswith("Please answer")


def test_a_letter_without_a_link_gets_none_by_editing(by):
    letter = letters.write("official-waiting", registration=official(), draft=True)
    assert refusal(letters.edit, letter, by=by, subject="x", body="{link}").error_dict["body"][0].code == "unknown_placeholder"


@pytest.mark.parametrize("state", ["sending", "sent", "cancelled"])
def test_what_is_out_is_no_longer_changed(by, state):
    letter = invitation()
    Letter.objects.update(state=state, sent_at=timezone.now())
    assert refusal(letters.edit, letter, by=by, subject="x", body="{link}").code == "not_now"
    if state != "cancelled":
        assert refusal(letters.discard, letter, by=by).code == "not_now"
    else:
        assert refusal(letters.queue, letter, by=by).code == "not_now"
    assert Letter.objects.get().state == state


def test_discarded_and_taken_out_again(by):
    letter = invitation()
    assert letters.discard(letter, by=by).state == letters.discard(letter, by=by).state == "cancelled"
    assert letters.restore(letter, by=by).state == "draft"
    assert refusal(letters.restore, letters.queue(letter, by=by), by=by).code == "not_now"


def test_a_draft_that_is_no_longer_right_is_not_let_out(by):
    letter = invitation()
    Registration.objects.update(state=State.CONFIRMED)
    assert refusal(letters.queue, letter, by=by).code == "state"
    assert Letter.objects.get().state == "draft"


def test_an_address_that_came_later_is_found(by):
    letter = letters.write("official-waiting", registration=official(email=None, become=State.WAITLISTED), draft=True)
    assert refusal(letters.queue, letter, by=by).code == "no_address"
    letter.registration.person.emails.create(address="late@gov.example")
    letter = letters.queue(letter, by=by)
    assert (letter.state, letter.to_address, letter.problem) == ("queued", "late@gov.example", "")


def test_only_what_was_sent_comes_back(by):
    letter = invitation()
    assert refusal(letters.record_bounce, letter, by=by, note="x").code == "not_now"
    Letter.objects.update(state="sent", sent_at=timezone.now())
    letter = letters.record_bounce(letter, by=by, note="Mailbox\nfull")
    assert (letter.state, letter.bounce_note, bool(letter.bounced_at)) == ("sent", "Mailbox full", True)


def test_what_came_back_goes_again_to_the_address_known_today(by):
    letter = invitation()
    Letter.objects.update(state="sent", sent_at=timezone.now())
    letter.refresh_from_db()
    assert refusal(letters.settle, letter, by=by).code == "not_now"
    letters.record_bounce(letter, by=by, note="No such user")
    letters.settle(letter, by=by)
    assert letters.settle(letter, by=by).settled_at
    # Comes back again: it is among what needs doing once more.
    assert letters.record_bounce(letter, by=by, note="No such user").settled_at is None
    assert letters.queue_many([letter], by=by).unchanged == [letter]  # never among many
    letter.registration.person.emails.update(address="right@gov.example")
    letter = letters.send_again(letter, by=by)
    assert (letter.state, letter.to_address, letter.bounced_at, letter.bounce_note) == ("queued", "right@gov.example", None, "")
    assert [step.what for step in letter.steps.all()] == ["bounced", "settled", "bounced", "queued"]


def test_many_are_sent_in_a_number_of_queries_that_stays(by):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = []
    for number in (2, 6):
        made = drafts(number)
        with CaptureQueriesContext(connection) as asked:
            assert len(letters.queue_many(made, by=by).done) == number
        found.append(len(asked))
        Registration.objects.all()
        people.PersonEmail.objects.all().delete()
    assert found[0] == found[1]


def test_a_number_that_changed_meanwhile_is_refused(by):
    made = drafts(3)
    assert refusal(letters.queue_many, made, by=by, seen=2).code == "number_changed"
    assert set(Letter.objects.values_list("state", flat=True)) == {"draft"}


# Pages ----------------------------------------------------------------------------------------------------------


def test_the_outbox_sorts_and_finds(desk):
    first, second, third = drafts(3)
    Letter.objects.filter(pk=second.pk).update(state="failed", problem="550 No such user")
    Letter.objects.filter(pk=third.pk).update(to_address="", problem="no-address")
    address = reverse("staff:letters", args=[first.workshop.slug])
    page = desk.get(address).content.decode()
    assert "550 No such user" in page and "No e-mail address is known: call instead." in page
    assert [row.pk for row in desk.get(address + "?state=failed").context["page"]] == [second.pk]
    assert [row.pk for row in desk.get(address + "?state=draft").context["page"]] == [first.pk]
    assert [row.pk for row in desk.get(address + "?state=no-address").context["page"]] == [third.pk]
    assert [row.pk for row in desk.get(address + f"?institution={second.registration.organisation_id}").context["page"]] == [second.pk]
    assert len(desk.get(address + "?kind=free").context["page"].object_list) == 0
    assert [row.pk for row in desk.get(address + "?q=p1@gov").context["page"]] == [second.pk]
    assert len(desk.get(reverse("staff:letter_outbox")).context["page"].object_list) == 3
    fragment = desk.get(address, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in fragment and "550 No such user" in fragment


@pytest.mark.parametrize("name", ["letters", "letter_outbox"])
def test_the_outbox_asks_the_same_with_one_letter_and_three(desk, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    letter = invitation(email="p0@gov.example")
    address = reverse(f"staff:{name}", args=[letter.workshop.slug] if name == "letters" else [])
    found = []
    desk.get(address)
    for more in (0, 2):
        for count in range(more):
            invitation(email=f"more{count}@gov.example", workshop=letter.workshop)
        with CaptureQueriesContext(connection) as asked:
            desk.get(address)
        found.append(len(asked))
    assert found[0] == found[1]


def test_several_are_sent_after_their_number_was_seen(desk, by):
    made = drafts(3)
    act = reverse("staff:letters_act", args=[made[0].workshop.slug])
    posted = {"act": "send", "selected": [made[0].pk, made[1].pk], "back": "state=draft"}
    page = desk.post(act, posted)
    assert page.status_code == 200 and "Send 2 letters?" in page.content.decode()
    assert set(Letter.objects.values_list("state", flat=True)) == {"draft"}
    answer = desk.post(act, {**posted, "seen": "2"})
    assert answer["Location"].endswith("/letters/?state=draft")
    assert list(Letter.objects.order_by("pk").values_list("state", flat=True)) == ["queued", "queued", "draft"]


def test_all_that_the_list_shows_with_another_number_meanwhile(desk):
    made = drafts(2)
    act = reverse("staff:letters_act", args=[made[0].workshop.slug])
    posted = {"act": "discard", "everyone": "1", "back": "state=draft"}
    assert desk.post(act, posted).context["seen"] == 2
    invitation(email="third@gov.example", workshop=made[0].workshop)
    answer = desk.post(act, {**posted, "seen": "2"}, follow=True)
    assert "There are 3 letters now and not 2." in answer.content.decode()
    assert not Letter.objects.filter(state="cancelled").exists()
    desk.post(act, {**posted, "seen": "3"})
    assert Letter.objects.filter(state="cancelled").count() == 3


def test_letters_of_another_workshop_are_not_reached(desk):
    mine, other = invitation(), invitation(email="other@gov.example")
    desk.post(reverse("staff:letters_act", args=[mine.workshop.slug]), {"act": "send", "selected": [other.pk], "seen": "1"})
    assert Letter.objects.get(pk=other.pk).state == "draft"


def test_a_letters_page_shows_it_without_its_secret(desk):
    letter = invitation()
    page = desk.get(reverse("staff:letter", args=[letter.pk])).content.decode()
    assert "(the personal link is put in here)" in page
    assert letter.link.token not in page and "{link}" not in page
    assert "Dear Batbayar," in page and "<dt>Venue</dt><dd>UN House, hall 2</dd>" in page


def test_a_letters_page_escapes_what_was_typed(desk, by):
    letter = invitation()
    letters.edit(letter, by=by, subject="<script>1</script>", body="<script>alert(1)</script> {link}")
    page = desk.get(reverse("staff:letter", args=[letter.pk])).content.decode()
    assert "<script>alert" not in page and "<script>1" not in page


def test_one_letter_is_sent_changed_discarded_from_its_page(desk):
    letter = invitation()
    page, act = reverse("staff:letter", args=[letter.pk]), reverse("staff:letter_act", args=[letter.pk])
    answer = desk.post(reverse("staff:letter_edit", args=[letter.pk]), {"subject": "Kept", "body": "without a link"})
    assert answer.status_code == 422
    assert "without it nobody can answer" in answer.content.decode() and "without a link</textarea>" in answer.content.decode()
    assert desk.post(reverse("staff:letter_edit", args=[letter.pk]), {"subject": "New", "body": "Hello {link}"})["Location"] == page
    assert desk.get(act).status_code == 405
    for what, state in [("discard", "cancelled"), ("restore", "draft"), ("send", "queued")]:
        desk.post(act, {"act": what})
        assert Letter.objects.get().state == state
    Letter.objects.update(state="sent", sent_at=timezone.now())
    desk.post(act, {"act": "bounce", "note": "full"})
    assert "It came back on" in desk.get(page).content.decode()
    assert "This letter can no longer be changed." in desk.get(reverse("staff:letter_edit", args=[letter.pk]), follow=True).content.decode()


def test_trouble_with_the_mail_server_is_shown(desk):
    from django.core.cache import cache

    from workshops.letter_post import TROUBLE

    letter = invitation()
    cache.set(TROUBLE, {"since": timezone.now(), "words": "Connection refused", "tries": 1, "again_at": timezone.now()})
    try:
        assert "The mail server cannot be reached since" in desk.get(reverse("staff:letters", args=[letter.workshop.slug])).content.decode()
    finally:
        cache.delete(TROUBLE)


# Staff's own words ------------------------------------------------------------------------------------------------

WORDS = {"audience": "confirmed", "subject_en": "About {workshop}", "body_en": "{greeting}\n\nBring a pen.", "subject_mn": "{workshop}", "body_mn": "{greeting}\n\nҮзэг авчирна уу."}


def confirmed(number):
    first = official("en", become=State.CONFIRMED, email="w0@gov.example")
    rest = [official("mn" if count % 2 else "en", become=State.CONFIRMED, email=f"w{count}@gov.example", workshop=first.workshop) for count in range(1, number)]
    return [first, *rest]


def test_own_words_are_seen_and_then_written_to_each_in_their_language(desk):
    rows = confirmed(3)
    address = reverse("staff:letters_write", args=[rows[0].workshop.slug])
    assert "{greeting}" in desk.get(address).content.decode()
    page = desk.post(address, {**WORDS, "key": "k"})
    assert page.context["number"] == 3 and len(page.context["samples"]) == 2
    assert "Bring a pen." in page.content.decode() and "Үзэг авчирна уу." in page.content.decode()
    assert Letter.objects.count() == 0 and Link.objects.count() == 0
    for _twice in range(2):
        answer = desk.post(address, {**WORDS, "key": "k", "seen": "3", "then": "draft"})
        assert answer.status_code == 302
    assert sorted(Letter.objects.values_list("language", "state")) == [("en", "draft"), ("en", "draft"), ("mn", "draft")]
    assert Letter.objects.get(language="mn").body.endswith("Үзэг авчирна уу.")


def test_own_words_in_one_language_go_to_all_in_it(desk):
    rows = confirmed(2)
    address = reverse("staff:letters_write", args=[rows[0].workshop.slug])
    desk.post(address, {**WORDS, "subject_mn": "", "body_mn": "", "key": "k", "seen": "2", "then": "send"})
    assert set(Letter.objects.values_list("language", "state")) == {("en", "queued")}


def test_own_words_to_another_number_than_was_seen(desk):
    rows = confirmed(2)
    address = reverse("staff:letters_write", args=[rows[0].workshop.slug])
    answer = desk.post(address, {**WORDS, "key": "k", "seen": "1", "then": "send"})
    assert answer.status_code == 422 and "There are 2 letters now and not 1." in answer.content.decode()
    assert "Bring a pen." in answer.content.decode() and Letter.objects.count() == 0


@pytest.mark.parametrize(("change", "sentence"), [({"body_en": "{nonsense}"}, "This letter does not know {nonsense}."), ({"audience": "waitlisted"}, "Nobody fits")])
def test_own_words_that_cannot_go(desk, change, sentence):
    rows = confirmed(1)
    answer = desk.post(reverse("staff:letters_write", args=[rows[0].workshop.slug]), {**WORDS, **change})
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_own_words_to_institutions_that_have_not_answered(desk):
    ministry = people.organisation()
    at = people.workshop(seats={ministry: (2, 4)})
    NominationRequest.objects.create(workshop=at, organisation=ministry, language="mn", focal_email="a@gov.example", state="sent", sent_at=timezone.now())
    address = reverse("staff:letters_write", args=[at.slug])
    desk.post(address, {**WORDS, "audience": "institutions-late", "body_mn": "{greeting} {link}", "key": "k", "seen": "1", "then": "send"})
    letter = Letter.objects.get()
    assert (letter.request.organisation, letter.state, letter.link.kind) == (ministry, "queued", "nominate")
    assert letter.body == "Эрхэм хүндэт хамт олон, {link}"


# Templates --------------------------------------------------------------------------------------------------------


def posted(kind, **changes):
    words = {}
    for language in ("en", "mn"):
        words[f"subject_{language}"], words[f"body_{language}"] = letter_kinds.KINDS[kind].words(language)
    return {**words, **changes}


def test_the_words_are_changed_looked_at_and_restored(desk):
    address = reverse("staff:letter_template", args=["official-invitation"])
    assert "Please answer" in desk.get(address).content.decode()
    page = desk.post(address, posted("official-invitation", subject_en="Come {by_day}", preview="1"))
    assert "<h3>Come by 12 May</h3>" in page.content.decode() and LetterTemplate.objects.count() == 0
    desk.post(address, posted("official-invitation", subject_en="Come {by_day}"))
    template = LetterTemplate.objects.get()
    # What is the portal's own stays the portal's own.
    assert (template.subject_en, template.body_en, template.subject_mn, template.workshop) == ("Come {by_day}", "", "", None)
    registration = official()
    assert letters.write("official-invitation", registration=registration, link=answer_link(registration)).subject == "Come by 12 May"
    desk.post(address, {"restore": "1"})
    assert LetterTemplate.objects.count() == 0


def test_a_workshops_words_stand_on_those_for_all(desk):
    at = people.workshop()
    desk.post(reverse("staff:letter_template", args=["official-waiting"]), posted("official-waiting", subject_en="General"))
    here = reverse("staff:letter_template_here", args=[at.slug, "official-waiting"])
    assert 'value="General"' in desk.get(here).content.decode()
    desk.post(here, posted("official-waiting", subject_en="General", body_en="Ours. {greeting}"))
    own = LetterTemplate.objects.get(workshop=at)
    assert (own.subject_en, own.body_en) == ("", "Ours. {greeting}")
    assert "this workshop’s own" in desk.get(reverse("staff:letter_templates_here", args=[at.slug])).content.decode()
    desk.post(here, {"restore": "1"})
    assert list(LetterTemplate.objects.values_list("workshop", flat=True)) == [None]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"body_mn": "Холбоосгүй"}, "without it nobody can answer"),
        ({"body_en": "{link} {diet}"}, "This letter does not know {diet}."),
        ({"subject_en": "{link}"}, "The link cannot stand in the subject."),
    ],
)
@pytest.mark.parametrize("press", [{}, {"preview": "1"}])
def test_words_without_what_is_compulsory_are_refused_and_kept_in_the_form(desk, change, sentence, press):
    answer = desk.post(reverse("staff:letter_template", args=["official-invitation"]), posted("official-invitation", **change, **press))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert next(iter(change.values())) in answer.content.decode() and LetterTemplate.objects.count() == 0


def test_letters_written_before_stay_as_they_are(by):
    letter = invitation()
    letters.save_template("official-invitation", by=by, **posted("official-invitation", subject_en="Other"))
    letter.refresh_from_db()
    assert letter.subject.startswith("Please answer by")


def test_a_letter_of_a_term_that_is_over_is_late(by):
    letter = invitation(draft=False)
    Letter.objects.update(created_at=timezone.now() - timedelta(days=9))
    letter.registration.__class__.objects.update(offer_expires_at=timezone.now() - timedelta(days=1))
    fresh = Letter.objects.select_related("workshop", "registration", "link", "person").get()
    assert letter_kinds.still_right(fresh) == "late"


def test_the_dots_of_the_frame_never_go_out(by):
    frame = {language: letter_kinds.KINDS["free"].words(language) for language in ("en", "mn")}
    written = frame["mn"][1].replace("…", "Тоо мэдээгээ авчирна уу.")
    # A language whose frame stands untouched is left out: its readers get the other.
    assert list(letters.check_free_words({**frame, "mn": ("Тоо", written)})) == ["mn"]
    with pytest.raises(ValidationError) as refused:
        letters.check_free_words(frame)
    assert [error.code for error in refused.value.error_dict["body_mn"]] == ["empty"]
    with pytest.raises(ValidationError) as refused:
        letters.check_free_words({"en": ("Figures", frame["en"][1] + "\nPlease bring yours.")})
    assert [error.code for error in refused.value.error_dict["body_en"]] == ["dots"]


def test_a_letter_that_waits_for_undo_says_when_it_leaves_and_may_go_at_once(desk):
    at = people.workshop()
    rows = [people.registration(workshop=at, become=State.NOMINATED) for _number in range(2)]
    for row in rows:
        row.person.emails.create(address=f"p{row.pk}@gov.example", is_primary=True)
    moved = desk.post(reverse("staff:participants_move", args=[at.slug]), {"selected": [row.pk for row in rows], "commit": "1", "to": "invited"}, follow=True)
    first, second = Letter.objects.filter(kind="official-invitation")
    assert f"Their letters leave at {timezone.localtime(first.send_after):%H:%M} unless you undo it." in moved.content.decode()
    assert "leaves at" in desk.get(reverse("staff:letters", args=[at.slug])).content.decode()
    desk.post(reverse("staff:letter_act", args=[first.pk]), {"act": "send"})
    asked = desk.post(reverse("staff:letters_act", args=[at.slug]), {"selected": [second.pk], "act": "send"})
    assert "Send 1 letter?" in asked.content.decode()
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, first.next_try_at, second.next_try_at) == ("queued", None, second.send_after)
