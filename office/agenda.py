"""What of the office's work touches the targets of the 2030 Agenda and the objectives of the Global Compact for Migration.

An area and a news item name their targets themselves. A workshop, a publication and a figure touch what their areas of work
touch. Only what is public in the reader's language counts, and each row once, however many targets it touches.
"""

from dataclasses import dataclass, field, fields

from office.models import Indicator, NewsItem, Resource, WorkArea


@dataclass
class Touched:
    """Keys of the rows that touch a target, an objective, or several of them together."""

    areas: set = field(default_factory=set)
    news: set = field(default_factory=set)
    workshops: set = field(default_factory=set)
    resources: set = field(default_factory=set)
    figures: set = field(default_factory=set)

    def __or__(self, other):
        return Touched(*(getattr(self, part.name) | getattr(other, part.name) for part in fields(self)))

    def __bool__(self):
        return any(getattr(self, part.name) for part in fields(self))


class Work:
    """The office's public work by area; seven queries, however much there is."""

    def __init__(self):
        self.areas = {area.pk: area for area in WorkArea.objects.public()}
        self._of_target = _pairs(WorkArea.objects.public(), "targets")
        self._of_objective = _pairs(WorkArea.objects.public(), "objectives")
        self._news = _pairs(NewsItem.objects.published(), "targets")
        self._by_area = {
            "workshops": _pairs(public_workshops(), "work_areas"),
            "resources": _pairs(Resource.objects.public(), "work_areas"),
            "figures": _pairs(Indicator.objects.public(), "work_areas"),
        }

    def on_target(self, target):
        touched = self._through(self._of_target.get(target.pk, set()))
        touched.news = self._news.get(target.pk, set())
        return touched

    def on_objective(self, objective):
        """News name no objectives: what is told of one is areas, workshops, publications and figures."""
        return self._through(self._of_objective.get(objective.pk, set()))

    def names(self, keys):
        """Areas in their order."""
        return [area for key, area in self.areas.items() if key in keys]

    def _through(self, areas):
        found = {part: set().union(*(rows.get(area, set()) for area in areas)) for part, rows in self._by_area.items()}
        return Touched(areas=set(areas), **found)


def public_workshops():
    """The relation knows its model: this layer imports none of a later one."""
    return WorkArea.workshops.rel.related_model.objects.public()


def _pairs(rows, relation):
    """{key on the other side: keys of rows} of a many-to-many relation."""
    found = {}
    for other, key in rows.order_by().values_list(relation, "pk"):
        if other is not None:
            found.setdefault(other, set()).add(key)
    return found


def together(touched):
    """What touches any of several targets, each row once."""
    whole = Touched()
    for one in touched:
        whole |= one
    return whole
