"""The pages of tests and evaluations: a participant's on the phone, and those of the staff."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import people
from tests.workshops.test_learning import answers_of, opened
from workshops import learning, learning_results, links
from workshops.models import Answer, Receipt, Submission, Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return people.workshop(starts_in=0, status=Workshop.Status.RUNNING)


def page_of(form, registration, language="en"):
    address = reverse("links:form", args=[links.issue("answer", registration=registration).token, form.kind])
    return address.replace("/en/", f"/{language}/")


def posted(form, **details):
    return {f"q{pk}": value for pk, value in answers_of(form, **details).items()}


def test_an_evaluation_is_filled_in_without_an_account_and_once(client, at):
    form, somebody = opened(at, "evaluation", people.organiser()), people.registration(workshop=at)
    address, given = page_of(form, somebody, "mn"), posted(form, words="Маш сайн")
    page = client.get(address)
    assert "Агуулга хэр сайн байсан бэ?" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0") and page["X-Robots-Tag"] == "noindex, nofollow"
    first = f"q{form.questions.first().pk}"
    short = client.post(address, {name: value for name, value in given.items() if name != first})
    assert short.status_code == 422 and not Submission.objects.exists()
    assert list(short.context["fields"].errors) == [first]
    assert "Маш сайн" in short.content.decode()
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 302
    done = client.get(address)
    assert done.context["standing"] == "answered" and f'href="{address.split("form")[0]}"' in done.content.decode()
    assert (Submission.objects.get().registration, Submission.objects.get().language) == (None, "")
    assert Receipt.objects.get().registration == somebody
    assert Answer.objects.filter(text="Маш сайн").count() == 2


def test_a_link_of_nobody_leads_nowhere_and_a_finished_workshop_still_asks(client, at):
    form, somebody = opened(at, "evaluation", people.organiser()), people.registration(workshop=at)
    address = page_of(form, somebody)
    assert client.get(reverse("links:form", args=["x" * 22, "evaluation"])).status_code == 404
    assert client.get(address.replace("evaluation", "post")).status_code == 404
    Workshop.objects.filter(pk=at.pk).update(status=Workshop.Status.COMPLETED)
    assert client.get(address).context["standing"] == "open"
    Workshop.objects.filter(pk=at.pk).update(status=Workshop.Status.CANCELLED)
    assert client.get(address).context["standing"] == "quiet"
    client.post(address, posted(form))
    assert not Submission.objects.exists()


def test_a_hall_of_sixty_may_answer_at_once_from_one_address(client, at, monkeypatch):
    """Page, form, answer and the page after it: four requests each, within one minute and behind one router."""
    limits = []
    monkeypatch.setattr("core.throttle.allowed", lambda name, who, *, times, seconds: limits.append((name, times * 60 / seconds)) or True)
    opened(at, "evaluation", people.organiser())
    token = links.issue("answer", registration=people.registration(workshop=at)).token
    client.get(reverse("links:form", args=[token, "evaluation"]))
    client.get(reverse("answer:page", args=[token]))
    assert [name for name, _times in limits] == ["answer", "answer"]
    assert min(times for _name, times in limits) >= 60 * 4


def test_staff_make_change_and_open_a_form(client, at):
    people.signed_in(client, people.organiser())
    people.registration(workshop=at)
    act = reverse("staff:learning_act", args=[at.slug, "pre"])
    client.post(act, {"act": "create"})
    form = at.forms.get()
    add = reverse("staff:learning_add", args=[at.slug, "pre"])
    wrong = client.post(add, {"text_en": "One?", "text_mn": "Нэг үү?", "kind": "one", "option1_en": "A", "option1_mn": "А"})
    assert wrong.status_code == 422 and "One?" in wrong.content.decode()
    client.post(add, {"text_en": "One?", "text_mn": "Нэг үү?", "kind": "one", "option1_en": "A", "option1_mn": "А", "option1_right": "on", "option2_en": "B", "option2_mn": "Б"})
    added = form.questions.last()
    assert [(option.text_en, option.is_right) for option in added.options.all()] == [("A", True), ("B", False)]
    client.post(reverse("staff:learning_question_act", args=[at.slug, "pre", added.pk]), {"act": "up"})
    assert form.questions.last() != added
    assert client.get(reverse("staff:learning_form", args=[at.slug, "pre"])).status_code == 200
    client.post(act, {"act": "open"})
    client.post(act, {"act": "open"})
    form.refresh_from_db()
    assert form.state == "open"
    page = client.get(reverse("staff:learning", args=[at.slug])).content.decode()
    assert at.registrations.get().full_name in page


def test_anonymous_results_under_five_are_withheld_altogether(client, at):
    people.signed_in(client, people.organiser())
    form = opened(at, "evaluation", people.organiser())
    address = reverse("staff:learning_results", args=[at.slug, "evaluation"])
    for number in range(4):
        learning.submit(form, people.registration(workshop=at), answers_of(form, words=f"secret {number}"), language="en")
    before = client.get(address)
    assert before.context["results"] is None and "secret" not in before.content.decode()
    learning.submit(form, people.registration(workshop=at), answers_of(form, scale=1, words="secret 4"), language="en")
    learning.close(form, by=people.organiser())
    scale = client.get(address).context["results"][0]
    # Four said 4 and one said 1: neither number is shown, and the mean gives neither away, as it would beside rows of nobody.
    assert [row.number for row in scale.rows] == [None] * 5
    assert str(scale.mean) == "3.4"


def test_anonymous_results_wait_until_no_answer_can_come_any_more(client, at):
    """Results read before and after one more person answered would say what that person answered."""
    people.signed_in(client, people.organiser())
    form = opened(at, "evaluation", people.organiser())
    address = reverse("staff:learning_results", args=[at.slug, "evaluation"])
    for _number in range(6):
        learning.submit(form, people.registration(workshop=at), answers_of(form, words="secret"), language="en")
    page = client.get(address)
    assert page.context["results"] is None and "secret" not in page.content.decode()
    assert "6 people have answered" in page.content.decode() and "once the form is closed" in page.content.decode()
    learning.close(form, by=people.organiser())
    assert "secret" in client.get(address).content.decode()


@pytest.mark.parametrize("numbers", [[1, 0, 0, 4, 0], [0, 0, 2, 8, 0], [0, 0, 0, 1, 9], [3, 6, 0, 0, 0]])
def test_the_mean_gives_no_withheld_number_away(numbers):
    """As many rows are hidden that more than one answer fits number and mean."""
    rows = [learning_results.Row("", number) for number in numbers]
    learning_results.withhold(rows, with_mean=True)
    assert sum(row.number is None for row in rows) >= 3
    assert not any(row.number is not None and row.number < learning_results.FEWEST for row in rows)


@pytest.mark.parametrize(
    "numbers, shown",
    [([0, 0, 6], [0, 0, 6]), ([1, 5, 9], [None, None, 9]), ([2, 4, 9], [None, None, 9]), ([1, 2, 7, 8], [None, None, None, 8]), ([4, 0, 0], [None, 0, 0])],
)
def test_what_is_withheld_cannot_be_worked_out(numbers, shown):
    rows = [learning_results.Row("", number) for number in numbers]
    learning_results.withhold(rows)
    assert [row.number for row in rows] == shown


def test_results_of_a_test_show_the_share_of_right_answers_and_each_gain(client, at):
    people.signed_in(client, people.organiser())
    before, after = (opened(at, kind, people.organiser()) for kind in ("pre", "post"))
    somebody, other = (people.registration(workshop=at) for _ in range(2))
    learning.submit(before, somebody, answers_of(before, right=False), language="en")
    learning.submit(before, other, answers_of(before), language="en")
    learning.submit(after, somebody, answers_of(after), language="en")
    page = client.get(reverse("staff:learning_results", args=[at.slug, "pre"]))
    assert [result.right for result in page.context["results"]][:3] == [50, 50, 50]
    assert {(pair.before, pair.after, pair.gain) for pair in page.context["pairs"]} == {(0, 100, 100), (100, None, None)}
    assert "<svg" in page.content.decode()


def test_the_pages_take_as_many_queries_for_three_as_for_one(client, at):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    people.signed_in(client, people.organiser())
    form = opened(at, "pre", people.organiser())
    counted = []
    addresses = [reverse("staff:learning", args=[at.slug]), reverse("staff:learning_results", args=[at.slug, "pre"])]
    for number in (1, 2):
        for _ in range(number):
            learning.submit(form, people.registration(workshop=at, organisation=people.organisation()), answers_of(form), language="en")
            people.registration(workshop=at, organisation=people.organisation())
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counted.append(len(asked))
    assert counted[:2] == counted[2:]


def test_staff_delete_a_form_that_nobody_has_answered_and_set_when_it_opens(client, at):
    people.signed_in(client, people.organiser())
    form = learning.create(at, "evaluation", by=None)
    page = reverse("staff:learning_form", args=[at.slug, "evaluation"])
    assert "Yes, delete it" in client.get(page).content.decode()
    moment = timezone.localtime() + timedelta(days=1)
    about = {"title_en": "Evaluation", "title_mn": "Үнэлгээ", "opens_at": f"{moment:%Y-%m-%dT%H:%M}"}
    assert client.post(page, about).status_code == 302
    assert "opens by itself" in client.get(reverse("staff:learning", args=[at.slug])).content.decode()
    late = client.post(page, about | {"title_en": "Typed", "opens_at": "2020-01-01T09:00"})
    assert (late.status_code, 'value="Typed"' in late.content.decode()) == (422, True)
    act = reverse("staff:learning_act", args=[at.slug, "evaluation"])
    client.post(act, {"act": "remove"})
    assert not at.forms.exists()
    form = opened(at, "evaluation", None)
    learning.close(form, by=None)
    learning.open(form, by=None)
    assert "Yes, delete it" not in client.get(page).content.decode()
    assert "opens_at" not in client.get(page).context["about"].fields


def test_a_form_is_opened_where_its_questions_are_read(client, at):
    by = people.organiser()
    form = learning.create(at, "pre", by=by)
    people.signed_in(client, by)
    page = reverse("staff:learning_form", args=[at.slug, "pre"])
    assert 'value="open"' in client.get(page).content.decode()
    client.post(reverse("staff:learning_act", args=[at.slug, "pre"]), {"act": "open"})
    form.refresh_from_db()
    assert form.state == "open" and 'value="open"' not in client.get(page).content.decode()
