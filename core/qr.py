"""An address as a QR code: as SVG in a page, and as SVG for a document."""

import functools
import re

import segno
from django.utils.html import format_html

# A seventh of the code may be lost to a thumb or a fold in the paper, and it still reads.
CORRECTION = "m"
# Trying all eight patterns for the finest takes five times as long, which a thousand certificates feel and no camera does.
MASK = 2
QUIET = 4  # modules of white around the code, as the standard asks


def svg(address, *, title):
    """A QR code to stand in a page, as inline SVG. `title` tells who cannot see it what it leads to.

    Dark on white in every theme: many cameras do not read an inverted code.
    """
    size, path = _drawn(address)
    return format_html(
        '<svg class="qr" role="img" viewBox="0 0 {0} {0}" xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges">'
        '<title>{1}</title><path fill="#fff" d="M0 0h{0}v{0}H0z"/>{2}</svg>',
        size, title, path,
    )  # fmt: skip


def drawing(address):
    """The same as the text of an SVG file without white around it, for a document that leaves the room itself."""
    size, path = _drawn(address)
    inner = size - 2 * QUIET
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{QUIET} {QUIET} {inner} {inner}">{path}</svg>'


@functools.lru_cache(maxsize=256)
def _drawn(address):
    """The side in modules, white included, and the code as one path: a stroke for each run of dark modules."""
    rows = segno.make(address, error=CORRECTION, micro=False, mask=MASK).matrix
    strokes = [
        f"M{run.start() + QUIET} {y + QUIET}.5h{run.end() - run.start()}" for y, row in enumerate(rows) for run in _DARK.finditer(row)
    ]
    return len(rows) + 2 * QUIET, format_html('<path stroke="#000" d="{}"/>', "".join(strokes))


_DARK = re.compile(b"\x01+")
