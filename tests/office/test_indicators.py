"""Figures: a page, a table and files of each say the same numbers; what differs stands beside it with the reason."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from core import charts, spreadsheets
from office import figures
from office.models import Comparison, CountryOffice, Resource, ResourceFile
from tests import people

pytestmark = pytest.mark.django_db

PAGE = "/en/data-and-resources/figures/stock/"
CSV, JSON = PAGE[:-1] + ".csv", PAGE[:-1] + ".json"


def stock(**details):
    details = {
        "slug": "stock", "title_en": "Migrants", "title_mn": "Шилжигчид", "source_en": "The office", "source_mn": "Газар",
        "source_url": "https://stat.example/table", "note_en": "Counted once.", "licence": "CC BY 4.0", **details,
    }  # fmt: skip
    return people.indicator(**details)


def rows_of(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_page_has_drawing_unit_time_source_note_table_and_files(client):
    stock()
    html = client.get(PAGE).text
    assert '<svg class="chart-drawing" role="img" aria-labelledby="figure-stock-title figure-stock-desc"' in html
    assert '<th scope="row">2020</th><td class="num">2,400</td>' in html
    assert '<a href="https://stat.example/table" rel="external">The office</a> · CC BY 4.0' in html
    for words in ("persons", "2010–2020", "Counted once.", f'href="{CSV}"', f'href="{JSON}"'):
        assert words in html


def test_the_page_in_mongolian_is_mongolian(client):
    stock(title_mn="Шилжигчдийн тоо")
    html = client.get(PAGE.replace("/en/", "/mn/")).text
    assert "<h1>Шилжигчдийн тоо</h1>" in html
    assert "Migrants" not in html.split("<main", 1)[1].split("</main", 1)[0]


@pytest.mark.parametrize("details", [{"is_public": False}, {"confidence": "low"}, {"values": []}])
def test_what_the_office_does_not_stand_for_has_no_page(client, details):
    stock(**details)
    assert client.get(PAGE).status_code == 404
    if "values" not in details:
        assert client.get(CSV).status_code == 404
        assert client.get(JSON).status_code == 404
    assert "Migrants" not in client.get("/en/data-and-resources/").text or "values" in details


def test_a_figure_in_one_language_says_so_in_the_other(client):
    stock(title_mn="")
    other = client.get(PAGE.replace("/en/", "/mn/"))
    assert f'<a href="{PAGE}" hreflang="en" lang="en">Migrants</a>' in other.text
    assert '<meta name="robots" content="noindex">' in other.text
    assert client.get(CSV.replace("/en/", "/mn/")).status_code == 404


def test_page_csv_and_json_say_the_numbers_that_are_stored(client):
    values = [("2010", Decimal("1200")), ("2015-12", Decimal("12.5")), ("2020", Decimal("-3.125"))]
    row = stock(values=values)
    stored = [(point.label_en, point.value) for point in row.points.all()]
    lines = rows_of(client.get(CSV).content.decode())
    assert lines[0] == ["Year, date or name", "Value", "Unit", "Note", "Source"]
    assert [(line[0], Decimal(line[1])) for line in lines[1:]] == stored
    said = client.get(JSON).json()
    assert [(one["label"], Decimal(str(one["value"]))) for one in said["values"]] == stored
    assert (said["unit"], said["source"], said["source_url"], said["page"]) == (
        "persons", "The office", "https://stat.example/table", f"{settings.PORTAL_ADDRESS}{PAGE}",
    )  # fmt: skip
    shown = [charts.number(value) for _label, value in stored]
    assert re.findall(r'<td class="num">([^<]*)</td>', client.get(PAGE).text) == shown


def test_parts_have_a_column_of_their_own(client):
    stock(chart="stacked-bar", values=[("2020", "women", 3), ("2020", "men", 5)])
    assert [line[:3] for line in rows_of(client.get(CSV).content.decode())] == [
        ["Year, date or name", "Part", "Value"], ["2020", "women", "3"], ["2020", "men", "5"],
    ]  # fmt: skip
    assert [one["part"] for one in client.get(JSON).json()["values"]] == ["women", "men"]


def test_nothing_in_a_csv_is_calculated_and_a_negative_number_stays_one(client):
    stock(values=[("=1+1", 5), ("2020", -7)], source_en="+evil")
    lines = rows_of(client.get(CSV).content.decode())
    assert [line[0] for line in lines[1:]] == ["'=1+1", "2020"]
    assert lines[2][1] == "-7"
    assert lines[1][4] == "'+evil"
    assert spreadsheets.write_csv(["a"], [[Decimal("-1.50")], ["-1"]]).splitlines()[1:] == ["-1.50", "'-1"]


@pytest.mark.parametrize("address", [CSV, JSON])
def test_a_file_is_sent_again_only_when_it_has_changed(client, address):
    row = stock()
    first = client.get(address)
    assert first["ETag"] and first["Content-Disposition"].startswith('attachment; filename="stock.en.')
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    row.points.filter(label_en="2020").update(value=2401)
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert b"2401" in changed.content


def test_machines_are_told_of_the_data_set_and_no_text_closes_it(client):
    CountryOffice(name_en="IOM Mongolia", name_mn="ОУШХБ", organisation_name_en="IOM", organisation_name_mn="ОУШХБ").save()
    stock(title_en="A </script><b> & title", licence="CC BY 3.0 IGO; CC BY 4.0", values=[("2014-12", 1), ("2024-03", 2)])
    html = client.get(PAGE).text
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    said = json.loads(told)
    assert (said["@type"], said["name"], said["temporalCoverage"]) == ("Dataset", "A </script><b> & title", "2014-12/2024-03")
    assert said["license"] == list(figures.LICENCES.values())
    assert [file["contentUrl"] for file in said["distribution"]] == [f"{settings.PORTAL_ADDRESS}{CSV}", f"{settings.PORTAL_ADDRESS}{JSON}"]
    assert said["publisher"]["name"] == "IOM Mongolia"


def test_two_sources_that_differ_stand_side_by_side_on_both_pages(client):
    one, other = stock(), stock(slug="count", title_en="Foreigners", values=[("2019", 28268)])
    Comparison.objects.create(indicator=one, other=other, reason_en="Different groups.", reason_mn="Өөр бүлэг.")
    for slug, second in (("stock", "Foreigners"), ("count", "Migrants")):
        html = client.get(f"/en/data-and-resources/figures/{slug}/").text
        assert "Different groups." in html
        told = html.split('class="compared"')[1]
        assert f">{second}</a></h3>" in told
        assert "28,268" in told
        assert 'aria-labelledby="compared-' in told
        identities = re.findall(r'id="([^"]+)"', html)
        assert len(identities) == len(set(identities))


@pytest.mark.parametrize("details", [{"is_public": False}, {"confidence": "low"}, {"title_en": ""}])
def test_nothing_is_compared_with_what_is_not_public(client, details):
    one, other = stock(), stock(**{"slug": "count", "title_en": "Foreigners", **details})
    Comparison.objects.create(indicator=one, other=other, reason_en="Different groups.", reason_mn="Өөр бүлэг.")
    assert "Different groups." not in client.get(PAGE).text


def test_a_figure_is_not_compared_with_itself():
    row = stock()
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(indicator=row, other=row, reason_en="x", reason_mn="x")


@pytest.mark.parametrize(("labels", "period", "span", "year", "words"), [
    (["1990", "2024"], "", ("1990", "2024"), 2024, "1990–2024"),
    (["2024-03", "2014-12"], "", ("2014-12", "2024-03"), 2024, "December 2014 – March 2024"),
    (["Japan", "Korea"], "2010", ("2010", "2010"), 2010, "2010"),
    (["Japan", "Korea"], "2024-Q1", ("2024-Q1", "2024-Q1"), 2024, "first quarter of 2024"),
    (["Japan", "2010"], "", None, None, ""),
])  # fmt: skip
def test_the_time_of_a_figure_is_that_of_its_values(labels, period, span, year, words):
    row = people.indicator(values=[(label, 1) for label in labels], period=period)
    assert (row.span, row.year) == (span, year)
    with override("en"):
        assert figures.span_text(row) == words


def test_a_period_is_a_time():
    row = people.indicator(period="long ago")
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.error_dict["period"][0].code == "no_moment"


# The list -------------------------------------------------------------------------------------------------


@pytest.fixture
def listed():
    area = people.work_area(slug="health", name_en="Health", name_mn="Эрүүл мэнд")
    stock(values=[("2010", 1), ("2020", 2)]).work_areas.add(area)
    stock(slug="other", title_en="Others", values=[("2024", 2)])
    for slug, kind, year, language in (("guide", "guide", 2020, "en"), ("laws", "law", 2024, "mn"), ("all", "guide", 2024, "both")):
        row = Resource.objects.create(slug=slug, kind=kind, title_en=f"The {slug}", title_mn=slug, year=year)
        ResourceFile.objects.create(resource=row, language=language, url="https://un.example/a.pdf", format="pdf")
        if slug == "guide":
            row.work_areas.add(area)


@pytest.mark.parametrize(("query", "shown"), [
    ("", {"stock", "other", "guide", "laws", "all"}),
    ("area=health", {"stock", "guide"}),
    ("kind=figure", {"stock", "other"}),
    ("kind=guide", {"guide", "all"}),
    ("language=mn&kind=guide", {"all"}),
    ("year=2020", {"stock", "guide"}),
    ("year=2024&kind=figure", {"other"}),
    ("area=health&year=2024", set()),
    ("area=nowhere&kind=nothing&language=xx&year=20x4", {"stock", "other", "guide", "laws", "all"}),
])  # fmt: skip
def test_the_list_is_chosen_by_its_address(client, listed, query, shown):
    response = client.get(f"/en/data-and-resources/?{query}")
    found = {figure["indicator"].slug for figure in response.context["figures"]}
    found |= {row.slug for _kind, rows in response.context["publications"] for row in rows}
    assert found == shown
    assert ('content="noindex"' in response.text) is bool(response.context["chosen"])
    assert ("Nothing fits this choice" in response.text) is (not shown)


def test_a_single_value_is_shown_as_a_number(client):
    stock(values=[("2020", 82098)])
    assert '<span class="figure-large">82,098</span>' in client.get(PAGE).text
    assert "<strong>82,098</strong>" in client.get("/en/data-and-resources/").text
