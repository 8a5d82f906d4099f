"""Reviews: who publishes what and when, two people for a press release, whose turn it is and who is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from office import desk_admin, reviews, versions
from office.models import NewsContact, NewsItem, Quote, Step, Version
from office.publishing import fill_in
from tests import people
from tests.admin.forms import filled
from tests.office.desk import change, rich_item

pytestmark = pytest.mark.django_db

ACTS = [act for act in Step.Act.values if act != "restore"]


# Publishing ----------------------------------------------------------------------------------------------------


def test_each_language_has_its_own_moment():
    item = people.news_item(title_en="Both", title_mn="Хоёул", published=False)
    later = timezone.now() + timedelta(days=3)
    reviews.publish(item, by=people.editor(), moments={"en": None, "mn": later})
    item.refresh_from_db()
    assert item.public_languages == ["en"]
    assert item.is_published("mn", at=later) and not item.is_published("mn", at=later - timedelta(seconds=1))
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=people.editor(), moments={"en": later})
    assert refusal.value.code == "already_out"
    reviews.withdraw(item, by=people.editor(), moments={"en": None})
    item.refresh_from_db()
    assert item.public_languages == []
    reviews.publish(item, by=people.editor(), moments={"en": None})
    assert NewsItem.objects.get(pk=item.pk).public_languages == ["en"]


def test_a_language_without_title_or_with_open_places_is_refused():
    item = people.news_item(title_en="Only English", title_mn="", published=False)
    for moments, code in [({"mn": None}, "no_title"), ({}, "nothing")]:
        with pytest.raises(ValidationError) as refusal:
            reviews.publish(item, by=people.editor(), moments=moments)
        assert refusal.value.code == code
    Quote.objects.create(item=item, text_en=fill_in("en", "quote"))
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=people.editor(), moments={"en": None})
    assert refusal.value.code == "unfilled"
    item.refresh_from_db()
    assert item.publish_at_en is None


def test_a_value_that_may_not_stay_is_named_and_nothing_is_published(client):
    item = people.news_item(published=False)
    NewsItem.objects.filter(pk=item.pk).update(source_url="no address")
    people.signed_in(client, people.editor())
    answer = client.post(reverse("admin:office_newsitem_act", args=[item.pk, "publish"]), {"publish-en": "on"})
    label = desk_admin.label_of(NewsItem._meta.get_field("source_url"))
    assert answer.status_code == 422 and f"{label}: Enter a valid URL." in answer.text
    item.refresh_from_db()
    assert item.publish_at_en is None


def test_nothing_is_withdrawn_at_a_moment_that_is_over():
    item = people.news_item()
    with pytest.raises(ValidationError) as refusal:
        reviews.withdraw(item, by=people.editor(), moments={"en": timezone.now() - timedelta(minutes=1)})
    assert refusal.value.code == "past" and NewsItem.objects.get(pk=item.pk).unpublish_at_en is None


def test_withdrawing_the_last_language_brings_out_what_waited():
    item = rich_item()
    data = versions.snapshot(item)
    data["fields"]["title_en"] = "Waiting"
    versions.keep(item, data, by=people.editor())
    reviews.withdraw(item, by=people.editor(), moments={"en": None, "mn": None})
    item.refresh_from_db()
    assert item.title_en == "Waiting" and item.public_languages == []


def test_what_waited_is_not_lost_when_the_publication_ends_by_itself(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    change(client, item, title_en="Waiting", **{"quotes-0-text_en": "Said otherwise."})
    soon = timezone.now() + timedelta(hours=1)
    reviews.withdraw(item, by=people.editor(), moments={"en": soon, "mn": soon})
    NewsItem.objects.filter(pk=item.pk).update(unpublish_at_en=timezone.now(), unpublish_at_mn=timezone.now())
    page = client.get(reverse("admin:office_newsitem_change", args=[item.pk]))
    assert page.context["adminform"].form["title_en"].value() == "Waiting"
    reviews.publish(NewsItem.objects.get(pk=item.pk), by=people.editor(), moments={"en": None})
    item.refresh_from_db()
    assert item.title_en == "Waiting" and item.quotes.get().text_en == "Said otherwise."
    assert versions.snapshot(item) == Version.objects.of(item).get(state="published").data


def test_what_is_written_after_the_publication_ended_goes_on_from_what_waited(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    change(client, item, title_en="Waiting")
    NewsItem.objects.filter(pk=item.pk).update(unpublish_at_en=timezone.now(), unpublish_at_mn=timezone.now())
    change(client, item, lead_en="Written later")
    item.refresh_from_db()
    assert (item.title_en, item.lead_en) == ("Waiting", "Written later")


def test_what_was_planned_is_called_off():
    item = people.news_item(published=False)
    editor = people.editor()
    reviews.publish(item, by=editor, moments={"en": timezone.now() + timedelta(days=1)})
    reviews.withdraw(item, by=editor, moments={"en": None})
    item.refresh_from_db()
    assert item.publish_at_en is None and item.unpublish_at_en is None


def test_what_takes_something_back_is_never_offered_first(client):
    """Whoever has just asked for a review meets no open form that undoes it."""
    item, writer = people.news_item(title_en="Begun", published=False), people.writer()
    reviews.save(item, versions.snapshot(item), by=writer)
    people.signed_in(client, writer)
    page = reverse("admin:office_newsitem_desk", args=[item.pk])
    assert [(form["act"], form["open"]) for form in client.get(page).context["forms"]] == [("submit", True)]
    reviews.submit(item, by=writer)
    assert [(form["act"], form["open"]) for form in client.get(page).context["forms"]] == [("take-back", False)]


# Two people ----------------------------------------------------------------------------------------------------


def release(by):
    item = people.news_item(kind="press-release", published=False)
    versions.keep(item, versions.snapshot(item), by=by)
    return item


def test_a_press_release_needs_two_people():
    editor, reviewer = people.editor(), people.reviewer()
    item = release(editor)
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=editor, moments={"en": None})
    assert refusal.value.code == "two_people"
    reviews.submit(item, by=editor)
    reviews.approve(item, by=reviewer)
    reviews.publish(item, by=editor, moments={"en": None})
    assert Version.objects.of(item).get(state="published").second == reviewer


def test_whoever_changes_it_after_the_approval_is_an_author_and_the_approval_is_gone():
    editor, reviewer = people.editor(), people.reviewer()
    item = release(editor)
    reviews.submit(item, by=editor)
    reviews.approve(item, by=reviewer)
    data = versions.snapshot(item)
    data["fields"]["title_en"] = "Mended by the reviewer"
    versions.keep(item, data, by=reviewer)
    assert set(versions.open_of(item).authors.all()) == {editor, reviewer}
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=editor, moments={"en": None})
    assert refusal.value.code == "two_people"


def test_making_it_a_press_release_at_the_last_moment_needs_two_people_too():
    editor = people.editor()
    item = people.news_item(kind="news", title_en="Out")
    data = versions.snapshot(item)
    data["fields"]["kind"] = "press-release"
    versions.keep(item, data, by=editor)
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=editor, moments={})
    assert refusal.value.code == "two_people"


def test_an_editor_who_wrote_none_of_it_is_the_second_person():
    item = release(people.writer())
    editor = people.editor()
    reviews.publish(item, by=editor, moments={"en": None})
    assert Version.objects.of(item).get(state="published").second == editor


def code_of(act, *args, **how):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **how)
    return refusal.value.code


def test_words_that_were_dropped_are_still_their_authors_when_another_restores_them():
    editor, reviewer, writer = people.editor(), people.reviewer(), people.writer()
    item = people.news_item(kind="press-release", title_en="Out")
    for author in (editor, reviewer):
        data = versions.snapshot(item)
        data["fields"]["title_en"] = f"Never read by {author}'s colleagues"
        dropped = versions.keep(item, data, by=author)
        reviews.drop(item, by=author)
        reviews.restore(item, dropped, by=writer)
        assert set(versions.open_of(item).authors.all()) == {author, writer}
        if author == editor:
            assert code_of(reviews.publish, item, by=author, moments={}) == "two_people"
        reviews.submit(item, by=writer)
        assert code_of(reviews.approve, item, by=author) == "not_now"
        reviews.drop(item, by=writer)


def test_a_public_press_release_is_not_changed_alone_by_calling_it_news():
    editor = people.editor()
    item = people.news_item(kind="press-release", title_en="Read by two")
    data = versions.snapshot(item)
    data["fields"] |= {"kind": "news", "title_en": "Read by one"}
    versions.keep(item, data, by=editor)
    assert "publish" not in reviews.open_acts(item, editor)
    assert code_of(reviews.publish, item, by=editor, moments={}) == "two_people"
    second = people.editor()
    reviews.publish(item, by=second, moments={})
    published = Version.objects.of(item).get(state="published")
    assert published.needs_two and published.second == second


def test_of_a_text_that_no_account_saved_two_people_are_needed_all_the_same():
    item = people.news_item(kind="press-release", published=False)
    editor, reviewer = people.editor(), people.reviewer()
    with pytest.raises(ValidationError) as refusal:
        reviews.publish(item, by=editor, moments={"en": None})
    assert refusal.value.code == "two_people"
    reviews.submit(item, by=editor)
    reviews.approve(item, by=reviewer)
    reviews.publish(item, by=editor, moments={"en": None})
    assert Version.objects.of(item).get(state="published").second == reviewer


def test_what_goes_out_is_what_the_version_says_that_is_kept_as_published():
    item = people.news_item(title_en="Saved", published=False)
    versions.keep(item, versions.snapshot(item), by=people.writer())
    NewsItem.objects.filter(pk=item.pk).update(title_en="Changed by a program")
    reviews.publish(item, by=people.editor(), moments={"en": None})
    assert Version.objects.of(item).get(state="published").data["fields"]["title_en"] == "Changed by a program"


def test_no_copy_is_made_of_an_item_by_a_button_that_is_not_there(client):
    item = people.news_item()
    people.signed_in(client, people.writer())
    address = reverse("admin:office_newsitem_change", args=[item.pk])
    assert client.post(address, {**filled(client.get(address)), "slug": "copy", "_saveasnew": "1"}).status_code == 400
    assert NewsItem.objects.get() == item and not Version.objects.exists()


# Role × state × act --------------------------------------------------------------------------------------------

ROLES = ["writer", "reviewer", "editor", "administrator", "organiser", "desk"]
W, R, E = {"writer"}, {"reviewer"}, {"editor", "administrator"}
ALL = W | R | E
# State of the item → act → who may do it: those who wrote none of it; and those who are its author ("own").
TABLE = {
    "draft": {"submit": ALL, "publish": E, "comment": ALL},
    "in-review": {"approve": R | E, "send-back": R | E, "take-back": E, "publish": E, "comment": ALL},
    "returned": {"submit": ALL, "publish": E, "comment": ALL},
    "approved": {"send-back": R | E, "take-back": E, "publish": E, "comment": ALL},
    "public": {"withdraw": E, "comment": ALL},
    "public, changed": {"submit": ALL, "publish": E, "withdraw": E, "drop": E, "comment": ALL},
    "public, changes in review": {"approve": R | E, "send-back": R | E, "take-back": E, "publish": E, "withdraw": E, "drop": E, "comment": ALL},
    "scheduled": {"publish": E, "withdraw": E, "comment": ALL},
    "withdrawn": {"publish": E, "comment": ALL},
}
OWN = {
    "draft": {"submit": ALL, "publish": E, "comment": ALL},
    "in-review": {"take-back": ALL, "publish": E, "comment": ALL},
    "approved": {"take-back": ALL, "publish": E, "comment": ALL},
    "public, changed": {"submit": ALL, "publish": E, "withdraw": E, "drop": ALL, "comment": ALL},
}


def brought_to(state, author):
    """An item in a state, its words by `author`, and the acts' other people strangers."""
    other = people.editor()
    if state.startswith("public"):
        item = people.news_item()
        if state != "public":
            data = versions.snapshot(item)
            data["fields"]["title_en"] = "Waiting"
            versions.keep(item, data, by=author)
        if state.endswith("review"):
            versions.move_to(versions.open_of(item), "in-review")
        return item
    item = people.news_item(published=False)
    versions.keep(item, versions.snapshot(item), by=author)
    if state == "scheduled":
        reviews.publish(item, by=other, moments={"en": timezone.now() + timedelta(days=1)})
    elif state == "withdrawn":
        reviews.publish(item, by=other, moments={"en": None})
        reviews.withdraw(item, by=other, moments={"en": None})
    elif state != "draft":
        versions.move_to(versions.open_of(item), state, approved_by=other if state == "approved" else None)
    return item


def picture(item):
    """All that an act could have changed."""
    row = NewsItem.objects.filter(pk=item.pk).values().get()
    return row, list(Version.objects.of(item).order_by("number").values_list("number", "state")), Step.objects.count()


def tried(item, act, user):
    """Whether the act did something; what was refused did nothing."""
    before = picture(item)
    changes_alone = act == "publish" and item.is_published("en")
    what = {"moments": {} if changes_alone else {"en": None}} if act in {"publish", "withdraw"} else {}
    try:
        desk_admin.ACTS[act](item, by=user, text="Because.", **what)
    except (ValidationError, PermissionDenied):
        assert picture(item) == before
        return False
    assert picture(item) != before
    return True


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", TABLE)
def test_each_act_in_each_state_is_done_by_whom_the_table_says(state, role):
    user = getattr(people, role)()
    for own in (False, True) if state in OWN and user.edits_content else (False,):
        item = brought_to(state, user if own else people.writer())
        item.refresh_from_db()
        expected = {act for act, who in (OWN if own else TABLE)[state].items() if role in who}
        assert set(reviews.open_acts(item, user)) - {"restore"} == expected
        done = set()
        for act in ACTS:
            point = transaction.savepoint_create()
            if tried(item, act, user):
                done.add(act)
            transaction.savepoint_rollback(point)
        assert done == expected


@pytest.mark.parametrize("role", ROLES)
def test_the_page_does_what_the_acts_do_and_says_what_they_refuse(client, role):
    user, item = getattr(people, role)(), brought_to("public, changed", people.writer())
    people.signed_in(client, user)
    for act in ACTS:
        before, point = picture(item), transaction.savepoint_create()
        answer = client.post(reverse("admin:office_newsitem_act", args=[item.pk, act]), {f"{act}-text": "Because.", f"{act}-en": "on"})
        done = picture(item) != before
        assert done == (role in TABLE["public, changed"].get(act, set()))
        assert answer.status_code == (302 if done or role == "desk" else 422 if user.edits_content else 403), act
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("role", ["organiser", "desk"])
def test_those_who_do_not_write_change_nothing(client, role):
    item = rich_item()
    with pytest.raises(PermissionDenied):
        reviews.comment(item, by=getattr(people, role)(), text="Hello")
    people.signed_in(client, getattr(people, role)())
    first = versions.keep(item, {**versions.snapshot(item), "many": {}}, by=people.editor())
    assert client.post(reverse("admin:office_newsitem_restore", args=[item.pk]), {"version": first.number}).status_code in {302, 403}
    assert Version.objects.of(item).count() == 1


def test_get_does_nothing(client):
    item = rich_item()
    people.signed_in(client, people.editor())
    for act in Step.Act.values:
        assert client.get(reverse("admin:office_newsitem_act", args=[item.pk, act])).status_code == 405
    assert client.get(reverse("admin:office_newsitem_restore", args=[item.pk])).status_code == 405


def test_a_refused_act_keeps_what_was_typed(client):
    item = brought_to("in-review", people.writer())
    people.signed_in(client, people.reviewer())
    answer = client.post(reverse("admin:office_newsitem_act", args=[item.pk, "send-back"]), {"send-back-text": " "})
    assert answer.status_code == 422 and "Say what is to be changed" in answer.text
    people.signed_in(client, people.editor())
    answer = client.post(
        reverse("admin:office_newsitem_act", args=[item.pk, "publish"]),
        {"publish-text": "My words", "publish-en": "on", "publish-en_at": "2027-13-40T10:00"},
    )
    assert answer.status_code == 422 and "My words" in answer.text and "2027-13-40T10:00" in answer.text


def test_the_desk_asks_the_database_the_same_few_times(client):
    people.signed_in(client, people.editor())
    item = rich_item()
    numbers = []
    for number in (1, 4):
        for each in range(number):
            change(client, item, title_en=f"Title {number} {each}")
            reviews.comment(item, by=people.reviewer(), text="Read.")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("admin:office_newsitem_desk", args=[item.pk]))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 40


def test_the_change_page_asks_the_database_the_same_few_times(client):
    people.signed_in(client, people.editor())
    item = people.news_item()
    numbers = []
    for number in (1, 3):
        for each in range(number):
            Quote.objects.create(item=item, text_en="Said.", speaker_en="A Director", order=each)
            NewsContact.objects.create(item=item, contact=people.press_contact())
            people.picture(item=item)
            people.workshop().news.add(item)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("admin:office_newsitem_change", args=[item.pk]))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 45


def test_the_list_shows_what_waits(client):
    waiting, quiet = brought_to("in-review", people.writer()), people.news_item(title_en="Quiet")
    people.signed_in(client, people.editor())
    address = reverse("admin:office_newsitem_changelist")
    assert "waiting for a reviewer" in client.get(address).text
    rows = client.get(address + "?text=in-review").context["cl"].result_list
    assert [row.pk for row in rows] == [waiting.pk] and quiet.pk not in [row.pk for row in rows]


# Whose turn it is ----------------------------------------------------------------------------------------------


def test_each_finds_what_waits_for_them():
    writer, reviewer, editor = people.writer(), people.reviewer(), people.editor()
    item = release(writer)

    def lists():
        return {name: [str(task.words) for task in reviews.mine_to_do(user)] for name, user in [("w", writer), ("r", reviewer), ("e", editor)]}

    assert lists() == {"w": ["Go on writing"], "r": [], "e": []}
    reviews.submit(item, by=writer)
    assert lists() == {"w": [], "r": ["Review it"], "e": ["Review it"]}
    assert [str(task.words) for task in reviews.mine_to_do(writer, with_others=True)] == ["waiting for a reviewer"]
    reviews.send_back(item, by=reviewer, text="The date is wrong.")
    assert lists() == {"w": ["Sent back to you: change it"], "r": [], "e": []}
    reviews.submit(item, by=writer)
    reviews.approve(item, by=reviewer)
    assert lists() == {"w": [], "r": [], "e": ["Publish it"]}
    reviews.publish(item, by=editor, moments={"en": None})
    assert lists() == {"w": [], "r": [], "e": []}


def test_letters_go_to_those_whose_turn_it_is_in_their_language(django_capture_on_commit_callbacks):
    writer = people.writer(preferred_language="mn", email="writer1@iom.example")
    reviewer = people.reviewer(preferred_language="mn", email="reviewer1@iom.example")
    editor = people.editor(preferred_language="en", email="editor1@iom.example")
    item = release(writer)

    def sent(act, *, by, **more):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act(item, by=by, **more)
        for queued in DBTaskResult.objects.ready():
            import_string(queued.task_path).call(*queued.args_kwargs["args"])
            queued.delete()
        return {letter.to[0]: letter for letter in mail.outbox}

    letters = sent(reviews.submit, by=writer, text="Embargo until noon.")
    assert set(letters) == {reviewer.email, editor.email}
    assert "Please review" in letters[editor.email].subject and "Embargo until noon." in letters[editor.email].body
    assert f"/en/admin/office/newsitem/{item.pk}/desk/" in letters[editor.email].body
    assert "Please review" not in letters[reviewer.email].subject and f"/mn/admin/office/newsitem/{item.pk}/desk/" in letters[reviewer.email].body
    assert set(sent(reviews.send_back, by=reviewer, text="Wrong date.")) == {writer.email}
    sent(reviews.submit, by=writer)
    assert set(sent(reviews.approve, by=reviewer)) == {writer.email, editor.email}
    # Who acts or speaks gets no letter about it.
    assert set(sent(reviews.comment, by=reviewer, text="Well done.")) == {writer.email}
    assert set(sent(reviews.publish, by=editor, moments={"en": None, "mn": None})) == {writer.email}
