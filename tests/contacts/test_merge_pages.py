"""Merging through its pages: side by side, chosen, merged, undone; and what the pages refuse."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import merging
from contacts.models import Person, PersonMerge
from contacts.views import merges
from tests.contacts.test_merging import at_once
from tests.people import organisation, organiser, person, registration, signed_in, workshop
from workshops.models import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


def page_of(kept, gone):
    return reverse("staff:person_merge", args=[kept.pk, gone.pk])


def chosen(page):
    """What a browser would send of a page that was just opened."""
    return {choice.name: choice.chosen for choice in page.context["choices"]} | {"seen": page.context["seen"]}


def two():
    body = organisation(name_en="Ministry of Labour")
    kept = person(given_name="Мөнхбат", patronymic="Г.", sex="m", note="Speaks English.", organisation=body, email="m@gov.example")
    gone = person(given_name="", given_name_latin="Munkhbat", patronymic_latin="Gombo", note="Vegetarian.", shared_email="office@gov.example", phone="+97688001122")
    return kept, gone


def test_only_what_differs_is_asked_and_the_fuller_value_is_chosen(staff):
    kept, gone = two()
    page = staff.get(page_of(kept, gone))
    assert {choice.name: choice.chosen for choice in page.context["choices"]} == {
        "given_name": "kept", "patronymic": "kept", "given_name_latin": "gone", "patronymic_latin": "gone", "sex": "kept", "note": "both",
        "primary_email": str(kept.emails.get().pk),
    }  # fmt: skip
    turned = staff.get(page_of(gone, kept))
    assert {choice.name: choice.chosen for choice in turned.context["choices"]}["given_name"] == "gone"


def test_the_page_tells_what_comes_over_and_what_is_decided(staff):
    kept, gone = two()
    at = workshop(title_en="Labour migration")
    registration(workshop=at, person=kept)
    registration(workshop=at, person=gone, become=State.NOMINATED)
    html = staff.get(page_of(kept, gone)).content.decode()
    assert "Registrations 1" in html and "Phones 1" in html and "E-mails 1" in html
    assert "Both are registered for “Labour migration”: the one that is confirmed stays, the other (nominated) is cancelled." in html


def test_pressed_they_are_one_and_one_press_takes_it_back(staff):
    kept, gone = two()
    data = chosen(staff.get(page_of(kept, gone))) | {"note": "kept", "reason": "Same phone"}
    answer = staff.post(page_of(kept, gone), data)
    assert answer["Location"] == reverse("staff:person", args=[kept.pk])
    kept.refresh_from_db()
    assert (kept.given_name_latin, kept.note, kept.phones.count()) == ("Munkhbat", "Speaks English.", 1)
    done = PersonMerge.objects.get()
    assert done.reason == "Same phone"
    message = list(get_messages(answer.wsgi_request))[0]
    assert message.extra_tags == f"undo:{reverse('staff:person_unmerge', args=[done.pk])}"
    again = staff.post(page_of(kept, gone), data)
    assert (again["Location"], PersonMerge.objects.count()) == (reverse("staff:person", args=[kept.pk]), 1)
    back = staff.post(reverse("staff:person_unmerge", args=[done.pk]), follow=True)
    assert back.redirect_chain == [(reverse("staff:person", args=[gone.pk]), 302)]
    assert "The two records are apart again, each as it was." in back.content.decode()
    assert Person.objects.living().filter(pk__in=[kept.pk, gone.pk]).count() == 2


def test_the_old_address_leads_to_the_record_that_stays(staff):
    kept, gone = two()
    merging.merge(kept, gone, by=organiser())
    answer = staff.get(reverse("staff:person", args=[gone.pk]), follow=True)
    assert answer.redirect_chain == [(f"{reverse('staff:person', args=[kept.pk])}?was={gone.pk}", 302)]
    third = person()
    assert staff.get(page_of(gone, third))["Location"] == page_of(kept, third)


def test_what_was_changed_meanwhile_is_looked_at_again_and_nothing_chosen_is_lost(staff):
    kept, gone = two()
    data = chosen(staff.get(page_of(kept, gone))) | {"note": "gone", "reason": "Same phone"}
    Person.objects.filter(pk=gone.pk).update(patronymic_latin="Gombodorj")
    answer = staff.post(page_of(kept, gone), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "One of the two records was changed meanwhile. Look at them again." in html
    assert 'value="Same phone"' in html
    assert {choice.name: choice.chosen for choice in answer.context["choices"]}["note"] == "gone"
    assert PersonMerge.objects.count() == 0
    assert staff.post(page_of(kept, gone), data | {"seen": answer.context["seen"]}).status_code == 302


def test_choices_that_leave_no_name_are_refused(staff):
    kept, gone = two()
    page = staff.get(page_of(kept, gone))
    answer = staff.post(page_of(kept, gone), chosen(page) | {"given_name": "gone", "given_name_latin": "kept"})
    assert answer.status_code == 422
    assert "Give the given name in Cyrillic or in Latin." in answer.content.decode()
    kept.refresh_from_db()
    assert (kept.given_name, PersonMerge.objects.count()) == ("Мөнхбат", 0)


def test_nonsense_in_the_form_is_passed_over(staff):
    kept, gone = two()
    page = staff.get(page_of(kept, gone))
    data = dict.fromkeys(chosen(page), "nonsense") | {"seen": page.context["seen"], "primary_email": "99999"}
    assert staff.post(page_of(kept, gone), data).status_code == 302
    kept.refresh_from_db()
    assert kept.given_name == "Мөнхбат"


def test_one_record_twice_somebody_anonymous_and_nobody(staff):
    kept, gone = two()
    assert staff.get(page_of(kept, kept))["Location"] == reverse("staff:person", args=[kept.pk])
    Person.objects.filter(pk=gone.pk).update(anonymised_at=timezone.now())
    assert staff.get(page_of(kept, gone)).status_code == 302
    assert staff.post(page_of(kept, gone)).status_code == 302
    assert staff.get(reverse("staff:person_merge", args=[kept.pk, 987654])).status_code == 404
    assert PersonMerge.objects.count() == 0


def test_too_late_it_says_so(staff):
    kept, gone = two()
    done = merging.merge(kept, gone, by=organiser())
    PersonMerge.objects.update(at=timezone.now() - PersonMerge.UNDONE_WITHIN)
    answer = staff.post(reverse("staff:person_unmerge", args=[done.pk]), follow=True)
    assert "A merge can be taken apart for 30 days; this one is older." in answer.content.decode()


def test_another_record_is_found_by_its_name(staff):
    kept = person(given_name="Мөнхбат", patronymic="Гомбын")
    gone = person(given_name="", given_name_latin="Monkhbat")
    html = staff.get(reverse("staff:person_twin", args=[kept.pk])).content.decode()
    assert page_of(kept, gone) in html and page_of(kept, kept) not in html
    nobody = staff.get(reverse("staff:person_twin", args=[kept.pk]), {"q": "zzz"}).content.decode()
    assert "Nobody else fits." in nobody


def test_the_page_takes_as_many_queries_for_much_as_for_little(staff):
    def asked(kept, gone):
        staff.get(page_of(kept, gone))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(page_of(kept, gone)).status_code == 200
        return len(queries)

    kept, gone = two()
    registration(person=kept), registration(person=gone)
    few = asked(kept, gone)
    for _number in range(3):
        registration(person=kept), registration(person=gone)
        gone.phones.create(number=f"+9768811000{_number}")
    assert asked(kept, gone) == few


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turned", [False, True])
def test_pressed_in_two_windows_at_the_same_moment_they_are_one_and_the_second_is_told(turned):
    by, (kept, gone) = organiser(), two()
    body = workshop()
    registration(workshop=body, person=kept), registration(workshop=body, person=gone, become=State.NOMINATED)
    windows = [signed_in(Client(raise_request_exception=False), by) for _number in range(3)]
    pairs = [(kept, gone), (gone, kept) if turned else (kept, gone), (kept, gone)]
    forms = [chosen(window.get(page_of(*pair))) for window, pair in zip(windows, pairs, strict=True)]
    answers = at_once(*[
        lambda window=window, pair=pair, form=form: window.post(page_of(*pair), form).status_code
        for window, pair, form in zip(windows, pairs, forms, strict=True)
    ])  # fmt: skip
    assert (answers, PersonMerge.objects.count()) == ([302, 302, 302], 1)


def test_what_another_window_merged_meanwhile_is_said_and_leads_to_the_record_that_stays(staff, monkeypatch):
    kept, gone = two()
    data = chosen(staff.get(page_of(gone, kept)))
    choices_of = merges.choices_of

    def slowly(*asked):
        merging.merge(kept, gone, by=organiser())
        return choices_of(*asked)

    monkeypatch.setattr(merges, "choices_of", slowly)
    answer = staff.post(page_of(gone, kept), data, follow=True)
    assert answer.redirect_chain == [(page_of(gone, kept), 302), (reverse("staff:person", args=[kept.pk]), 302)]
    assert "One of the two is not in the directory any more." in answer.content.decode()
