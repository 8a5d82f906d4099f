"""What word processors and web pages put into a text, made plain: real lists, tables with a head, headings 2 to 4.

Word writes a list as paragraphs that look like one, Google Docs writes bold as a style, LibreOffice as <font>. What they
mean is kept, what they look like is not. Cleaning comes after this (core.richtext): nothing here is trusted to be harmless.
Tidying what is tidy changes nothing.
"""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import nh3

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul", "ol"}
BLOCKS = HEADINGS | LISTS | {"p", "div", "li", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "dt", "dd", "pre"}
# Tags inside tags; no text needs more, and what lies deeper counts as text of this level.
DEEPEST = 100
READ = BLOCKS | {"strong", "b", "em", "i", "span", "font", "a", "br"}
# The first pass only makes well-formed HTML of anything, without what is no text: scripts, styles, Word's settings.
_WELL_FORMED = nh3.Cleaner(
    tags=READ,
    clean_content_tags={"script", "style", "xml", "title"},
    attributes={"*": {"style", "class"}, "a": {"href", "title", "rel"}, "ol": {"start", "type", "data-type"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    link_rel=None,
)
# Deeper than any text is meant: what is nested further is read as if it stood here.
DEEPEST = 60
_SPACES = re.compile(r"[ \t\r\n\xa0]{2,}|[\t\r\n]")
_LEVEL = re.compile(r"mso-list:\s*\S+\s+level(\d)", re.IGNORECASE)
_NUMBERED = re.compile(r"^\(?(\d{1,4}|[ivxlIVXL]{1,5}|[a-zA-Zа-яөүёА-ЯӨҮЁ])[.)]$")
_BULLET = re.compile(r"^[\s\xa0]*[·•●◦▪■\uf0b7\uf0a7][\s\xa0]+")
_BOLD = re.compile(r"(?<![\w-])font-weight:\s*(bold|[6-9]00)", re.IGNORECASE)
_LIGHT = re.compile(r"(?<![\w-])font-weight:\s*(normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![\w-])font-style:\s*italic", re.IGNORECASE)
_UPRIGHT = re.compile(r"(?<![\w-])font-style:\s*normal", re.IGNORECASE)


class Node:
    def __init__(self, tag, attrs=(), children=()):
        self.tag, self.attrs, self.children = tag, dict(attrs), list(children)

    @property
    def style(self):
        return self.attrs.get("style") or ""

    @property
    def names(self):
        return (self.attrs.get("class") or "").split()

    @property
    def is_block(self):
        return self.tag in BLOCKS


class _Reader(HTMLParser):
    """Well-formed HTML as a tree."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]

    def handle_starttag(self, tag, attrs):
        if len(self._open) > DEEPEST and tag != "br":
            self._open.append(self._open[-1])
            return
        node = Node(tag, attrs)
        self._open[-1].children.append(node)
        if tag != "br":
            self._open.append(node)

    def handle_endtag(self, tag):
        if tag != "br" and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data):
        self._open[-1].children.append(data)


def tidied(html):
    """`html` as this portal writes it; still to be cleaned."""
    reader = _Reader()
    reader.feed(_WELL_FORMED.clean(html))
    reader.close()
    down = 1 if any(node.tag == "h1" for node in _all(reader.root)) else 0
    return "".join(map(_written, _blocks(reader.root.children, down)))


def _all(node):
    for child in node.children:
        if isinstance(child, Node):
            yield child
            yield from _all(child)


def _text(node):
    return node if isinstance(node, str) else "".join(map(_text, node.children))


def _written(node):
    if isinstance(node, str):
        return escape(node, quote=False)
    attrs = "".join(f' {name}="{escape(value or "")}"' for name, value in node.attrs.items() if name not in {"style", "class"})
    if node.tag == "br":
        return "<br>"
    return f"<{node.tag}{attrs}>{''.join(map(_written, node.children))}</{node.tag}>"


# Blocks -------------------------------------------------------------------------------------------------------


def _blocks(children, down):
    """Children of something that holds blocks; `down` is by how many levels headings go down."""
    found = []
    for child in _unwrapped(children):
        if isinstance(child, str) or not child.is_block:
            found.append(child)
        else:
            found += _block(child, down)
    found = _listed(found)
    if not any(isinstance(each, Node) and each.is_block for each in found):
        return _line(found)
    return _wrapped(found)


def _unwrapped(children):
    """Without what only holds other blocks: sections, and marks around whole paragraphs."""
    for child in children:
        holds_blocks = isinstance(child, Node) and any(node.is_block for node in child.children if isinstance(node, Node))
        if holds_blocks and (child.tag == "div" or not child.is_block):
            yield from _unwrapped(child.children)
        else:
            yield child


def _wrapped(found):
    """Loose text between blocks becomes paragraphs; loose blanks go."""
    made, run = [], []

    def end_run():
        line = _line(run)
        if any(isinstance(each, Node) and each.tag != "br" or isinstance(each, str) and each.strip() for each in line):
            made.append(Node("p", children=line))
        run.clear()

    for each in found:
        if isinstance(each, Node) and each.is_block:
            end_run()
            made.append(each)
        else:
            run.append(each)
    end_run()
    return made


def _block(node, down):
    """The blocks that a block becomes: none where it is empty."""
    if node.tag in HEADINGS or "MsoTitle" in node.names:
        level = min(max(int(node.tag[1]) + down, 2), 4) if node.tag in HEADINGS else 2
        line = _plain(_line(node.children))
        return [Node(f"h{level}", children=line)] if _says_something(line) else []
    if node.tag in {"p", "div", "dt", "dd", "pre", "caption"}:
        if level := _LEVEL.search(node.style):
            return [_Item(node, int(level[1]))]
        if _BULLET.match(_text(node)):
            return [_Item(node, 1)]
        line = _line(node.children)
        if not _says_something(line):
            return []
        made = Node("p", children=line)
        return [Node("blockquote", children=[made])] if {"MsoQuote", "MsoIntenseQuote"} & set(node.names) else [made]
    if node.tag in LISTS:
        return _list(node, down)
    if node.tag == "table":
        return _table(node, down)
    inside = _blocks(node.children, down)
    return [Node(node.tag, node.attrs, inside)] if _says_something(inside) else []


def _plain(line):
    """What is a heading anyway needs no mark from its first letter to its last."""
    while len(line) == 1 and isinstance(line[0], Node) and line[0].tag in {"strong", "em"}:
        line = line[0].children
    return line


def _says_something(children):
    return any(each.replace("\xa0", " ").strip() if isinstance(each, str) else _says_something(each.children) for each in children)


# Lists --------------------------------------------------------------------------------------------------------


class _Item(Node):
    """A paragraph that stands for an item of a list, as Word writes it."""

    def __init__(self, node, level):
        super().__init__("p")
        marks = [each for each in _all(node) if "mso-list:ignore" in each.style.replace(" ", "").lower()]
        self.level, self.mark = level, " ".join(map(_text, marks)).replace("\xa0", " ").strip()
        for mark in marks:
            mark.children = []
        if not marks:
            _without_bullet(node)
        self.children = _line(node.children)

    @property
    def list_tag(self):
        return "ol" if _NUMBERED.match(self.mark) else "ul"

    def new_list(self):
        attrs = {}
        if found := _NUMBERED.match(self.mark):
            sign = found[1]
            if sign.isdecimal() and sign != "1":
                attrs["start"] = sign
            elif sign in {"a", "A", "i", "I"}:
                attrs["type"] = sign
        return Node(self.list_tag, attrs)


def _without_bullet(node):
    """Takes the bullet away that stands as a letter at the beginning of a paragraph, and the blanks after it."""
    bullet = True
    for holder, position in _places(node):
        words = holder.children[position]
        if bullet and words.strip("\xa0 \t\r\n"):
            words, bullet = re.sub(r"^[\s\xa0]*[·•●◦▪■\uf0b7\uf0a7]", "", words), False
        holder.children[position] = words = words.lstrip("\xa0 \t\r\n")
        if words and not bullet:
            return


def _places(node):
    """(Node, position) of every piece of text, in the order of reading."""
    for position, child in enumerate(node.children):
        if isinstance(child, str):
            yield node, position
        else:
            yield from _places(child)


def _listed(found):
    """Runs of such paragraphs become lists inside lists."""
    made, open_lists = [], []  # (level, list)
    for each in found:
        if isinstance(each, str) and not each.strip():
            if not open_lists:
                made.append(each)
            continue
        if not isinstance(each, _Item):
            open_lists = []
            made.append(each)
            continue
        if not _says_something(each.children):
            continue
        while open_lists and open_lists[-1][0] > each.level:
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < each.level:
            _open_list(each, open_lists, made)
        elif open_lists[-1][1].tag != each.list_tag:
            open_lists.pop()
            _open_list(each, open_lists, made)
        open_lists[-1][1].children.append(Node("li", children=[Node("p", children=each.children)]))
    return made


def _open_list(item, open_lists, made):
    new = item.new_list()
    if open_lists:
        open_lists[-1][1].children[-1].children.append(new)
    else:
        made.append(new)
    open_lists.append((item.level, new))


def _list(node, down):
    """A list of items only: a list directly inside a list, as Google Docs writes it, belongs to the item before."""
    items = []
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                items.append(Node("li", children=[child]))
        elif child.tag == "li":
            inside = _blocks(child.children, down)
            if _says_something(inside):
                items.append(Node("li", children=inside))
        elif child.tag in LISTS:
            inside = _list(child, down)
            if items and inside:
                last = items[-1]
                if not any(isinstance(each, Node) and each.is_block for each in last.children):
                    last.children = [Node("p", children=last.children)]
                last.children += inside
            else:
                items += [item for each in inside for item in each.children]
        else:
            inside = _blocks([child], down)
            if _says_something(inside):
                items.append(Node("li", children=inside))
    return [Node(node.tag, {name: value for name, value in node.attrs.items() if name != "type" or value in {"a", "A", "i", "I"}}, items)] if items else []


# Tables -------------------------------------------------------------------------------------------------------


def _table(node, down):
    """With a head: where no cell is one, the first row is. One cell alone is no table."""
    before = [each for child in node.children if isinstance(child, Node) and child.tag == "caption" for each in _block(child, down)]
    parts, rows = [], []
    for part in node.children:
        if not isinstance(part, Node) or part.tag == "caption":
            continue
        own = [_row(row, down, head=part.tag == "thead") for row in ([part] if part.tag == "tr" else part.children) if isinstance(row, Node) and row.tag == "tr"]
        own = [row for row in own if row.children]
        if own:
            rows += own
            parts.append(Node("thead" if part.tag == "thead" else "tbody", children=own))
    if not _says_something(rows):
        return before
    if len(rows) == 1 and len(rows[0].children) == 1:
        return before + _wrapped(rows[0].children[0].children)
    if len(rows) > 1 and not any(cell.tag == "th" for row in rows for cell in row.children):
        rows[0].children = [_head(cell) for cell in rows[0].children]
    return [*before, Node("table", children=parts)]


def _row(row, down, *, head):
    cells = [cell for cell in row.children if isinstance(cell, Node) and cell.tag in {"td", "th"}]
    return Node("tr", children=[Node("th" if head else cell.tag, cell.attrs, _blocks(cell.children, down)) for cell in cells])


def _head(cell):
    """The cell as a head, without the bold type by which it looked like one."""
    for paragraph in cell.children:
        if isinstance(paragraph, Node) and paragraph.tag == "p":
            paragraph.children = _plain(paragraph.children)
    return Node("th", cell.attrs, _plain(cell.children))


# Lines --------------------------------------------------------------------------------------------------------


def _line(children):
    """Text with marks and links: nothing empty, nothing twice, one blank where there were many."""
    return _trimmed(_joined(_marked(children, frozenset())))


def _marked(children, within):
    for child in children:
        if isinstance(child, str):
            yield child
        elif child.tag == "br":
            yield Node("br")
        elif child.tag == "a":
            inside = list(_marked(child.children, within))
            address = _address(child.attrs.get("href"))
            if address is None or not inside:
                yield from inside
            else:
                yield Node("a", {**{name: child.attrs[name] for name in ("rel", "title") if name in child.attrs}, "href": address}, inside)
        else:
            marks = [mark for mark in _marks(child) if mark not in within]
            inside = list(_marked(child.children, within | set(marks)))
            if not _says_something(inside):
                yield from inside
                continue
            for mark in reversed(marks):
                inside = [Node(mark, children=inside)]
            yield from inside


def _marks(node):
    marks = []
    if _BOLD.search(node.style) or node.tag in {"strong", "b"} and not _LIGHT.search(node.style):
        marks.append("strong")
    if _ITALIC.search(node.style) or node.tag in {"em", "i"} and not _UPRIGHT.search(node.style):
        marks.append("em")
    return marks


def _address(href):
    """Where a link leads: not to a place inside a Word document, and past the page by which Google Docs counts clicks."""
    href = (href or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.netloc.lower() == "www.google.com" and parts.path == "/url":
        return next((real for real in parse_qs(parts.query).get("q", []) if real.startswith(("http://", "https://"))), None)
    return href


def _joined(nodes):
    """Neighbours that bear the same mark are one; texts side by side are one, with single blanks."""
    made = []
    for node in nodes:
        last = made[-1] if made else None
        if isinstance(node, str):
            if isinstance(last, str):
                made[-1] = last + node
            elif node:
                made.append(node)
        elif isinstance(last, Node) and node.tag in {"strong", "em"} and last.tag == node.tag:
            last.children += node.children
        else:
            made.append(node)
    for node in made:
        if not isinstance(node, str):
            node.children = _joined(node.children)
    made = [_SPACES.sub(" ", node) if isinstance(node, str) else node for node in made]
    for before, (position, node) in zip(made, list(enumerate(made))[1:], strict=False):
        if isinstance(node, str) and isinstance(before, Node) and before.tag == "br":
            made[position] = node.lstrip(" ")
    return made


def _trimmed(line):
    """Without blanks at its ends and after another blank."""
    blank = True
    root = Node("", children=line)
    places = list(_places(root))
    for holder, position in places:
        words = holder.children[position]
        if blank and words[:1] in {" ", "\xa0"}:
            words = words.lstrip(" \xa0")
        holder.children[position] = words
        if words:
            blank = words[-1] in {" ", "\xa0"}
    for holder, position in reversed(places):
        words = holder.children[position] = holder.children[position].rstrip(" \xa0")
        if words:
            break
    return _without_empty(root.children)


def _without_empty(children):
    kept = []
    for child in children:
        if isinstance(child, Node):
            child.children = _without_empty(child.children)
            if child.children or child.tag == "br":
                kept.append(child)
        elif child:
            kept.append(child)
    return kept
