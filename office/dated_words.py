"""When the words of a language last changed: kept by the database, so that bulk and raw writes are seen too."""

import pgtrigger
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from core.pages import LANGUAGES

# Columns whose change alone is no event of a row's history.
DATED = [f"changed_at_{code}" for code in LANGUAGES]


class DatedWords(models.Model):
    """Says of each language when its words were changed last. Only the triggers below write it: what code assigns is lost."""

    changed_at = TranslatedField(models.DateTimeField(_("words last changed"), null=True, blank=True, editable=False))

    # What was said of its languages goes with it.
    said_the_same = GenericRelation("office.SaidTheSame")

    class Meta:
        abstract = True


def dated(*names):
    """The trigger that dates the words of a row, the columns `names` in each language.

    Words that change in one transaction have the same date, so languages that are saved together are of the same age.
    """
    return pgtrigger.Trigger(
        name="words_dated",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func="\n".join([*(_date_own(code, names) for code in LANGUAGES), "RETURN NEW;"]),
    )


def dated_with(table, key, *names):
    """The trigger of a part's table: its words are the words of the row of `table` that `key` leads to."""
    return pgtrigger.Trigger(
        name="words_dated_with_whole",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        declare=[(f"changed_{code}", "boolean") for code in LANGUAGES],
        func="\n".join([*(_is_changed(code, names) for code in LANGUAGES), _date_whole(table, key), "RETURN NULL;"]),
    )


def _columns(row, code, names):
    return ", ".join(f"{row}.{name}_{code}" for name in names)


def _date_own(code, names):
    """A part's trigger dates the row from within (depth 2); whoever else writes the column is not heard."""
    new, old = _columns("NEW", code, names), _columns("OLD", code, names)
    return f"""
        IF TG_OP = 'INSERT' THEN
            NEW.changed_at_{code} := CASE WHEN concat({new}) <> '' THEN now() END;
        ELSIF ROW({new}) IS DISTINCT FROM ROW({old}) THEN
            NEW.changed_at_{code} := now();
        ELSIF pg_trigger_depth() = 1 THEN
            NEW.changed_at_{code} := OLD.changed_at_{code};
        END IF;
    """


def _is_changed(code, names):
    new, old = _columns("NEW", code, names), _columns("OLD", code, names)
    return f"""
        changed_{code} := CASE TG_OP
            WHEN 'INSERT' THEN concat({new}) <> ''
            WHEN 'DELETE' THEN concat({old}) <> ''
            ELSE ROW({new}) IS DISTINCT FROM ROW({old}) END;
    """


def _date_whole(table, key):
    columns = ", ".join(f"changed_at_{code} = CASE WHEN changed_{code} THEN now() ELSE changed_at_{code} END" for code in LANGUAGES)
    changed = " OR ".join(f"changed_{code}" for code in LANGUAGES)
    return f"UPDATE {table} SET {columns} WHERE id = COALESCE(NEW.{key}, OLD.{key}) AND ({changed});"
