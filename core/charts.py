"""Charts drawn on the server as SVG: no script, no style of their own, words that keep their size on every screen.

Widths are percentages and heights are pixels, so a chart fills its column while its text stays readable on a phone.
A chart shows what it is given: nothing is joined, smoothed or filled in that was not measured. The same numbers belong
beside it as a table (`Chart.table`), which is what a screen reader gets.
"""

import datetime
import math
import re
import textwrap
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates

LINE, BARS, COLUMNS, STACKED = "line", "bar", "column", "stacked-bar"

# Percent of the width where the first and the last value stand; room for half a label on either side.
LEFT, RIGHT = 2.0, 97.0
TOP, HEIGHT, FOOT = 34, 280, 30
BAR_ROWS_SHOWN = 12
# Letters of a label that fit in a line of a bar chart on the narrowest phone, beside its value.
LETTERS_IN_A_LINE = 28
SHADES = 4
# Width of a letter in percent of the narrowest phone's column.
A_LETTER = 2.6


@dataclass(frozen=True)
class Point:
    """One value. `label` is a year, a month as 2015-12, a quarter as 2024-Q1, or a name; `part` names a part of a whole."""

    label: str
    value: Decimal | float | int
    part: str = ""
    note: str = ""


@dataclass
class Chart:
    svg: SafeString
    # What the chart says in one sentence; also its description for who cannot see it.
    summary: str
    table: "Table"
    # Stacked charts: [(shade, part)], in the order of the segments.
    key: list = field(default_factory=list)
    # What the picture leaves to the table; empty where it shows all.
    left_out: str = ""


@dataclass
class Table:
    head: list
    # Each row: (label, [values as shown], note)
    rows: list
    has_notes: bool


def draw(kind, points, *, title, unit="", identity, whole=None):
    """A Chart of `kind`, or None where there is nothing to draw (a table or a single value says it better).

    `identity` is a word that no other chart of the page has: the parts of the SVG are tied together by it. `whole` is what
    a bar that fills the width stands for, where that is not the largest value: 5 for means out of 5.
    """
    points = [point for point in points if point.value is not None]
    labels = list(dict.fromkeys(point.label for point in points))
    drawing = {LINE: _line, BARS: _bars, COLUMNS: _columns, STACKED: _stacked}.get(kind)
    if drawing is None or len(points) < 2 or (kind in {LINE, COLUMNS} and len(labels) < 2):
        return None
    if kind == STACKED and any(point.value < 0 for point in points):
        return None
    more = {"whole": whole} if whole and kind == BARS else {}
    return drawing(points, title=title, unit=unit, identity=identity, **more)


def table(points):
    """The numbers as rows: one a label, with a column for each part where there are parts."""
    labels = list(dict.fromkeys(point.label for point in points))
    # What is no part of its own ("Other") stands last, as in the drawing.
    parts = sorted(dict.fromkeys(point.part for point in points), key=lambda part: bool(_REST.match(part)))
    values = {(point.label, point.part): point for point in points}
    rows = []
    for label in labels:
        row = [values.get((label, part)) for part in parts]
        notes = list(dict.fromkeys(point.note for point in row if point and point.note))
        rows.append((label_text(label), [number(point.value) if point else "–" for point in row], "; ".join(notes)))
    return Table(parts if parts != [""] else [], rows, any(note for _label, _values, note in rows))


# Words and numbers -----------------------------------------------------------------------------------------


def number(value):
    """A number in the reader's form, with as many decimals as it was given."""
    value = Decimal(str(value)).normalize()
    places = max(-value.as_tuple().exponent, 0)
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])")
_YEAR = re.compile(r"\d{4}")


def moment(label):
    """Where a label stands in time, in years; None where it names no time."""
    label = label.strip()
    if _YEAR.fullmatch(label):
        return float(label)
    if (month := _MONTH.fullmatch(label)) and 1 <= int(month[2]) <= 12:
        return int(month[1]) + (int(month[2]) - 1) / 12
    if quarter := _QUARTER.fullmatch(label):
        return int(quarter[1]) + (int(quarter[2]) - 1) / 4
    return None


_QUARTERS = {
    "1": gettext_lazy("first quarter of %(year)s"),
    "2": gettext_lazy("second quarter of %(year)s"),
    "3": gettext_lazy("third quarter of %(year)s"),
    "4": gettext_lazy("fourth quarter of %(year)s"),
}


def label_text(label):
    """A label as the reader's language writes it: 2015-12 is December 2015, 2024-Q1 the first quarter of 2024."""
    if quarter := _QUARTER.fullmatch(label.strip()):
        return _QUARTERS[quarter[2]] % {"year": quarter[1]}
    month = _MONTH.fullmatch(label.strip())
    if month and 1 <= int(month[2]) <= 12 and int(month[1]) >= 1:
        return dates.show(datetime.date(int(month[1]), int(month[2]), 1), dates.Precision.MONTH)
    return label


def _times(points):
    """The moments of the points, or None where one of them names none: then they stand at equal distances."""
    times = [moment(point.label) for point in points]
    return times if None not in times and len(set(times)) == len(times) else None


def _ticks(low, high, wanted=4):
    """Round numbers that cover a range."""
    span = (high - low) or abs(high) or 1
    step = 10 ** math.floor(math.log10(span / wanted))
    step = next(step * factor for factor in (1, 2, 2.5, 5, 10) if span / (step * factor) <= wanted)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    return [Decimal(str(round(step * place, 6))) for place in range(first, last + 1)]


def _summary(points, unit):
    """First, last and highest value in a sentence."""
    first, last, most = points[0], points[-1], max(points, key=lambda point: point.value)
    words = {
        "first": number(first.value),
        "first_label": label_text(first.label),
        "last": number(last.value),
        "last_label": label_text(last.label),
        "most": number(most.value),
        "most_label": label_text(most.label),
        "unit": unit,
    }
    if most in (first, last):
        return _("%(first_label)s: %(first)s; %(last_label)s: %(last)s (%(unit)s).") % words
    return _("%(first_label)s: %(first)s; %(last_label)s: %(last)s; highest in %(most_label)s: %(most)s (%(unit)s).") % words


# Paper -----------------------------------------------------------------------------------------------------

# The colours of the pages' light theme (static/css), for a drawing that leaves the page.
SHADES_ON_PAPER = {1: "#0033a0", 2: "#4468b8", 3: "#8aa6dd", 4: "#c0d0ef", 0: "#d9dde5"}
_ON_SHADES = {1: "#ffffff", 2: "#ffffff", 3: "#0b1730", 4: "#0b1730", 0: "#0b1730"}
_ON_PAPER = """
text { font-family: "Libertinus Serif" }
.chart-line { fill: none; stroke: #0033a0; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
.chart-bar { fill: #0033a0 } .chart-bar-soft { fill: #8aa6dd } .chart-track { fill: #e8eef6 }
.chart-dot { fill: #0033a0; stroke: #ffffff; stroke-width: 2 }
.chart-grid { stroke: #d4dcea; stroke-width: 1 } .chart-axis { stroke: #485775; stroke-width: 1 }
.chart-text { fill: #485775; font-size: 14px } .chart-label { fill: #121f38; font-size: 15px }
.chart-value { fill: #121f38; font-size: 15px; font-weight: 600 }
""" + "".join(
    f".chart-shade-{shade} {{ fill: {colour} }} .chart-on-shade-{shade} {{ fill: {_ON_SHADES[shade]}; font-size: 15px; font-weight: 600 }}\n"
    for shade, colour in SHADES_ON_PAPER.items()
)


def for_paper(svg, *, width=340):
    """A drawing of this module as an SVG file with colours and letters of its own, `width` pixels wide, for a document."""
    head, inside = str(svg).split(">", 1)
    head = head.replace('width="100%"', f'width="{width}"').replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{head}><style>{_ON_PAPER}</style>{inside}"


# Drawing ---------------------------------------------------------------------------------------------------


def _svg(identity, title, summary, height, inside):
    return format_html(
        '<svg class="chart-drawing" role="img" aria-labelledby="{0}-title {0}-desc" width="100%" height="{1}">'
        '<title id="{0}-title">{2}</title><desc id="{0}-desc">{3}</desc>{4}</svg>',
        identity, height, title, summary, inside,
    )  # fmt: skip


def _join(*pieces):
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _text(x, y, words, css="chart-text", anchor="start"):
    return format_html('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', css, x, y, anchor, words)


def _percent(value):
    return f"{value:.2f}%"


def _across(places, left=LEFT, right=RIGHT):
    """Places on the x axis in percent, for times or plain order."""
    first, last = min(places), max(places)
    span = (last - first) or 1
    return [left + (right - left) * (place - first) / span for place in places]


def _beside(ticks):
    """Percent of the width that the numbers of the grid take on the narrowest phone: nothing is drawn over them."""
    return max(LEFT, 1 + A_LETTER * max(len(number(tick)) for tick in ticks[1:]))


def _anchor(x, words):
    """A word stands over the middle of its place, unless it would leave the drawing."""
    half = A_LETTER * len(words) / 2
    return "start" if x < half else "end" if x > 100 - half else "middle"


def _value(x, y, point):
    words = number(point.value)
    return _text(_percent(x), y, words, "chart-value", _anchor(x, words))


def _grid(ticks, y):
    """Hairlines with their numbers above them, so that no margin is lost on a phone."""
    return _join(*(
        format_html(
            '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>{}',
            "chart-axis" if tick == 0 or index == 0 else "chart-grid", y(tick), y(tick),
            _text("0", y(tick) - 5, number(tick)) if tick else "",
        )
        for index, tick in enumerate(ticks)
    ))  # fmt: skip


def _foot(labels, xs, height):
    """Words under the axis: first, last, and between them only as many as never touch, on the narrowest phone."""
    taken, chosen = [], []
    for index in [0, len(labels) - 1, *range(1, len(labels) - 1)]:
        width = A_LETTER * len(labels[index])
        begin = xs[index] - {"start": 0, "middle": width / 2, "end": width}[_anchor(xs[index], labels[index])]
        if labels[index] not in {labels[other] for other in chosen} and all(begin > end + 3 or begin + width < start - 3 for start, end in taken):
            taken.append((begin, begin + width))
            chosen.append(index)
    return _join(*(_text(_percent(xs[index]), height - 8, labels[index], anchor=_anchor(xs[index], labels[index])) for index in sorted(chosen)))


def _foot_labels(points, times):
    """Years where the labels are times and years tell them apart well enough for the axis."""
    if times:
        return [str(math.floor(time + 1e-9)) for time in times]
    return [label_text(point.label) for point in points]


def _named(points, xs):
    """Indexes of the values that are written beside the line or the columns: first, last, and the highest if there is room."""
    highest = max(range(len(points)), key=lambda index: points[index].value)
    chosen = [0, len(points) - 1]
    room = A_LETTER * (len(number(points[highest].value)) + 2)
    return [*chosen, highest] if all(abs(xs[highest] - xs[index]) > room for index in chosen) else chosen


def _line(points, *, title, unit, identity):
    times = _times(points)
    if times:
        order = sorted(range(len(points)), key=times.__getitem__)
        points, times = [points[index] for index in order], [times[index] for index in order]
    values = [float(point.value) for point in points]
    low, high = min(values), max(values)
    ticks = _ticks(0 if 0 <= low < high * 0.5 else low, high)
    xs = _across(times or list(range(len(points))), _beside(ticks))
    bottom, top = float(ticks[0]), float(ticks[-1])

    def y(value):
        return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * (float(value) - bottom) / (top - bottom), 1)

    strokes = _join(*(
        format_html(
            '<line class="chart-line" x1="{}" y1="{}" x2="{}" y2="{}"/>',
            _percent(x1), y(value1), _percent(x2), y(value2),
        )
        for (x1, value1), (x2, value2) in pairwise(zip(xs, values, strict=True))
    ))  # fmt: skip
    named = _named(points, xs)
    # Where values are few, each is shown as what it is: a measurement, with a line only to guide the eye.
    dotted = range(len(points)) if len(points) <= 16 else named
    dots = _join(*(format_html('<circle class="chart-dot" cx="{}" cy="{}" r="4.5"/>', _percent(xs[i]), y(values[i])) for i in dotted))
    words = _join(*(_value(xs[i], y(values[i]) - 12, points[i]) for i in named))
    foot = _foot(_foot_labels(points, times), xs, HEIGHT)
    summary = _summary(points, unit)
    return Chart(_svg(identity, title, summary, HEIGHT, _join(_grid(ticks, y), strokes, dots, words, foot)), summary, table(points))


def _columns(points, *, title, unit, identity):
    times = _times(points)
    if times:
        order = sorted(range(len(points)), key=times.__getitem__)
        points, times = [points[index] for index in order], [times[index] for index in order]
    places = times or list(range(len(points)))
    values = [float(point.value) for point in points]
    least_gap = min((after - before for before, after in pairwise(places)), default=1) or 1
    span = (places[-1] - places[0]) or 1
    # Where every column bears its number, a grid would say it twice.
    few = len(points) <= 5
    ticks = [min(0, *values), max(0, *values) or 1] if few else _ticks(min(0, *values), max(0, *values))
    left = LEFT if few else _beside(ticks)
    width = min(max(0.7 * (RIGHT - left) * least_gap / (span + least_gap), 1.6), 14)
    # The number of the first column stands over its middle.
    first = max(left + width / 2, A_LETTER * len(number(points[0].value)) / 2)
    xs = _across(places, first, RIGHT - width / 2)
    named = range(len(points)) if few else _named(points, xs)
    bottom, top = float(ticks[0]), float(ticks[-1])

    def y(value):
        return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * (float(value) - bottom) / (top - bottom), 1)

    bars = _join(*(
        format_html(
            '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"/>',
            _percent(x - width / 2), min(y(value), y(0)), _percent(width), max(round(abs(y(value) - y(0)), 1), 0.5),
        )
        for x, value in zip(xs, values, strict=True)
    ))  # fmt: skip
    words = _join(*(_value(xs[i], y(max(values[i], 0)) - 8, points[i]) for i in named))
    foot = _foot(_foot_labels(points, times), xs, HEIGHT)
    summary = _summary(points, unit)
    grid = _grid([0] if few else ticks, y)
    return Chart(_svg(identity, title, summary, HEIGHT, _join(grid, bars, words, foot)), summary, table(points))


_REST = re.compile(r"^(other|rest|бусад)", re.IGNORECASE)


def _bars(points, *, title, unit, identity, whole=None):
    """Bars by size, the longest first; what is no item of its own ("Other") stands last. Times keep their order."""
    if _times(points):
        ranked = points
    else:
        ranked = sorted(points, key=lambda point: (bool(_REST.match(point.label)), -point.value))
    shown, rest = ranked, []
    if len(ranked) > BAR_ROWS_SHOWN + 2:
        shown, rest = ranked[:BAR_ROWS_SHOWN], ranked[BAR_ROWS_SHOWN:]
    most = whole or max(max(float(point.value) for point in shown), 0) or 1
    pieces, y = [], 0
    for point in shown:
        label = label_text(point.label) + (f", {point.part}" if point.part else "")
        lines = textwrap.wrap(label, LETTERS_IN_A_LINE) or [""]
        for line in lines:
            y += 18
            pieces.append(_text("0", y, line, "chart-label"))
        pieces.append(_text("100%", y, number(point.value), "chart-value", "end"))
        css = "chart-bar chart-bar-soft" if _REST.match(point.label) else "chart-bar"
        width = max(float(point.value), 0) / most * 100
        pieces.append(format_html('<rect class="chart-track" x="0" y="{}" width="100%" height="8"/>', y + 6))
        pieces.append(format_html('<rect class="{}" x="0" y="{}" width="{}" height="8"/>', css, y + 6, _percent(width)))
        y += 26
    left_out = ""
    if rest:
        left_out = _("The %(shown)d largest of %(all)d; all of them stand in the table.") % {"shown": len(shown), "all": len(ranked)}
    summary = _("Largest: %(label)s, %(value)s (%(unit)s).") % {
        "label": label_text(ranked[0].label), "value": number(ranked[0].value), "unit": unit,
    }  # fmt: skip
    if _times(points):
        summary = _summary(points, unit)
    return Chart(_svg(identity, title, summary, y, _join(*pieces)), summary, table(ranked), left_out=left_out)


def _stacked(points, *, title, unit, identity):
    """One bar a label, divided into parts. The largest parts have a shade of their own, the others share a grey."""
    labels = list(dict.fromkeys(point.label for point in points))
    totals = {}
    for point in points:
        if not _REST.match(point.part):
            totals[point.part] = max(totals.get(point.part, 0), float(point.value))
    leading = sorted(totals, key=totals.get, reverse=True)[:SHADES]
    whole = max(sum(float(point.value) for point in points if point.label == label) for label in labels) or 1
    pieces, y = [], 0
    for label in labels:
        parts = {point.part: float(point.value) for point in points if point.label == label}
        y += 18
        pieces.append(_text("0", y, label_text(label), "chart-label"))
        y += 8
        x = 0.0
        rest = sum(value for part, value in parts.items() if part not in leading)
        for shade, value in [*((index, parts.get(part, 0)) for index, part in enumerate(leading, 1)), (0, rest)]:
            width = value / whole * 100
            if width <= 0:
                continue
            # A hairline of ground between the parts: they differ by more than their shade.
            pieces.append(format_html(
                '<rect class="chart-shade-{}" x="{}" y="{}" width="{}" height="28"/>',
                shade, _percent(x), y, _percent(max(width - 0.35, 0.1)),
            ))  # fmt: skip
            if width >= 9:
                pieces.append(_text(_percent(x + 1.5), y + 19, number(round(value, 1)), f"chart-on-shade-{shade}"))
            x += width
        y += 40
    key = [(index, part) for index, part in enumerate(leading, 1)]
    if any(part not in leading for part in {point.part for point in points}):
        key.append((0, _("All others")))
    by_size = sorted((point for point in points if point.label == labels[-1]), key=lambda point: -point.value)
    summary = _("%(label)s: %(parts)s (%(unit)s).") % {
        "label": label_text(labels[-1]),
        "parts": ", ".join(f"{point.part} {number(point.value)}" for point in by_size[:3]),
        "unit": unit,
    }
    return Chart(_svg(identity, title, summary, y - 8, _join(*pieces)), summary, table(points), key=key)


