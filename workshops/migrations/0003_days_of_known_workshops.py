"""Gives the workshops that are there already the days on which they meet, from the first to the last."""

from datetime import timedelta

from django.db import migrations


def give_days(apps, schema_editor):
    Workshop, WorkshopDay = apps.get_model("workshops", "Workshop"), apps.get_model("workshops", "WorkshopDay")
    known = Workshop.objects.filter(precision="day").exclude(starts_on=None)
    for workshop in known.filter(meeting_days=None):
        length = ((workshop.ends_on or workshop.starts_on) - workshop.starts_on).days + 1
        for number in range(length):
            WorkshopDay.objects.create(workshop=workshop, on=workshop.starts_on + timedelta(days=number))


class Migration(migrations.Migration):
    dependencies = [("workshops", "0002_whole_life")]

    operations = [migrations.RunPython(give_days, migrations.RunPython.noop)]
