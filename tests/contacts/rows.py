"""The rows of all tables as they are, to be compared before and after."""

from django.apps import apps
from django.db import connection


def all_rows(*, but=()):
    """{model: rows as text}, without the history, which only grows, and without the models named in `but`."""
    there = set(connection.introspection.table_names())
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in there
        and not hasattr(model, "pgh_tracked_model")
        and model._meta.app_label not in {"pghistory", "contenttypes", "sessions"}
        and model._meta.label not in but
    }


def differences(before, after):
    """{model: (rows gone, rows new)} of the tables that differ."""
    return {
        name: (sorted(set(before[name]) - set(after[name])), sorted(set(after[name]) - set(before[name])))
        for name in before
        if before[name] != after[name]
    }
