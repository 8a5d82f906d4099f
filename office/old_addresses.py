"""Lists of old addresses: read from a file or pasted, every row judged before anything is written, the good ones kept at one press."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import spreadsheets
from core.spreadsheet_reader import MAX_ROWS
from office import links, redirects
from office.models import Redirect

LONGEST = Redirect._meta.get_field("old_path").max_length
MOST_ROWS = MAX_ROWS
# What the head of a column may say, in letters alone.
OLD_HEADS = {"old", "oldpath", "oldaddress", "oldurl", "oldlink", "from", "source", "хуучин", "хуучинхаяг", "хуучинзам", "хуучинхолбоос", "хаанаас"}
NEW_HEADS = {"new", "newpath", "newaddress", "newurl", "newlink", "to", "target", "destination", "leadsto", "шинэ", "шинэхаяг", "шинэзам", "шинэхолбоос", "хаашаа"}


class Verdict:
    NEW, CHANGES, SAME, REFUSED = "new", "changes", "same", "refused"


VERDICTS = {
    Verdict.NEW: _("new"),
    Verdict.CHANGES: _("changes an address that is there"),
    Verdict.SAME: _("there already"),
    Verdict.REFUSED: _("refused"),
}


_NOWHERE = _("The new address leads to nothing that the public can see here.")


@dataclass
class Line:
    """A row of the list: as it was written, as it would be kept, and what was found about it."""

    number: int
    old: str
    new: str
    old_path: str = ""
    new_path: str = ""
    verdict: str = Verdict.NEW
    reason: str = ""
    before: str = ""

    @property
    def is_good(self):
        return self.verdict in {Verdict.NEW, Verdict.CHANGES}

    @property
    def said(self):
        return VERDICTS[self.verdict]

    def refuse(self, reason):
        self.verdict, self.reason = Verdict.REFUSED, str(reason)


# Reading ------------------------------------------------------------------------------------------------------


def lines_of(table):
    """The rows of a spreadsheets.Table as Lines; a head is known by its words, without one the first two columns count.

    Refuses ("columns") a list of one column only.
    """
    if table.width < 2:
        raise ValidationError(_("Two columns are needed: the old address and the new one."), code="columns")
    rows, first = list(table.rows), ["" if "/" in cell else re.sub(r"[\W\d_]+", "", cell.lower()) for cell in table.rows[0].cells]
    old = next((position for position, word in enumerate(first) if word in OLD_HEADS), None)
    new = next((position for position, word in enumerate(first) if word in NEW_HEADS), None)
    if old is not None or new is not None:
        rows = rows[1:]
        if old is None:
            old = next(position for position in range(table.width) if position != new)
        if new is None:
            new = next(position for position in range(table.width) if position != old)
    else:
        old, new = 0, 1
    return [Line(row.number, row.cells[old], row.cells[new]) for row in rows if row.cells[old] or row.cells[new]]


# Judging ------------------------------------------------------------------------------------------------------


def judge(lines):
    """Fills in what would be kept of each Line and its verdict; as many queries for many as for few. Returns the lines."""
    there = dict(Redirect.objects.values_list("old_path", "new_path"))
    for line in lines:
        _read(line)
    _refuse_own_pages([line for line in lines if line.is_good])
    wished = {}
    for line in lines:
        if not line.is_good:
            continue
        if line.old_path in wished:
            if _same(wished[line.old_path].new_path, line.new_path):
                line.verdict = Verdict.SAME
            else:
                line.refuse(_("Row %(number)d says something else about this old address.") % {"number": wished[line.old_path].number})
            continue
        wished[line.old_path] = line
        before = there.get(line.old_path)
        if before is not None:
            line.before = before
            line.verdict = Verdict.SAME if _same(before, line.new_path) else Verdict.CHANGES
    _refuse_ways_to_nowhere(wished, there)
    return lines


def refuse_useless(old, new):
    """Refuses ("useless") one redirect that would never be asked for or that leads nowhere; circles are another rule's."""
    line = Line(1, old, new)
    _read(line)
    if line.is_good:
        _refuse_own_pages([line])
    if line.is_good and links.dead_internal_links(f'<a href="{line.new_path}"></a>'):
        line.refuse(_NOWHERE)
    if not line.is_good:
        raise ValidationError(line.reason, code="useless")
    return line.old_path, line.new_path


def _read(line):
    if not line.old or not line.new:
        return line.refuse(_("The old or the new address is missing."))
    try:
        parts = urlsplit(line.old.strip())
    except ValueError:
        return line.refuse(_("The old address cannot be read."))
    path = unquote(parts.path)
    if parts.query or parts.fragment:
        return line.refuse(_("An old address with ? or # cannot lead on: what stands behind it is not looked at."))
    if not path.startswith("/") or parts.scheme not in {"", "http", "https"} or not path.isprintable() or "//" in path:
        return line.refuse(_("The old address is a path that begins with /, or a whole address with https://."))
    line.old_path = redirects.tidy(path)
    if line.old_path == "/":
        return line.refuse(_("The first page cannot be an old address."))
    place = links.inside(line.new.strip())
    if place == "" or place and "//" in place.path:
        return line.refuse(_("The new address is a path that begins with /, or a whole address with https://."))
    if place is None:
        scheme, colon, rest = line.new.strip().partition(":")
        line.new_path = f"{scheme.lower()}{colon}{rest}"
        try:
            URLValidator(schemes=["http", "https"])(line.new_path)
        except ValidationError:
            return line.refuse(_("The new address cannot be read."))
    else:
        query = urlsplit(line.new.strip()).query
        line.new_path = f"{place.path.rstrip('/')}/" if "." not in place.path.rsplit("/", 1)[-1] else place.path
        line.new_path += f"?{query}" if query else ""
    if len(line.old_path) > LONGEST or len(line.new_path) > LONGEST:
        return line.refuse(_("An address has at most %(most)d letters here.") % {"most": LONGEST})
    return None


def _refuse_own_pages(lines):
    """An address at which something of this site answers is never asked for as an old one."""
    for line, answers in zip(lines, links.answers_itself([line.old_path for line in lines]), strict=True):
        if answers:
            line.refuse(_("A page of this site stands at the old address, so it would never lead on."))


def _refuse_ways_to_nowhere(wished, there):
    """Follows every new address through what is there and what the list brings; refuses circles and ways that end nowhere."""
    ahead = {**there, **{old: line.new_path for old, line in wished.items() if line.verdict != Verdict.REFUSED}}
    ends = {}
    for old, line in wished.items():
        at, seen = line.new_path, {old}
        while not at.startswith(("http://", "https://")):
            path = redirects.tidy(urlsplit(at).path)
            if path in seen:
                line.refuse(_("This redirect would lead in a circle."))
                break
            if path not in ahead:
                break
            if len(seen) >= links.LONGEST_WAY:
                line.refuse(_("It would lead on through too many old addresses: name the one at the end."))
                break
            seen.add(path)
            at = ahead[path]
        if line.verdict != Verdict.REFUSED and links.inside(at) is not None:
            ends[old] = at
    dead = links.dead_in([f'<a href="{at}"></a>' for at in ends.values()])
    for old, found in zip(ends, dead, strict=True):
        if found and wished[old].is_good:
            wished[old].refuse(_NOWHERE)


def _same(one, other):
    return one.rstrip("/") == other.rstrip("/")


# Keeping ------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(lines):
    """Judges the lines once more, as things stand now, and keeps the good ones. Returns those that were kept."""
    for line in lines:
        line.verdict, line.reason, line.before = Verdict.NEW, "", ""
    kept = [line for line in judge(lines) if line.is_good]
    # One after another may pass through what an earlier one changes: what is changed goes first, so that no step is a circle.
    Redirect.objects.filter(old_path__in=[line.old_path for line in kept if line.verdict == Verdict.CHANGES]).delete()
    for line in kept:
        Redirect.objects.create(old_path=line.old_path, new_path=line.new_path)
    return kept


def as_csv(lines):
    """The lines as a list to mend and to bring again, each with its reason."""
    return spreadsheets.write_csv([_("old"), _("new"), _("reason")], [(line.old, line.new, line.reason) for line in lines])
