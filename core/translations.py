"""The translation files: strings are collected from code and templates, and compiled, without the system's gettext.

One file a language, `iom_mongolia/locale/<language>/LC_MESSAGES/django.po`. It is sorted and carries no line numbers,
so that a change of code changes only the strings that changed. English is in the code itself.
"""

import os
import re
from io import BytesIO
from pathlib import Path

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract as babel_extract
from django.conf import settings
from django.utils.translation import templatize

APPS = ("core", "accounts", "contacts", "office", "workshops", "iom_mongolia")
PLURALS = {"mn": "nplurals=2; plural=(n != 1);"}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
COMMENT_TAGS = ["Translators"]


def languages():
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def file_of(code):
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po"


def strings_in_use():
    """Everything marked for translation, as (file, message id, context, comments); an id with a plural is a pair."""
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Django's own: it turns a template into the calls that a Python file would make.
            text = templatize(text, origin=str(path))
            # The indentation of HTML is none of Python's.
            text = "\n".join(line.strip() for line in text.splitlines())
        found = babel_extract(
            "python", BytesIO(text.encode()), KEYWORDS, COMMENT_TAGS, {"encoding": "utf-8"}, strip_comment_tags=False
        )
        for _line, message, comments, context in found:
            name = str(path.relative_to(settings.BASE_DIR))
            yield name, message, context, [] if path.suffix != ".py" else comments


def _sources():
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in (settings.BASE_DIR / "templates", *(settings.BASE_DIR / app / "templates" for app in APPS)):
        for ending in ("*.html", "*.txt"):
            yield from sorted(folder.rglob(ending))


def catalogue_in_use(code):
    """A catalogue of the strings in use, none of them translated."""
    catalogue = _empty(code)
    for name, message, context, comments in strings_in_use():
        # No line numbers, and each file once.
        catalogue.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return catalogue


def _empty(code):
    return Catalog(locale=code, fuzzy=False)


def read(code):
    if not file_of(code).exists():
        return _empty(code)
    with file_of(code).open("rb") as file:
        return pofile.read_po(file, locale=code)


def extract(code):
    """Adds the new strings, drops those no longer used, keeps every translation. Returns how many came and went."""
    before, after = read(code), catalogue_in_use(code)
    known = {_key(message): message for message in before if message.id}
    used = {_key(message) for message in after if message.id}
    for message in after:
        if message.id and (old := known.get(_key(message))):
            message.string, message.flags, message.user_comments = old.string, set(old.flags), old.user_comments
            if isinstance(message.id, tuple) and not isinstance(message.string, tuple):
                message.string = (message.string, "")
    buffer = BytesIO()
    pofile.write_po(buffer, after, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    text = _with_steady_header(buffer.getvalue().decode(), code)
    path = file_of(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return len(used - known.keys()), len(known.keys() - used)


def _with_steady_header(text, code):
    """The header without dates and tools, which would differ at every run."""
    _header, _, rest = text.partition("\n\n")
    return (
        f"# The portal's words in language \"{code}\". `make messages` keeps it up to date with the code.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {code}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS.get(code, "nplurals=2; plural=(n != 1);")}\\n"\n\n{rest}'
    )


def _key(message):
    identity = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return message.context, identity


def is_compiled(code):
    """Whether the .mo is there and as new as the .po."""
    source, compiled = file_of(code), file_of(code).with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile(code):
    """Writes the .mo beside the .po; a string marked as fuzzy is left out. Returns how many it holds."""
    catalogue = read(code)
    # Put in place whole, for another process may be reading it.
    path = file_of(code).with_suffix(".mo")
    half = path.with_suffix(f".{os.getpid()}")
    with half.open("wb") as file:
        mofile.write_mo(file, catalogue)
    half.replace(path)
    return len([message for message in catalogue if message.id and not message.fuzzy and any(message.string)])


def missing(code):
    """The strings in use that have no certain translation, each with the reason; empty when all is well."""
    known = {_key(message): message for message in read(code) if message.id}
    faults = []
    for message in catalogue_in_use(code):
        if not message.id:
            continue
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        translated = known.get(_key(message))
        strings = () if translated is None else translated.string
        strings = (strings,) if isinstance(strings, str) else strings
        if translated is None:
            faults.append(f"not in the file: {text!r}")
        elif translated.fuzzy:
            faults.append(f"uncertain: {text!r}")
        elif not strings or not all(strings):
            faults.append(f"not translated: {text!r}")
        elif wrong := _lost_placeholders(message, strings):
            faults.append(f"without its {wrong}: {text!r}")
    return faults


def _lost_placeholders(message, strings):
    """Placeholders such as %(count)s that a translation lacks or invents; the singular may leave the number out."""
    pattern = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    allowed = {found for text in ids for found in pattern.findall(text)}
    needed = set(pattern.findall(ids[-1]))
    for index, string in enumerate(strings):
        found = set(pattern.findall(string))
        lacking = needed - found if index == len(strings) - 1 else set()
        if wrong := (found - allowed) | lacking:
            return ", ".join(sorted(wrong))
    return ""
