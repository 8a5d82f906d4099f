"""An address as a QR code: as SVG in a page, and as SVG for a document."""

import functools
import io

import segno
from django.utils.html import format_html
from django.utils.safestring import mark_safe

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
    """The side in modules, white included, and the code as one path."""
    code = segno.make(address, error=CORRECTION, micro=False, mask=MASK)
    out = io.BytesIO()
    code.save(out, kind="svg", border=QUIET, xmldecl=False, svgns=False, svgclass=None, lineclass=None, omitsize=True, nl=False)
    text = out.getvalue().decode()
    return code.symbol_size(border=QUIET)[0], mark_safe(text[text.index("<path") : text.index("</svg>")])  # noqa: S308 (segno's own)
