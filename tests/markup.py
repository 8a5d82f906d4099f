"""Reads a rendered page as strictly as the HTML standard has it, without a browser: what a validator would find in the portal's own pages.

    faults(html) → ["12: duplicate id “q”", …], the number being the line; nothing where all is well

It asks more than browsers do: each element is closed by its own tag. It knows the elements and attributes that the portal uses, so a
new one is reported until it stands in the tables below.
"""

import re
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# What may stand inside a paragraph, a heading, a label.
PHRASING = frozenset(
    "a abbr audio b bdi bdo br button canvas cite code data datalist dfn em embed i iframe img input ins del kbd label link map mark math meta meter "
    "noscript object output picture progress q ruby rp rt s samp script select selectedcontent slot small span strong sub sup svg template textarea "
    "time u var video wbr area option optgroup source track".split()
)
FLOW = frozenset(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search "
    "section table ul".split()
)
PARTS = frozenset("html head body title base style li dt dd caption colgroup col thead tbody tfoot tr th td legend summary figcaption".split())
# Which children an element may have, and which parent a part needs.
CHILDREN = {
    "ul": {"li", "script", "template"}, "ol": {"li", "script", "template"}, "menu": {"li", "script", "template"},
    "dl": {"div", "dt", "dd", "script", "template"}, "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"}, "tr": {"th", "td"}, "colgroup": {"col"},
    "select": {"option", "optgroup", "hr"}, "optgroup": {"option"}, "option": set(), "textarea": set(), "title": set(),
}  # fmt: skip
PARENTS = {
    "li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "tr": {"thead", "tbody", "tfoot", "table"}, "th": {"tr"}, "td": {"tr"},
    "caption": {"table"}, "thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "legend": {"fieldset"}, "summary": {"details"},
    "figcaption": {"figure"}, "option": {"select", "optgroup", "datalist"}, "source": {"picture", "audio", "video"},
}  # fmt: skip
PHRASING_ONLY = frozenset("p h1 h2 h3 h4 h5 h6 span strong b em i small label button pre code kbd mark abbr cite q s sub sup time".split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
INTERACTIVE = frozenset("a button input select textarea label details summary iframe".split())
LABELLED = frozenset("input select textarea button meter output progress".split())

GLOBAL = frozenset(
    "accesskey autocapitalize autofocus class contenteditable dir draggable enterkeyhint hidden id inert inputmode is itemid itemprop itemref itemscope "
    "itemtype lang nonce popover role slot spellcheck tabindex title translate writingsuggestions".split()
)
ARIA = frozenset(
    "activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex colspan controls current describedby "
    "description details disabled dropeffect errormessage expanded flowto haspopup hidden invalid keyshortcuts label labelledby level live modal "
    "multiline multiselectable orientation owns placeholder posinset pressed readonly relevant required roledescription rowcount rowindex rowspan "
    "selected setsize sort valuemax valuemin valuenow valuetext".split()
)
OWN = {
    "a": "download href hreflang ping referrerpolicy rel target type",
    "area": "alt coords download href ping referrerpolicy rel shape target",
    "audio": "autoplay controls crossorigin loop muted preload src",
    "blockquote": "cite",
    "button": "command commandfor disabled form formaction formenctype formmethod formnovalidate formtarget name popovertarget popovertargetaction type value",
    "canvas": "height width",
    "col": "span",
    "colgroup": "span",
    "data": "value",
    "del": "cite datetime",
    "details": "name open",
    "dialog": "closedby open",
    "fieldset": "disabled form name",
    "form": "accept-charset action autocomplete enctype method name novalidate rel target",
    "iframe": "allow allowfullscreen height loading name referrerpolicy sandbox src srcdoc width",
    "img": "alt crossorigin decoding fetchpriority height loading referrerpolicy sizes src srcset usemap width",
    "input": "accept alt alpha autocomplete capture checked colorspace dirname disabled form formaction formenctype formmethod formnovalidate formtarget "
    "height list max maxlength min minlength multiple name pattern placeholder popovertarget popovertargetaction readonly required size src step type "
    "value width",
    "ins": "cite datetime",
    "label": "for",
    "li": "value",
    "link": "as blocking color crossorigin disabled fetchpriority href hreflang imagesizes imagesrcset integrity media referrerpolicy rel sizes type",
    "meta": "charset content http-equiv media name property",
    "meter": "high low max min optimum value",
    "ol": "reversed start type",
    "optgroup": "disabled label",
    "option": "disabled label selected value",
    "output": "for form name",
    "progress": "max value",
    "q": "cite",
    "script": "async blocking crossorigin defer fetchpriority integrity nomodule referrerpolicy src type",
    "select": "autocomplete disabled form multiple name required size",
    "source": "height media sizes src srcset type width",
    "td": "colspan headers rowspan",
    "textarea": "autocomplete cols dirname disabled form maxlength minlength name placeholder readonly required rows wrap",
    "th": "abbr colspan headers rowspan scope",
    "time": "datetime",
    "track": "default kind label src srclang",
    "video": "autoplay controls crossorigin height loop muted playsinline poster preload src width",
}
OWN = {name: frozenset(words.split()) for name, words in OWN.items()}
FOREIGN = frozenset(("svg", "math"))
# Attributes that name other elements of the page by their ids.
NAMES_ONE = frozenset(("for", "list", "form", "aria-activedescendant", "popovertarget", "commandfor"))
NAMES_MANY = frozenset(
    ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage", "aria-flowto", "headers", "itemref")
)
WITH_SUGGESTIONS = frozenset(
    ("", "color", "date", "datetime-local", "email", "hidden", "month", "number", "password", "range", "search", "tel", "text", "time", "url", "week")
)
MOMENT = re.compile(
    r"\d{4,}(-\d\d(-\d\d)?)?|--?\d\d-\d\d|\d\d:\d\d(:\d\d(\.\d{1,3})?)?|\d{4,}-W\d\d|P[\dTDHMS.]+"
    r"|\d{4,}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?"
)
DATE = re.compile(r"(\d{4,}-\d\d-\d\d)?")


def faults(html):
    page = _Page()
    page.feed(html)
    page.close()
    return page.judge()


class _Element:
    def __init__(self, name, attributes, line):
        self.name, self.attributes, self.line = name, attributes, line
        self.text = ""
        self.has_picture_words = False


class _Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.open = []
        self.ids = {}
        self.references = []
        self.labels = set()
        self.to_label = []
        self.headings = []
        self.counts = {}
        self.doctype = None

    def fault(self, words, line=None):
        self.found.append((line or self.getpos()[0], words))

    def inside(self, *names):
        return any(element.name in names for element in self.open)

    # What the parser tells --------------------------------------------------------------------------------

    def handle_decl(self, decl):
        if self.counts or self.doctype is not None:
            self.fault("a second doctype, or one that does not come first")
        self.doctype = decl.lower()

    def handle_startendtag(self, name, attributes):
        if name not in VOID and not self.inside(*FOREIGN):
            self.fault(f"<{name}/> does not close itself")
        self.start(name, attributes, closed=True)

    def handle_starttag(self, name, attributes):
        self.start(name, attributes, closed=name in VOID and not self.inside(*FOREIGN))

    def handle_endtag(self, name):
        if name in VOID and not self.inside(*FOREIGN):
            return self.fault(f"</{name}> of an element without content")
        if not self.inside(name):
            return self.fault(f"stray </{name}>")
        while self.open:
            element = self.open.pop()
            self.ended(element)
            if element.name == name:
                return
            self.fault(f"<{element.name}> is not closed before </{name}>", element.line)

    def handle_data(self, data):
        for element in self.open:
            element.text += data
        if data.strip() and self.open and self.open[-1].name in CHILDREN and self.open[-1].name not in {"option", "textarea", "title"}:
            self.fault(f"text stands in <{self.open[-1].name}>: {data.strip()[:30]!r}")

    # What is asked ----------------------------------------------------------------------------------------

    def start(self, name, pairs, *, closed):
        attributes = {}
        for key, value in pairs:
            if key in attributes:
                self.fault(f"<{name}> has {key} twice")
            attributes[key] = value if value is not None else ""
        element = _Element(name, attributes, self.getpos()[0])
        foreign = self.inside(*FOREIGN)
        if not foreign:
            self.counts[name] = self.counts.get(name, 0) + 1
        if not foreign:
            self.judge_place(element)
            self.judge_attributes(element)
        self.judge_ids(element)
        if "aria-label" in attributes or (name == "img" and attributes.get("alt")):
            for outer in self.open:
                outer.has_picture_words = True
        if closed:
            self.ended(element)
        else:
            self.open.append(element)

    def judge_place(self, element):
        name = element.name
        if name not in PHRASING | FLOW | PARTS:
            self.fault(f"<{name}> is no element of HTML")
        if not self.open:
            if name != "html":
                self.fault(f"<{name}> stands outside <html>")
            return
        parent = self.open[-1].name
        if name not in CHILDREN.get(parent, {name}):
            self.fault(f"<{name}> may not stand in <{parent}>")
        elif parent not in PARENTS.get(name, {parent}):
            self.fault(f"<{name}> needs another parent than <{parent}>")
        if name in FLOW and (within := [e.name for e in self.open if e.name in PHRASING_ONLY]) and not self.may_hold(within[-1], name):
            self.fault(f"<{name}> may not stand in <{within[-1]}>")
        if name in INTERACTIVE and name not in {"summary"} and not (name == "input" and element.attributes.get("type") == "hidden"):
            for outer in ("a", "button"):
                if self.inside(outer):
                    self.fault(f"<{name}> may not stand in <{outer}>: both can be pressed")
            if name == "label" and self.inside("label"):
                self.fault("<label> may not stand in <label>")
        elif "tabindex" in element.attributes and self.inside("a", "button"):
            self.fault(f"<{name} tabindex> may not stand in what can be pressed")
        if name == "form" and self.inside("form"):
            self.fault("<form> may not stand in <form>")
        if name == "main" and self.inside("article", "aside", "nav", "header", "footer", "section"):
            self.fault("<main> stands in a part of the page")
        if name in {"header", "footer"} and self.inside("header", "footer") and not self.inside("article", "section", "aside", "nav", "blockquote"):
            self.fault(f"<{name}> may not stand in <header> or <footer>")
        if name in HEADINGS and self.inside("address"):
            self.fault("a heading may not stand in <address>")
        if name in {"link", "meta"} and not self.inside("head") and not ({"itemprop", "property"} & element.attributes.keys()):
            if name == "meta" or element.attributes.get("rel") != "stylesheet":
                self.fault(f"<{name}> stands outside the head")

    def may_hold(self, outer, inner):
        # A disclosure's summary may be a heading, and so may a figure's caption; anything else phrasing may not hold.
        return outer == "summary" and inner in HEADINGS

    def judge_attributes(self, element):
        name, has = element.name, element.attributes
        for key, value in has.items():
            if key.startswith("data-") and len(key) > 5:
                continue
            if key.startswith("on") or key == "style":
                self.fault(f"<{name} {key}>: the content security policy forbids it")
            elif key.startswith("aria-"):
                if key[5:] not in ARIA:
                    self.fault(f"<{name} {key}> is no property of ARIA")
            elif name not in FOREIGN and key not in GLOBAL and key not in OWN.get(name, ()):
                self.fault(f"<{name}> has no attribute {key}")
        for key in ("href", "src", "action"):
            if key in has and (" " in has[key].strip() or has[key] != has[key].strip() or (key != "action" and key == "src" and not has[key])):
                self.fault(f"<{name} {key}> is no address: {has[key]!r}")
        if name == "img" and "alt" not in has:
            self.fault("<img> without alt")
        if name == "html" and not has.get("lang"):
            self.fault("<html> names no language")
        if name == "time" and "datetime" in has and not MOMENT.fullmatch(has["datetime"]):
            self.fault(f"<time datetime={has['datetime']!r}>")
        if name == "textarea" and has.get("wrap", "soft") not in {"soft", "hard"}:
            self.fault("<textarea wrap> is soft or hard")
        if name == "th" and has.get("scope", "col") not in {"col", "row", "colgroup", "rowgroup"}:
            self.fault(f"<th scope={has['scope']!r}>")
        if name == "script" and not has.get("src") and has.get("type") not in {"application/ld+json", "application/json", "importmap"} and not has.get("nonce"):
            self.fault("a script stands in the page itself")
        if "tabindex" in has and not re.fullmatch(r"-?\d+", has["tabindex"]):
            self.fault(f"tabindex={has['tabindex']!r}")
        if name == "input":
            self.judge_input(has)
        if name in {"input", "select", "textarea"} and has.get("type") not in {"hidden", "submit", "button", "reset", "image"}:
            named = has.get("aria-label") or has.get("aria-labelledby") or has.get("title") or self.inside("label")
            if not named:
                self.to_label.append((self.getpos()[0], name, has.get("name", ""), has.get("id")))
        if name == "section" or name in HEADINGS:
            self.headings.append((name, self.getpos()[0], has))

    def judge_input(self, has):
        kind = has.get("type", "")
        if kind == "hidden" and (wrong := [key for key in has if key.startswith("aria-")]):
            self.fault(f"a hidden input has {', '.join(wrong)}")
        if "autocomplete" in has and kind not in WITH_SUGGESTIONS:
            self.fault(f"<input type={kind}> completes nothing")
        if has.get("role") == "combobox" and kind not in {"", "text"}:
            self.fault(f"<input type={kind}> is no combobox")
        if kind == "date" and not DATE.fullmatch(has.get("value", "")):
            self.fault(f"{has['value']!r} is no date")
        if kind in {"checkbox", "radio", "hidden", "file", "submit"} and (wrong := {"placeholder", "maxlength", "readonly"} & has.keys()):
            self.fault(f"<input type={kind}> has no {', '.join(sorted(wrong))}")

    def judge_ids(self, element):
        has = element.attributes
        if "id" in has:
            if not has["id"] or re.search(r"\s", has["id"]):
                self.fault(f"id={has['id']!r}")
            elif has["id"] in self.ids:
                self.fault(f"duplicate id “{has['id']}”")
            self.ids[has["id"]] = element.name
        for key, value in has.items():
            if key in NAMES_ONE:
                self.references.append((self.getpos()[0], element.name, key, value))
            elif key in NAMES_MANY:
                if not value.split():
                    self.fault(f"<{element.name} {key}> names nothing")
                self.references += [(self.getpos()[0], element.name, key, one) for one in value.split()]
            elif key == "href" and len(value) > 1 and value.startswith("#") and element.name == "a":
                self.references.append((self.getpos()[0], element.name, key, value[1:]))
        if element.name == "label" and has.get("for"):
            self.labels.add(has["for"])

    def ended(self, element):
        name, has = element.name, element.attributes
        words = element.text.strip() or element.has_picture_words
        if name in HEADINGS | {"title", "label", "legend"} and not words:
            self.fault(f"<{name}> is empty", element.line)
        if name in {"a", "button"} and not (words or has.get("aria-label") or has.get("aria-labelledby") or has.get("title") or "hidden" in has):
            self.fault(f"<{name}> says nothing", element.line)
        if name == "svg" and has.get("role") == "img" and not (has.get("aria-label") or has.get("aria-labelledby") or element.text.strip()):
            self.fault("a picture without words", element.line)
        if name == "time" and "datetime" not in has and not MOMENT.fullmatch(element.text.strip()):
            self.fault(f"<time> without datetime: {element.text.strip()!r}", element.line)

    # What is known at the end -----------------------------------------------------------------------------

    def judge(self):
        for element in self.open:
            self.fault(f"<{element.name}> is never closed", element.line)
        if self.doctype != "doctype html":
            self.fault("no <!doctype html>", 1)
        for name, number in (("html", 1), ("head", 1), ("body", 1), ("title", 1), ("main", 1), ("h1", 1)):
            if self.counts.get(name, 0) != number:
                self.fault(f"{self.counts.get(name, 0)} of <{name}>", 1)
        for line, name, key, value in self.references:
            if value not in self.ids:
                self.fault(f"<{name} {key}> names “{value}”, which is not there", line)
            elif key == "for" and name == "label" and self.ids[value] not in LABELLED:
                self.fault(f"<label for> names <{self.ids[value]}>, which takes no label", line)
        for line, name, called, its_id in self.to_label:
            if its_id is None or its_id not in self.labels:
                self.fault(f"<{name} name={called!r}> has no label", line)
        level = 0
        for name, line, _has in self.headings:
            if name in HEADINGS:
                if int(name[1]) > level + 1:
                    self.fault(f"<{name}> follows <h{level}>" if level else f"<{name}> is the first heading", line)
                level = int(name[1])
        return [f"{line}: {words}" for line, words in sorted(self.found)]
