"""Every pair of colours that carries words stands out by 4.5 to 1, and what marks a shape by 3 to 1, in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"

# Grounds that ordinary words are written on, and the colours of such words.
GROUNDS = ["ground", "ground-quiet", "ground-sunk", "brand-wash"]
WORDS = ["ink", "ink-quiet", "link", "link-hover", "brand", "stop"]

PAIRS = [(words, ground) for words in WORDS for ground in GROUNDS] + [
    ("ink", "mark"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("ground", "ink"),
    ("on-panel", "panel"),
    ("on-panel-quiet", "panel"),
    ("on-masthead", "masthead"),
    ("on-masthead-quiet", "masthead"),
    ("on-gold", "gold"),
    ("on-stop", "stop"),
    ("chart-ink", "ground"),
    ("chart-ink", "ground-quiet"),
    *((state, ground) for state in ("ok", "wait", "stop", "held", "past") for ground in (f"{state}-wash", "ground", "brand-wash", "ground-quiet")),
    *(("ink", f"{state}-wash") for state in ("ok", "wait", "stop", "held", "past")),
    ("ink-quiet", "wait-wash"),
]

# Borders of inputs, lines of charts, the seats in their bar: shapes one must see.
SHAPES = [
    ("line-strong", "ground"),
    ("line-strong", "ground-quiet"),
    ("chart", "ground"),
    ("chart", "ground-quiet"),
    ("gold", "masthead"),
    ("gold", "panel"),
    ("gold", "ink"),
]


def themes():
    """{"light": {name: "#rrggbb"}, "dark": {…}}: the dark theme is the light one with what it replaces."""
    text = TOKENS.read_text(encoding="utf-8")
    light_part, dark_part = text.split("@media (prefers-color-scheme: dark)")
    dark_part = dark_part.split("@media")[0]
    colour = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
    light = dict(colour.findall(light_part))
    return {"light": light, "dark": {**light, **dict(colour.findall(dark_part))}}


def luminance(colour):
    """Relative luminance as WCAG 2 defines it, 0 for black to 1 for white."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_dark_theme_replaces_every_ground_and_word():
    found = themes()
    unchanged = {name for name in found["light"] if found["light"][name] == found["dark"][name]}
    assert unchanged == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read(theme):
    colours = themes()[theme]
    low = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shapes_can_be_seen(theme):
    colours = themes()[theme]
    low = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in SHAPES}
    # The ring of focus is gold outside and ink inside; in the dark theme the ink is pale and the gold stands alone.
    if theme == "dark":
        low.pop(("gold", "ink"))
        low[("gold", "ground")] = round(contrast(colours["gold"], colours["ground"]), 2)
    assert {pair: ratio for pair, ratio in low.items() if ratio < 3} == {}
