"""What hangs on a person, table by table, and what merging and erasing do with it.

Relations are found by walking the models, hidden ones too, so that none can be forgotten; each needs a rule, which the layer
registers that owns the table (contacts.people_rules, workshops.people_rules). Without one, merging and erasing refuse, and a
test fails. A rule is named by its relation: "contacts.PersonEmail.person".
"""

from dataclasses import dataclass, field

from contacts.models import Person


@dataclass(frozen=True)
class Relation:
    """A foreign key that leads from `model` to a person, or to something of a person's."""

    model: type
    key: object

    @property
    def name(self):
        return f"{self.model._meta.label}.{self.key.name}"

    @property
    def target(self):
        return self.key.related_model


@dataclass(frozen=True)
class Clash:
    """What stands in the way of an act, and the page where it can be put right."""

    text: str
    url: str = ""

    def __str__(self):
        return str(self.text)


@dataclass(frozen=True)
class Clear:
    """Erasing takes the texts, lists and files out of the rows, but for the columns named in `keeps`.

    Numbers, dates, choices and keys stay. A text column that is added later goes by itself. `sets`: other values for columns.
    """

    keeps: tuple = ()
    sets: dict = field(default_factory=dict)


# Erasing takes the rows away; it leaves them, for they say nothing of the person.
DELETE, LEAVE = "delete", "leave"


def stay(merging):
    """What merging does with rows that stay with the record that goes: nothing."""


@dataclass
class Rule:
    """What is done with the rows of one relation.

    `erase`: Clear, DELETE, LEAVE, or a function of (erasing, rows), rows being a QuerySet.
    `own`: the rows are the person's own, and so is what hangs on them; else the walk ends there.
    `holds_up(rows)`: a Clash for each thing that must be done before erasing.
    For relations to a person itself: `merge(merging)` brings the rows of the record that goes under the one that stays;
    `clashes(kept, gone)`: a Clash for each thing that stands in the way of a merge; `tells(kept, gone)`: what the merge will decide;
    `prepare(kept, gone)`: takes locks that must come before those of the two people.
    `also(kept)`: a QuerySet of further rows of the table that are about the person though nothing leads there; see contacts.keeping.
    `ignores`: triggers of the table that guard against changes and let erasing pass.
    """

    erase: object
    own: bool = True
    holds_up: object = None
    merge: object = None
    clashes: object = None
    tells: object = None
    prepare: object = None
    also: object = None
    ignores: tuple = ()


RULES = {}
# Name of an act that a merge did through a layer's own functions → what takes it back: undo(payload, *, by) → sentences.
UNDO = {}


def rule(name, *, erase, **details):
    """Registers the rule of one relation; a second one for the same is a mistake of the programme's."""
    if name in RULES:
        raise ValueError(f"{name} has a rule already.")
    RULES[name] = Rule(erase, **details)


def of(model):
    """The relations that lead to a model, those with hidden names too; the rows of history are no relation."""
    return [
        Relation(relation.related_model, relation.field)
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and not hasattr(relation.related_model, "pgh_tracked_model")
    ]


def tree():
    """All relations of a person and, below those whose rows are the person's own, of these rows; each once."""
    found, models = {}, [Person]
    for model in models:
        for relation in of(model):
            if relation.name in found:
                continue
            found[relation.name] = relation
            known = RULES.get(relation.name)
            if (known is None or known.own) and relation.model not in models:
                models.append(relation.model)
    return list(found.values())


def without_a_rule(relations):
    """Names of the relations that no layer has a rule for: to a person one is needed for merging, to all one for erasing."""
    return sorted(
        relation.name
        for relation in relations
        if relation.name not in RULES or (relation.target is Person and RULES[relation.name].merge is None)
    )
