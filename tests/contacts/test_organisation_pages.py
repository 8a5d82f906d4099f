"""Institutions through their pages: found by any of their names, shown with their reforms, people and seats."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contacts.models import Organisation, Position, Succession
from tests.people import administrator, desk, editor, organisation, organiser, person, registration, signed_in, workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    return signed_in(client, organiser())


@pytest.fixture
def line():
    """A ministry that was split off, merged and renamed: the bodies by a short word."""
    bodies = {
        "first": organisation(
            name_en="Ministry of Social Welfare and Labour", name_mn="Нийгмийн хамгаалал, хөдөлмөрийн яам", acronym_en="MSWL",
            also_known_as=["Ministry of Labour and Social Welfare", "MOLSW"], valid_to=date(2012, 8, 1), valid_to_precision="month",
        ),
        "labour": organisation(
            name_en="Ministry of Labour", name_mn="Хөдөлмөрийн яам", acronym_en="MoL", acronym_mn="ХЯ", valid_from=date(2012, 8, 1),
            valid_from_precision="month", valid_to=date(2016, 7, 21),
        ),
        "population": organisation(name_en="Ministry of Population", acronym_en="MPDSP", valid_from=date(2012, 8, 1), valid_to=date(2016, 7, 21)),
        "joint": organisation(name_en="Ministry of Labour and Social Protection", acronym_en="MLSP", valid_from=date(2016, 7, 21), valid_to=date(2024, 7, 10)),
        "today": organisation(name_en="Ministry of Family, Labour and Social Protection", acronym_en="MFLSP", valid_from=date(2024, 7, 10)),
    }  # fmt: skip
    reforms = [
        ("first", "labour", "split", date(2012, 8, 1), "month"),
        ("first", "population", "split", date(2012, 8, 1), "month"),
        ("labour", "joint", "merged", date(2016, 7, 21), "day"),
        ("joint", "today", "renamed", date(2024, 1, 1), "year"),
    ]
    for before, after, relation, on, precision in reforms:
        Succession.objects.create(predecessor=bodies[before], successor=bodies[after], relation=relation, on=on, precision=precision)
    return bodies


def text(answer):
    return answer.content.decode()


def shown(client, **asked):
    return set(client.get(reverse("staff:organisations"), asked).context["shown"])


def show(client, body, **asked):
    return client.get(reverse("staff:organisation", args=[body.slug]), asked)


def queries(client, where, data=None):
    with CaptureQueriesContext(connection) as made:
        assert client.get(where, data).status_code == 200
    return len(made)


# Who may ------------------------------------------------------------------------------------------------------


def pages():
    return [reverse("staff:organisations"), reverse("staff:organisation", args=[organisation().slug])]


def test_organisers_and_administrators_see_them_and_nobody_else(client):
    addresses = pages()
    seen = [[signed_in(client, make()).get(where).status_code for where in addresses] for make in (organiser, administrator, desk, editor)]
    assert seen == [[200, 200], [200, 200], [403, 403], [403, 403]]


def test_a_visitor_is_asked_to_sign_in(client):
    assert ["/accounts/login/" in client.get(where)["Location"] for where in pages()] == [True, True]


# The list -----------------------------------------------------------------------------------------------------


def test_the_list_holds_those_of_today_or_all(staff, line):
    assert shown(staff) == {line["today"]}
    assert shown(staff, which="all") == set(line.values())


@pytest.mark.parametrize("query", ["MOLSW", "molsw", "labour welfare", "НИЙГМИЙН ХАМГААЛАЛ", "mswl", "Hийгмийн"])
def test_an_institution_is_found_by_any_of_its_names(staff, line, query):
    assert line["first"] in shown(staff, q=query, which="all")
    assert line["today"] not in shown(staff, q=query, which="all")


def test_only_one_kind_is_shown_and_placeholders_only_when_asked_for(staff):
    agency, police = organisation(kind="agency"), organisation(kind="ministry")
    unnamed = organisation(kind="placeholder")
    assert (shown(staff), shown(staff, kind="agency"), shown(staff, kind="placeholder"), shown(staff, kind="zzz")) == (
        {agency, police}, {agency}, {unnamed}, {agency, police},
    )  # fmt: skip


def test_one_that_has_ended_leads_to_its_heir_of_today(staff, line):
    rows = {body.pk: body for body in staff.get(reverse("staff:organisations"), {"which": "all"}).context["shown"]}
    assert [rows[line[name].pk].heirs for name in ("first", "joint", "today")] == [[line["today"]], [line["today"]], []]


def test_people_are_counted_once_and_only_while_they_are_there(staff):
    body = organisation()
    twice = person(organisation=body)
    Position.objects.create(person=twice, organisation=body, title_en="Adviser", is_main=False)
    person(organisation=body).positions.update(valid_to=date(2020, 1, 1))
    person(organisation=body, merged_into=twice)
    person(organisation=body, anonymised_at=timezone.now())
    [row] = staff.get(reverse("staff:organisations")).context["shown"]
    assert row.number_of_people == 1


def test_the_order_is_that_of_the_readers_alphabet(staff):
    names = ["Үндэсний төв", "Өмгөөллийн холбоо", "Ёс зүйн хороо", "Жендэрийн хороо", "Ерөнхий газар", "Орчны яам"]
    for name in names:
        organisation(name_mn=name)
    with translation.override("mn"):
        rows = staff.get(reverse("staff:organisations")).context["shown"]
    assert [body.name_mn for body in rows] == ["Ерөнхий газар", "Ёс зүйн хороо", "Жендэрийн хороо", "Орчны яам", "Өмгөөллийн холбоо", "Үндэсний төв"]


def test_nothing_found_among_those_of_today_leads_to_all_with_the_same_words(staff, line):
    page = text(staff.get(reverse("staff:organisations"), {"q": "MOLSW"}))
    assert f"{reverse('staff:organisations')}?q=MOLSW&amp;kind=&amp;which=all" in page


@pytest.mark.parametrize("asked", [{"page": "abc"}, {"page": "9" * 30}, {"q": "б" * 5000}, {"q": "%_\\'"}, {"which": "x"}, {"kind": "9" * 500}])
def test_wild_words_in_the_address_break_nothing(staff, line, asked):
    assert staff.get(reverse("staff:organisations"), asked).status_code == 200
    assert show(staff, line["labour"], **asked).status_code == 200


def test_the_list_asks_no_more_of_the_database_for_fifty_than_for_three(staff):
    def add(number):
        for _each in range(number):
            ended = organisation(valid_to=date(2020, 1, 1))
            Succession.objects.create(predecessor=ended, successor=organisation(), relation="renamed")
            person(organisation=ended)

    add(3)
    few = queries(staff, reverse("staff:organisations"), {"which": "all"})
    add(47)
    assert (few, queries(staff, reverse("staff:organisations"), {"which": "all"})) == (6, 6)


# One institution ----------------------------------------------------------------------------------------------


def test_the_page_tells_names_life_and_what_it_is_part_of(staff, line):
    part = organisation(name_en="Employment Centre", parent=line["labour"])
    Organisation.objects.filter(pk=line["labour"].pk).update(parent=organisation(name_en="The Government"), note="Moved in 2013.")
    page = text(show(staff, line["labour"]))
    wanted = ["Ministry of Labour", "Хөдөлмөрийн яам", "(MoL)", "(ХЯ)", "August 2012", "21 July 2016", "The Government", str(part), "Moved in 2013."]
    assert [words for words in wanted if words not in page] == []
    assert "1 August 2012" not in page
    assert "MOLSW" in text(show(staff, line["first"]))


def test_the_chain_runs_from_the_oldest_to_todays(staff, line):
    answer = show(staff, line["labour"])
    told = [
        (link.body, link.place, [(succession.relation, successor) for succession, successor in link.became]) for link in answer.context["chain"]
    ]
    assert told == [
        (line["first"], -1, [("split", line["labour"])]),
        (line["labour"], 0, [("merged", line["joint"])]),
        (line["joint"], 1, [("renamed", line["today"])]),
        (line["today"], 2, []),
    ]
    assert answer.context["heirs"] == [line["today"]]
    page = text(answer)
    assert ("This institution has ended. Today:" in page, "renamed, <time datetime=\"2024\">2024</time>" in page) == (True, True)
    assert "This institution has ended" not in text(show(staff, line["today"]))


def test_reforms_that_run_in_a_circle_end(staff):
    one, other = organisation(), organisation()
    for before, after in ((one, other), (other, one)):
        Succession.objects.create(predecessor=before, successor=after, relation="renamed")
    assert {link.body for link in show(staff, one).context["chain"]} == {one, other}


def test_people_who_work_there_now_stand_in_order_with_their_position(staff):
    body = organisation()
    second = person(given_name="Өлзий", organisation=body, job_title="Adviser", department="Policy")
    first = person(given_name="Орхон", organisation=body)
    person(organisation=body).positions.update(valid_to=date(2020, 1, 1))
    person(organisation=body, merged_into=first)
    answer = show(staff, body)
    assert [position.person for position in answer.context["page"]] == [first, second]
    assert [words for words in ("Adviser", "Policy", reverse("staff:person", args=[second.pk])) if words not in text(answer)] == []


def test_workshops_stand_with_the_seats_of_the_institution(staff):
    body = organisation()
    at = workshop(title_en="Labour migration", seats={body: (5, 7), organisation(): (1, 2)})
    registration(workshop=at, person=person(organisation=body), organisation=body)
    workshop(title_en="Not for them", seats={organisation(): (1, 2)})
    answer = show(staff, body)
    assert [(row.workshop, row.guaranteed, row.maximum, row.held) for row in answer.context["allocations"]] == [(at, 5, 7, 1)]
    assert (reverse("staff:seats", args=[at.slug]) in text(answer), "Not for them" in text(answer)) == (True, False)


def test_who_may_edit_it_is_led_to_the_form(staff, line):
    assert reverse("admin:contacts_organisation_change", args=[line["labour"].pk]) in text(show(staff, line["labour"]))


def test_an_unknown_name_in_the_address_is_not_found(staff):
    assert staff.get(reverse("staff:organisation", args=["no-such-body"])).status_code == 404


def test_an_institution_with_fifty_people_and_workshops_costs_no_more_queries_than_with_three(staff):
    body = organisation()

    def add(number):
        for _each in range(number):
            person(organisation=body)
            workshop(seats={body: (1, 2)})
            Succession.objects.create(predecessor=organisation(), successor=body, relation="merged")
            organisation(parent=body)

    add(3)
    where = reverse("staff:organisation", args=[body.slug])
    few = queries(staff, where)
    add(47)
    assert (few, queries(staff, where)) == (9, 9)
