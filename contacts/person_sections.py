"""The sections of a person's page. Each layer registers its own, so that this one need not know what hangs on people later.

    @section("letters", order=30)
    def letters(person):
        ...

The function gives what templates/staff/people/sections/letters.html shows as `section`, or None where there is nothing to
show. Queries do not depend on how many rows there are.
"""

from dataclasses import dataclass

SECTIONS = {}


@dataclass(frozen=True)
class Section:
    name: str
    order: int
    aside: bool
    read: object

    @property
    def template(self):
        return f"staff/people/sections/{self.name}.html"


def section(name, *, order, aside=False):
    """Decorator: registers a section of the page; `aside` puts it beside the others."""

    def register(function):
        SECTIONS[name] = Section(name, order, aside, function)
        return function

    return register


def sections_of(person):
    """(main, aside): lists of (template, content) in their order."""
    main, aside = [], []
    for each in sorted(SECTIONS.values(), key=lambda one: (one.order, one.name)):
        content = each.read(person)
        if content is not None:
            (aside if each.aside else main).append((each.template, content))
    return main, aside


@section("merges", order=80)
def merges(person):
    """Records that were merged into this one, newest first, and until when each can be taken apart."""
    found = list(person.merges.select_related("gone", "by", "undone_by"))
    return {"merges": found} if found else None
