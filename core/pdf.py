"""Documents as PDF: a Typst template of templates/documents, filled with data, the same bytes on every machine.

A template reads its data from data.json; nothing is ever written into Typst's source, so a name such as `#panic()` or
`*Bat*` is printed as it stands. Typst sees the templates and the data and no other file. Only the fonts that come with it
are used, and the one that the setting MONGOLIAN_SCRIPT_FONT names; the machine's own are never looked at. No template
brings a package in, so nothing is fetched.

A document is tagged and meets PDF/UA-1, so that a screen reader finds its headings, tables and pictures' descriptions.
"""

import functools
import json
import tempfile
import threading
from pathlib import Path

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

STANDARD, STANDARD_REFUSES = "ua-1", "PDF/UA-1 error"
FOLDER = Path(__file__).resolve().parent.parent / "templates" / "documents"
PIXELS_PER_INCH = 110

# A compiler keeps what it has read and laid out, so that the next document of a kind is made in a fraction of the time of the
# first: all that differs between two is data.json. It serves one thread at a time.
_lock = threading.RLock()


def render(template, data, *, dated=None):
    """The PDF of `template` (a file's name in templates/documents, without .typ) as bytes.

    `data` is made of what JSON knows, and of dates and decimals. `dated` is the date kept in the file as the day of its
    making; without it there is none, so that the same data give the same bytes.
    """
    try:
        return _compile(template, data, dated=dated, format="pdf", pdf_standards=STANDARD)
    except typst.TypstError as refused:
        if STANDARD_REFUSES not in refused.message:
            raise
        # A letter that no font has (Chinese in a visitor's name) is no reason to leave somebody without a document:
        # it is printed as an empty box, and the file makes no claim to the standard.
        return _compile(template, data, dated=dated, format="pdf")


def pages(template, data, *, pixels_per_inch=PIXELS_PER_INCH):
    """The same document as pictures, one PNG a page: to look at it, on a screen or in a test."""
    drawn = _compile(template, data, dated=None, format="png", ppi=float(pixels_per_inch))
    return drawn if isinstance(drawn, list) else [drawn]


def script_font():
    """The name of the font for traditional Mongolian script, or "" where there is none: then such words are left out."""
    with _lock:
        return _script_font(settings.MONGOLIAN_SCRIPT_FONT)


def _compile(template, data, *, dated, **options):
    data = {**data, "dated": dated.isoformat() if dated else "", "script_font": script_font()}
    files = {
        "main.typ": (FOLDER / f"{template}.typ").read_bytes(),
        "letterhead.typ": (FOLDER / "letterhead.typ").read_bytes(),
        "data.json": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).encode(),
    }
    with _lock:
        return _compiler(settings.MONGOLIAN_SCRIPT_FONT).compile(input=files, timestamp=0, **options)


@functools.lru_cache(maxsize=1)
def _compiler(font_file):
    return typst.Compiler(font_paths=_font_folders(font_file), ignore_system_fonts=True)


@functools.cache
def _script_font(font_file):
    """The family in the file, read by Typst itself: what it cannot read would be no use."""
    folders = _font_folders(font_file)
    if not folders:
        return ""
    known = set(typst.Fonts(include_system_fonts=False).families())
    return next(iter(sorted(set(typst.Fonts(include_system_fonts=False, font_paths=folders).families()) - known)), "")


@functools.cache
def _font_folders(font_file):
    """Typst reads folders; one with this file alone keeps its neighbours, which no other machine may have, out of documents."""
    if not font_file or not Path(font_file).is_file():
        return []
    folder = Path(_kept_folder().name)
    link = folder / Path(font_file).name
    link.symlink_to(Path(font_file).resolve())
    return [str(folder)]


@functools.cache
def _kept_folder():
    return tempfile.TemporaryDirectory(prefix="portal-fonts-")
