"""Charts: nothing is drawn that was not given, words keep clear of each other, and the table says the same."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from core import charts
from core.charts import Point


def draw(kind, points, **details):
    return charts.draw(kind, points, **{"title": "A title", "unit": "persons", "identity": "one", **details})


YEARS = [Point("1990", 10), Point("1995", Decimal("12.50")), Point("2010", 40), Point("2020", 30)]
COUNTRIES = [Point("Japan", 5), Point("Other", 90), Point("Korea", 50), Point("Чех", 7)]
PARTS = [Point(year, value, part) for year in ("2015-12", "2020-12") for part, value in (("China", 35), ("Korea", 15), ("Other", 50))]


@pytest.mark.parametrize(("kind", "points"), [("line", YEARS), ("column", YEARS), ("bar", COUNTRIES), ("stacked-bar", PARTS)])
def test_a_drawing_is_well_formed_named_described_and_without_style(kind, points):
    chart = draw(kind, points)
    svg = ElementTree.fromstring(str(chart.svg))
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "one-title one-desc"
    assert (svg.findtext("title"), svg.findtext("desc")) == ("A title", chart.summary)
    assert "style" not in str(chart.svg)
    assert "NaN" not in str(chart.svg)


def test_a_line_joins_what_was_measured_and_stands_at_its_time():
    svg = str(draw("line", YEARS).svg)
    xs = [float(x) for x in re.findall(r'<circle class="chart-dot" cx="([\d.]+)%"', svg)]
    assert len(xs) == 4
    assert (xs[1] - xs[0]) / (xs[3] - xs[0]) == pytest.approx(5 / 30, abs=0.001)
    assert svg.count('class="chart-line"') == 3


def test_columns_and_bars_begin_at_zero():
    svg = str(draw("column", [Point("2019", 100), Point("2020", 50)]).svg)
    heights = [float(height) for height in re.findall(r'class="chart-bar"[^>]* height="([\d.]+)"', svg)]
    assert heights[1] / heights[0] == pytest.approx(0.5, abs=0.01)


def test_bars_stand_by_size_and_the_rest_stands_last():
    svg = str(draw("bar", COUNTRIES).svg)
    assert re.findall(r'class="chart-label"[^>]*>([^<]+)<', svg) == ["Korea", "Чех", "Japan", "Other"]


def test_a_long_list_of_bars_is_cut_and_says_so():
    chart = draw("bar", [Point(f"Country {n}", n) for n in range(30)])
    assert str(chart.svg).count('class="chart-track"') == charts.BAR_ROWS_SHOWN
    assert "30" in chart.left_out
    assert len(chart.table.rows) == 30


def test_a_long_label_is_broken_into_lines():
    svg = str(draw("bar", [Point("Уул уурхай, олборлох аж үйлдвэрийн салбар", 3), Point("Бусад", 1)]).svg)
    assert all(len(line) <= charts.LETTERS_IN_A_LINE for line in re.findall(r'class="chart-label"[^>]*>([^<]+)<', svg))


def test_words_under_the_axis_never_repeat_or_touch():
    points = [Point(f"{year}-{month}", year) for year in range(2014, 2024) for month in ("03", "06", "09", "12")]
    svg = str(draw("column", points).svg)
    words = re.findall(r'<text class="chart-text" x="([\d.]+)%" y="272" text-anchor="\w+">(\d{4})<', svg)
    assert len(words) >= 3
    assert len({word for _x, word in words}) == len(words)
    xs = [float(x) for x, _word in words]
    assert all(after - before > 10 for before, after in zip(xs, xs[1:], strict=False))


@pytest.mark.parametrize("kind", ["line", "column", "bar", "stacked-bar", "table"])
@pytest.mark.parametrize("points", [[], [Point("2020", 5)]])
def test_a_single_value_is_no_chart(kind, points):
    assert draw(kind, points) is None


@pytest.mark.parametrize("values", [(0, 0), (5, 5), (-3, 4), (Decimal("0.001"), Decimal("0.002")), (10**12, 1)])
@pytest.mark.parametrize("kind", ["line", "column", "bar"])
def test_odd_values_do_not_break_it(kind, values):
    assert draw(kind, [Point(str(2000 + n), value) for n, value in enumerate(values)]) is not None


def test_what_is_written_is_escaped():
    svg = str(draw("bar", [Point("<script>", 3), Point("b", 1)], title="<b>").svg)
    assert "<script>" not in svg
    assert "<b>" not in svg


def test_the_table_has_a_column_for_each_part_and_keeps_the_notes():
    with override("en"):
        table = charts.table([*PARTS, Point("2020-12", 1, "Japan", "an estimate")])
    assert table.head == ["China", "Korea", "Japan", "Other"]
    assert table.rows[0] == ("December 2015", ["35", "15", "–", "50"], "")
    assert table.rows[1][2] == "an estimate"
    assert table.has_notes is True


def test_numbers_and_dates_are_written_as_the_language_does():
    with override("en"):
        assert charts.number(Decimal("1234567.500")) == "1,234,567.5"
    with override("mn"):
        assert charts.label_text("2015-12") == "2015 оны 12 сар"
    assert charts.label_text("2015-13") == "2015-13"
    assert charts.moment("2024-Q1") == 2024


@pytest.mark.parametrize("kind", [charts.BARS, charts.LINE, charts.COLUMNS, charts.STACKED])
def test_a_drawing_for_paper_brings_its_colours_and_keeps_what_it_shows(kind):
    chart = draw(kind, [Point("2020", 1, "Japan"), Point("2021", 3, "Japan"), Point("2022", 2, "Japan")])
    paper = ElementTree.fromstring(charts.for_paper(chart.svg, width=300))
    assert (paper.tag, paper.get("width")) == ("{http://www.w3.org/2000/svg}svg", "300")
    drawn = {element.get("class") for element in paper.iter() if element.get("class")} - {"chart-drawing"}
    style = paper.find("{http://www.w3.org/2000/svg}style").text
    assert {name for css in drawn for name in css.split() if f".{name} {{" not in style} == set()
