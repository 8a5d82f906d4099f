"""QR codes hold exactly the address, and say to everybody what they lead to."""

import xml.etree.ElementTree as ElementTree

import segno

from core import qr

ADDRESS = "https://portal.example/c/0123456789abcdefABCDEF?a=1&b=<2>"
SPACE = {"svg": "http://www.w3.org/2000/svg"}


def modules(path, size, border):
    """The dark modules that a path of segno's kind (rows of strokes) draws."""
    import re

    drawn, x, y = set(), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            drawn |= {(int(x + step) - border, int(y) - border) for step in range(int(values[0]))}
            x += values[0]
    return drawn


def test_the_code_is_that_of_the_address():
    code = segno.make(ADDRESS, error="m", micro=False, mask=qr.MASK)
    dark = {(x, y) for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module}
    for drawn in (qr.svg(ADDRESS, title="x"), qr.drawing(ADDRESS)):
        path = ElementTree.fromstring(drawn).findall("svg:path", SPACE)[-1]
        assert modules(path.get("d"), len(code.matrix), 4) == dark


def test_a_page_tells_what_it_leads_to_and_nothing_in_it_is_markup():
    drawn = ElementTree.fromstring(qr.svg(ADDRESS, title="Check <this> & that"))
    assert (drawn.get("role"), drawn.find("svg:title", SPACE).text) == ("img", "Check <this> & that")
    assert drawn.findall("svg:path", SPACE)[0].get("fill") == "#fff"
    assert "style" not in qr.svg(ADDRESS, title="x")
