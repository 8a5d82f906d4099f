"""No relation of a person can be forgotten: each is planted in the tests of merging, export and erasure.

That each has a rule, tests/test_architecture.py says.
"""

import pytest
from django.apps import apps

from contacts import belongings, keeping
from contacts.models import Person
from tests.contacts.whole_life import plant

pytestmark = pytest.mark.django_db


def test_every_rule_is_of_a_relation_that_exists():
    assert set(belongings.RULES) - {relation.name for relation in belongings.tree()} == set()


def test_relations_with_a_hidden_name_are_walked_too():
    assert "contacts.NotDuplicate.person_a" in {relation.name for relation in belongings.of(Person)}
    assert "workshops.Answer_options.answer" in {relation.name for relation in belongings.tree()}


def test_every_relation_is_planted_for_the_tests():
    somebody, _words = plant()
    kept = keeping.about(somebody)
    assert sorted(name for name, keys in kept.touching.items() if not keys) == []


# Columns that hold no words of a person's, or words that are planted by being worked out from others.
NOT_PLANTED = {
    "name_key", "patronymic_key", "sort_key", "fingerprint_a", "fingerprint_b", "nonce", "digest", "kind", "language", "notice_version",
    "calendar_method", "moved", "sha256", "tables",
}  # fmt: skip


def test_every_text_column_of_a_persons_own_rows_is_planted():
    """A text column that is added later fails here until it is planted, and then the tests of erasure look for it."""
    somebody, words = plant()
    kept = keeping.about(somebody)
    bare = []
    for model, keys in kept.own.items():
        rows = list(model._base_manager.filter(pk__in=keys))
        for each in model._meta.concrete_fields:
            if keeping.is_text(each) and each.name not in NOT_PLANTED:
                said = " ".join(str(getattr(row, each.attname)) for row in rows)
                if not any(word in said for word in words):
                    bare.append(f"{model._meta.label}.{each.name}")
    assert sorted(set(bare)) == []


def test_a_second_rule_for_one_relation_is_refused():
    with pytest.raises(ValueError, match="has a rule already"):
        belongings.rule("contacts.PersonEmail.person", erase=belongings.DELETE)


def test_the_rows_of_history_are_no_relation():
    assert not [relation.name for relation in belongings.tree() if relation.model in {m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")}]
