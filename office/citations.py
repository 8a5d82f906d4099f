"""How to cite a publication: in words, as BibTeX, and as RIS."""

import re

from core.names import romanise
from office.models import Resource

# Kind → BibTeX's type with the field of its publisher, and RIS's type.
_TYPES = {
    Resource.Kind.REPORT: ("techreport", "institution", "RPRT"),
    Resource.Kind.DATASET: ("misc", "publisher", "DATA"),
    Resource.Kind.GUIDE: ("manual", "organization", "BOOK"),
    Resource.Kind.BROCHURE: ("booklet", "publisher", "PAMP"),
    Resource.Kind.LAW: ("misc", "publisher", "STAT"),
    Resource.Kind.PORTAL: ("misc", "publisher", "ELEC"),
    Resource.Kind.INFOGRAPHIC: ("misc", "publisher", "GEN"),
}
_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {letter: f"\\{letter}" for letter in "&%$#_"}
_LANGUAGES = {"en": "english", "mn": "mongolian"}


def in_words(resource, address):
    """The citation as a line of text: authors or publisher (year). Title. Publisher. Address."""
    authors = resource.author_list
    who = "; ".join(authors) or resource.publisher
    head = f"{who} ({resource.year})" if who and resource.year else who or (f"({resource.year})" if resource.year else "")
    pieces = [head, resource.title, resource.publisher if authors else "", f"ISBN {resource.isbn}" if resource.isbn else ""]
    return " ".join(f"{piece.rstrip('.')}." for piece in pieces if piece) + f" {address}"


def bibtex(resource, address, *, language):
    """One entry of BibTeX, in UTF-8; what TeX would read as its own is escaped."""
    kind, publisher, _ris = _TYPES[resource.kind]
    # A name of an organisation in braces is not taken apart as one of a person.
    authors = [_tex(author) if "," in author else f"{{{_tex(author)}}}" for author in resource.author_list]
    authors = authors or ([f"{{{_tex(resource.publisher)}}}"] if resource.publisher else [])
    fields = {
        "author": " and ".join(authors),
        # In braces a title keeps its capitals.
        "title": f"{{{_tex(resource.title)}}}",
        publisher: _tex(resource.publisher),
        "year": str(resource.year or ""),
        "isbn": _tex(resource.isbn),
        "language": _LANGUAGES.get(language, ""),
        "url": _address(address),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key_of(resource)},\n{lines}\n}}\n"


def ris(resource, address, *, language):
    """One record of RIS: a tag a line, ended by CR and LF as the format wants it."""
    lines = [("TY", _TYPES[resource.kind][2])]
    lines += [("AU", author) for author in resource.author_list or ([resource.publisher] if resource.publisher else [])]
    lines += [
        ("TI", resource.title), ("PB", resource.publisher), ("PY", resource.year or ""), ("SN", resource.isbn),
        ("AB", resource.summary), ("LA", language), ("UR", address), ("ID", key_of(resource)),
    ]  # fmt: skip
    told = [f"{tag}  - {' '.join(str(value).split())}" for tag, value in lines if value]
    return "\r\n".join([*told, "ER  - ", ""])


def key_of(resource):
    """A word of Latin letters and digits by which the entry is cited: iom2010-data-protection-manual."""
    who = re.sub(r"[^a-z0-9]", "", romanise(resource.author_list[0] if resource.author_list else resource.publisher).lower())[:20]
    return f"{who}{resource.year or ''}-{resource.slug}".strip("-")


def _tex(text):
    return "".join(_SPECIAL.get(letter, letter) for letter in " ".join(text.split()))


def _address(url):
    """An address in braces: a brace of its own would end them."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
