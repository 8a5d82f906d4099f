"""A letter's text as it will look: as HTML for the mail, as HTML for our own pages, and as lines of 72 characters.

Everything is escaped. Nothing becomes a link but an address of this portal and an e-mail address.
"""

import re
import textwrap
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

LINK = "{link}"
WIDTH = 72
# "Venue: UN House": a short label, a colon, something after it; no item of a list.
_FACT = re.compile(r"(?![–•-] )([^:.!?]{1,48}): (\S.*)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Part:
    """A piece of a letter: kind {text, facts, link} and its lines; of facts, pairs of label and value."""

    kind: str
    lines: tuple


def parts(text):
    """The pieces of a letter, parted by blank lines."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = tuple(line.strip() for line in block.split("\n") if line.strip())
        if lines == (LINK,):
            found.append(Part("link", lines))
            continue
        facts = [_FACT.fullmatch(line) for line in lines]
        if len(lines) > 1 and all(facts):
            found.append(Part("facts", tuple((fact[1], fact[2]) for fact in facts)))
        elif lines:
            found.append(Part("text", lines))
    return found


def linked(line, link=""):
    """A line, escaped, with links where they are allowed; `link` is the HTML that stands for the recipient's own link."""
    own = re.escape(settings.PORTAL_ADDRESS)
    pieces = re.split(rf"({re.escape(LINK)}|{own}(?:/[^\s<>\"'{{}}]*)?|{_EMAIL.pattern})", line)
    return mark_safe("".join(_piece(piece, link) for piece in pieces))  # noqa: S308 (each piece is escaped)


def _piece(piece, link):
    if piece == LINK and link:
        return link
    if re.fullmatch(rf"{re.escape(settings.PORTAL_ADDRESS)}(/\S*)?", piece):
        address = piece.rstrip(".,;:)")
        return format_html('<a href="{0}">{0}</a>{1}', address, piece[len(address) :])
    if _EMAIL.fullmatch(piece):
        return format_html('<a href="mailto:{0}">{0}</a>', piece)
    return escape(piece)


# For our own pages --------------------------------------------------------------------------------------------


def on_the_page(text):
    """A letter for a staff page; where the personal link goes, words say so."""
    words = format_html('<span class="letter-link">{}</span>', _("(the personal link is put in here)"))
    return format_html_join("", "{}", ((_part_on_the_page(part, words),) for part in parts(text)))


def _part_on_the_page(part, words):
    if part.kind == "link":
        return format_html('<p class="letter-own-link">{}</p>', words)
    if part.kind == "facts":
        rows = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", ((label, linked(value, words)) for label, value in part.lines))
        return format_html("<dl>{}</dl>", rows)
    return format_html("<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((linked(line, words),) for line in part.lines)))


# For the mail -------------------------------------------------------------------------------------------------

# Mail programs know no style sheets: each piece carries its own.
_SANS = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
_P = "margin:0 0 16px;font-size:16px;line-height:1.55;color:#121f38"
_MAIL = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light"><title>{subject}</title></head>
<body style="margin:0;padding:0;background:#eef2f8;{sans}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eef2f8"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;background:#ffffff;border:1px solid #d4dcea">
<tr><td style="padding:18px 28px;background:#0033a0;border-bottom:3px solid #ffb81c;color:#ffffff;{sans};font-size:15px;line-height:1.35"><strong style="font-size:17px">{organisation}</strong><br>{office}</td></tr>
<tr><td style="padding:28px 28px 12px;{sans};overflow-wrap:anywhere;word-break:break-word">
{body}
</td></tr>
<tr><td style="padding:14px 28px 20px;border-top:1px solid #d4dcea;{sans};font-size:13px;line-height:1.5;color:#485775">{footer}</td></tr>
</table></td></tr></table></body></html>
"""


def for_the_mail(*, subject, text, language, link="", button="", organisation="", office="", replies_to=""):
    """The letter as a whole HTML document."""
    anchor = format_html('<a href="{0}" style="color:#0033a0">{0}</a>', link) if link else ""
    with override(language):
        footer = [_("Sent by the portal of IOM Mongolia.")]
        if replies_to:
            footer.append(_("Answers to this letter go to %(address)s.") % {"address": replies_to})
    return format_html(
        mark_safe(_MAIL),  # noqa: S308 (a constant)
        language=language,
        subject=subject,
        sans=mark_safe(_SANS),  # noqa: S308
        organisation=organisation,
        office=office,
        body=format_html_join("\n", "{}", ((_part_for_the_mail(part, link, button, anchor),) for part in parts(text))),
        footer=" ".join(footer),
    )


def _part_for_the_mail(part, link, button, anchor):
    if part.kind == "link":
        return format_html(
            '<p style="margin:4px 0 8px"><a href="{}" style="display:inline-block;padding:13px 22px;border-radius:4px;background:#0033a0;'
            'color:#ffffff;font-size:16px;font-weight:600;text-decoration:none">{}</a></p>'
            '<p style="margin:0 0 20px;font-size:13px;line-height:1.45;color:#485775;word-break:break-all">{}</p>',
            link, button or link, anchor,
        )  # fmt: skip
    if part.kind == "facts":
        rows = format_html_join(
            "",
            '<tr><td valign="top" style="padding:7px 16px 7px 0;border-top:1px solid #d4dcea;color:#485775;font-size:15px;line-height:1.45;width:36%">{}</td>'
            '<td valign="top" style="padding:7px 0;border-top:1px solid #d4dcea;color:#121f38;font-size:15px;line-height:1.45">{}</td></tr>',
            ((label, linked(value, anchor)) for label, value in part.lines),
        )
        return format_html(
            '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;border-bottom:1px solid #d4dcea">{}</table>', rows
        )
    lines = format_html_join(mark_safe("<br>"), "{}", ((linked(line, anchor),) for line in part.lines))
    return format_html('<p style="{}">{}</p>', _P, lines)


# As plain text ------------------------------------------------------------------------------------------------


def as_plain_text(text, link=""):
    """The letter in lines of at most 72 characters; an address is never broken."""
    lines = []
    for line in text.split("\n"):
        line = line.replace(LINK, link)
        further = "  " if line.startswith(("– ", "- ", "• ")) else ""
        lines += textwrap.wrap(line, WIDTH, subsequent_indent=further, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(lines) + "\n"
