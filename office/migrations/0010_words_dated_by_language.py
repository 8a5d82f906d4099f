import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Table → its words, by which rows that are there already are dated: by the first event of their history that had the words
# of today. Without these, all words would be as old as this migration.
WORDS = {
    "newsitem": ("title", "lead", "dateline", "body", "date_note"),
    "page": ("title", "lead", "body"),
    "workarea": ("name", "summary", "body"),
    "resource": ("title", "summary", "description"),
}


def date_words(apps, schema_editor):
    for table, names in WORDS.items():
        for code in ("en", "mn"):
            own = ", ".join(f"office_{table}.{name}_{code}" for name in names)
            then = ", ".join(f"event.{name}_{code}" for name in names)
            schema_editor.execute(
                f"UPDATE office_{table} SET changed_at_{code} = COALESCE("
                f"(SELECT min(pgh_created_at) FROM office_{table}event event WHERE event.pgh_obj_id = office_{table}.id AND ROW({then}) = ROW({own})), now()) "
                f"WHERE concat({own}) <> ''"
            )


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('office', '0009_help_and_reporting_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SaidTheSame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('digest', models.CharField(max_length=32)),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'comparison of the languages',
                'verbose_name_plural': 'comparisons of the languages',
                'ordering': ['-pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='newsitem',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='page',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='resource',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='workarea',
            name='update_update',
        ),
        migrations.AddField(
            model_name='newsitem',
            name='changed_at_en',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='newsitem',
            name='changed_at_mn',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='page',
            name='changed_at_en',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='page',
            name='changed_at_mn',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='resource',
            name='changed_at_en',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='resource',
            name='changed_at_mn',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='workarea',
            name='changed_at_en',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.AddField(
            model_name='workarea',
            name='changed_at_mn',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='words last changed'),
        ),
        migrations.RunPython(date_words, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='newsitem',
            trigger=pgtrigger.compiler.Trigger(name='words_dated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_en := CASE WHEN concat(NEW.title_en, NEW.lead_en, NEW.dateline_en, NEW.body_en, NEW.date_note_en) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_en, NEW.lead_en, NEW.dateline_en, NEW.body_en, NEW.date_note_en) IS DISTINCT FROM ROW(OLD.title_en, OLD.lead_en, OLD.dateline_en, OLD.body_en, OLD.date_note_en) THEN\n            NEW.changed_at_en := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_en := OLD.changed_at_en;\n        END IF;\n    \n\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_mn := CASE WHEN concat(NEW.title_mn, NEW.lead_mn, NEW.dateline_mn, NEW.body_mn, NEW.date_note_mn) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_mn, NEW.lead_mn, NEW.dateline_mn, NEW.body_mn, NEW.date_note_mn) IS DISTINCT FROM ROW(OLD.title_mn, OLD.lead_mn, OLD.dateline_mn, OLD.body_mn, OLD.date_note_mn) THEN\n            NEW.changed_at_mn := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_mn := OLD.changed_at_mn;\n        END IF;\n    \nRETURN NEW;", hash='411bcf5210e8fc3c5ca29a4ab644a984ddf98e19', operation='INSERT OR UPDATE', pgid='pgtrigger_words_dated_95d77', table='office_newsitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='newsitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body_en" IS DISTINCT FROM (NEW."body_en") OR OLD."body_mn" IS DISTINCT FROM (NEW."body_mn") OR OLD."date_note_en" IS DISTINCT FROM (NEW."date_note_en") OR OLD."date_note_mn" IS DISTINCT FROM (NEW."date_note_mn") OR OLD."dateline_en" IS DISTINCT FROM (NEW."dateline_en") OR OLD."dateline_mn" IS DISTINCT FROM (NEW."dateline_mn") OR OLD."funder_id" IS DISTINCT FROM (NEW."funder_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lead_en" IS DISTINCT FROM (NEW."lead_en") OR OLD."lead_mn" IS DISTINCT FROM (NEW."lead_mn") OR OLD."precision" IS DISTINCT FROM (NEW."precision") OR OLD."publish_at_en" IS DISTINCT FROM (NEW."publish_at_en") OR OLD."publish_at_mn" IS DISTINCT FROM (NEW."publish_at_mn") OR OLD."published_on" IS DISTINCT FROM (NEW."published_on") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."source_title" IS DISTINCT FROM (NEW."source_title") OR OLD."source_url" IS DISTINCT FROM (NEW."source_url") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_mn" IS DISTINCT FROM (NEW."title_mn") OR OLD."title_script" IS DISTINCT FROM (NEW."title_script") OR OLD."unpublish_at_en" IS DISTINCT FROM (NEW."unpublish_at_en") OR OLD."unpublish_at_mn" IS DISTINCT FROM (NEW."unpublish_at_mn"))', func='INSERT INTO "office_newsitemevent" ("body_en", "body_mn", "date_note_en", "date_note_mn", "dateline_en", "dateline_mn", "funder_id", "id", "is_demo", "kind", "lead_en", "lead_mn", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision", "publish_at_en", "publish_at_mn", "published_on", "slug", "source_title", "source_url", "title_en", "title_mn", "title_script", "unpublish_at_en", "unpublish_at_mn") VALUES (NEW."body_en", NEW."body_mn", NEW."date_note_en", NEW."date_note_mn", NEW."dateline_en", NEW."dateline_mn", NEW."funder_id", NEW."id", NEW."is_demo", NEW."kind", NEW."lead_en", NEW."lead_mn", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."precision", NEW."publish_at_en", NEW."publish_at_mn", NEW."published_on", NEW."slug", NEW."source_title", NEW."source_url", NEW."title_en", NEW."title_mn", NEW."title_script", NEW."unpublish_at_en", NEW."unpublish_at_mn"); RETURN NULL;', hash='3e473e53c5eb8929c773955e876898ccc05c59cc', operation='UPDATE', pgid='pgtrigger_update_update_de876', table='office_newsitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='page',
            trigger=pgtrigger.compiler.Trigger(name='words_dated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_en := CASE WHEN concat(NEW.title_en, NEW.lead_en, NEW.body_en) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_en, NEW.lead_en, NEW.body_en) IS DISTINCT FROM ROW(OLD.title_en, OLD.lead_en, OLD.body_en) THEN\n            NEW.changed_at_en := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_en := OLD.changed_at_en;\n        END IF;\n    \n\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_mn := CASE WHEN concat(NEW.title_mn, NEW.lead_mn, NEW.body_mn) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_mn, NEW.lead_mn, NEW.body_mn) IS DISTINCT FROM ROW(OLD.title_mn, OLD.lead_mn, OLD.body_mn) THEN\n            NEW.changed_at_mn := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_mn := OLD.changed_at_mn;\n        END IF;\n    \nRETURN NEW;", hash='7dc0c8c684035dacdf6c1062ddf4a1f7a6b40d7c', operation='INSERT OR UPDATE', pgid='pgtrigger_words_dated_cd6ca', table='office_page', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='page',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body_en" IS DISTINCT FROM (NEW."body_en") OR OLD."body_mn" IS DISTINCT FROM (NEW."body_mn") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."lead_en" IS DISTINCT FROM (NEW."lead_en") OR OLD."lead_mn" IS DISTINCT FROM (NEW."lead_mn") OR OLD."publish_at_en" IS DISTINCT FROM (NEW."publish_at_en") OR OLD."publish_at_mn" IS DISTINCT FROM (NEW."publish_at_mn") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_mn" IS DISTINCT FROM (NEW."title_mn") OR OLD."unpublish_at_en" IS DISTINCT FROM (NEW."unpublish_at_en") OR OLD."unpublish_at_mn" IS DISTINCT FROM (NEW."unpublish_at_mn"))', func='INSERT INTO "office_pageevent" ("body_en", "body_mn", "id", "key", "lead_en", "lead_mn", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at_en", "publish_at_mn", "title_en", "title_mn", "unpublish_at_en", "unpublish_at_mn") VALUES (NEW."body_en", NEW."body_mn", NEW."id", NEW."key", NEW."lead_en", NEW."lead_mn", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publish_at_en", NEW."publish_at_mn", NEW."title_en", NEW."title_mn", NEW."unpublish_at_en", NEW."unpublish_at_mn"); RETURN NULL;', hash='f9a5b46b85caaf23faa38b16eaf3933a420b6394', operation='UPDATE', pgid='pgtrigger_update_update_06298', table='office_page', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quote',
            trigger=pgtrigger.compiler.Trigger(name='words_dated_with_whole', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE changed_en boolean; changed_mn boolean;', func="\n        changed_en := CASE TG_OP\n            WHEN 'INSERT' THEN concat(NEW.text_en, NEW.speaker_en, NEW.role_en) <> ''\n            WHEN 'DELETE' THEN concat(OLD.text_en, OLD.speaker_en, OLD.role_en) <> ''\n            ELSE ROW(NEW.text_en, NEW.speaker_en, NEW.role_en) IS DISTINCT FROM ROW(OLD.text_en, OLD.speaker_en, OLD.role_en) END;\n    \n\n        changed_mn := CASE TG_OP\n            WHEN 'INSERT' THEN concat(NEW.text_mn, NEW.speaker_mn, NEW.role_mn) <> ''\n            WHEN 'DELETE' THEN concat(OLD.text_mn, OLD.speaker_mn, OLD.role_mn) <> ''\n            ELSE ROW(NEW.text_mn, NEW.speaker_mn, NEW.role_mn) IS DISTINCT FROM ROW(OLD.text_mn, OLD.speaker_mn, OLD.role_mn) END;\n    \nUPDATE office_newsitem SET changed_at_en = CASE WHEN changed_en THEN now() ELSE changed_at_en END, changed_at_mn = CASE WHEN changed_mn THEN now() ELSE changed_at_mn END WHERE id = COALESCE(NEW.item_id, OLD.item_id) AND (changed_en OR changed_mn);\nRETURN NULL;", hash='e30e57a6ef485e5be8c517ea594fe58abe04c388', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_words_dated_with_whole_e8d28', table='office_quote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resource',
            trigger=pgtrigger.compiler.Trigger(name='words_dated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_en := CASE WHEN concat(NEW.title_en, NEW.summary_en, NEW.description_en) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_en, NEW.summary_en, NEW.description_en) IS DISTINCT FROM ROW(OLD.title_en, OLD.summary_en, OLD.description_en) THEN\n            NEW.changed_at_en := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_en := OLD.changed_at_en;\n        END IF;\n    \n\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_mn := CASE WHEN concat(NEW.title_mn, NEW.summary_mn, NEW.description_mn) <> '' THEN now() END;\n        ELSIF ROW(NEW.title_mn, NEW.summary_mn, NEW.description_mn) IS DISTINCT FROM ROW(OLD.title_mn, OLD.summary_mn, OLD.description_mn) THEN\n            NEW.changed_at_mn := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_mn := OLD.changed_at_mn;\n        END IF;\n    \nRETURN NEW;", hash='9ae234a289702e54013e807c50931c32232cdb6b', operation='INSERT OR UPDATE', pgid='pgtrigger_words_dated_d8189', table='office_resource', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resource',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."authors" IS DISTINCT FROM (NEW."authors") OR OLD."description_en" IS DISTINCT FROM (NEW."description_en") OR OLD."description_mn" IS DISTINCT FROM (NEW."description_mn") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."is_public" IS DISTINCT FROM (NEW."is_public") OR OLD."isbn" IS DISTINCT FROM (NEW."isbn") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."order" IS DISTINCT FROM (NEW."order") OR OLD."publisher" IS DISTINCT FROM (NEW."publisher") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."summary_en" IS DISTINCT FROM (NEW."summary_en") OR OLD."summary_mn" IS DISTINCT FROM (NEW."summary_mn") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_mn" IS DISTINCT FROM (NEW."title_mn") OR OLD."url" IS DISTINCT FROM (NEW."url") OR OLD."year" IS DISTINCT FROM (NEW."year"))', func='INSERT INTO "office_resourceevent" ("authors", "description_en", "description_mn", "id", "is_demo", "is_public", "isbn", "kind", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher", "slug", "summary_en", "summary_mn", "title_en", "title_mn", "url", "year") VALUES (NEW."authors", NEW."description_en", NEW."description_mn", NEW."id", NEW."is_demo", NEW."is_public", NEW."isbn", NEW."kind", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publisher", NEW."slug", NEW."summary_en", NEW."summary_mn", NEW."title_en", NEW."title_mn", NEW."url", NEW."year"); RETURN NULL;', hash='1649e275345226b1df5277b9806543d8da0415d1', operation='UPDATE', pgid='pgtrigger_update_update_b5507', table='office_resource', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workarea',
            trigger=pgtrigger.compiler.Trigger(name='words_dated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_en := CASE WHEN concat(NEW.name_en, NEW.summary_en, NEW.body_en) <> '' THEN now() END;\n        ELSIF ROW(NEW.name_en, NEW.summary_en, NEW.body_en) IS DISTINCT FROM ROW(OLD.name_en, OLD.summary_en, OLD.body_en) THEN\n            NEW.changed_at_en := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_en := OLD.changed_at_en;\n        END IF;\n    \n\n        IF TG_OP = 'INSERT' THEN\n            NEW.changed_at_mn := CASE WHEN concat(NEW.name_mn, NEW.summary_mn, NEW.body_mn) <> '' THEN now() END;\n        ELSIF ROW(NEW.name_mn, NEW.summary_mn, NEW.body_mn) IS DISTINCT FROM ROW(OLD.name_mn, OLD.summary_mn, OLD.body_mn) THEN\n            NEW.changed_at_mn := now();\n        ELSIF pg_trigger_depth() = 1 THEN\n            NEW.changed_at_mn := OLD.changed_at_mn;\n        END IF;\n    \nRETURN NEW;", hash='9c69b5dd35aca860280d26ed592eb6a295ba2baa', operation='INSERT OR UPDATE', pgid='pgtrigger_words_dated_66bd0', table='office_workarea', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workarea',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body_en" IS DISTINCT FROM (NEW."body_en") OR OLD."body_mn" IS DISTINCT FROM (NEW."body_mn") OR OLD."icon" IS DISTINCT FROM (NEW."icon") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_public" IS DISTINCT FROM (NEW."is_public") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_mn" IS DISTINCT FROM (NEW."name_mn") OR OLD."order" IS DISTINCT FROM (NEW."order") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."summary_en" IS DISTINCT FROM (NEW."summary_en") OR OLD."summary_mn" IS DISTINCT FROM (NEW."summary_mn"))', func='INSERT INTO "office_workareaevent" ("body_en", "body_mn", "icon", "id", "is_public", "name_en", "name_mn", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "summary_en", "summary_mn") VALUES (NEW."body_en", NEW."body_mn", NEW."icon", NEW."id", NEW."is_public", NEW."name_en", NEW."name_mn", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."summary_en", NEW."summary_mn"); RETURN NULL;', hash='3335d23c0f75d079660701d6e835a08c177186ac', operation='UPDATE', pgid='pgtrigger_update_update_d697c', table='office_workarea', when='AFTER')),
        ),
        migrations.AddField(
            model_name='saidthesame',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='saidthesame',
            name='content_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype'),
        ),
        migrations.AddConstraint(
            model_name='saidthesame',
            constraint=models.UniqueConstraint(fields=('content_type', 'object_id', 'digest'), name='said_the_same_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='saidthesame',
            trigger=pgtrigger.compiler.Trigger(name='said_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4b68397a2d4a71c40927dd745cafee30a91a24c7', operation='UPDATE', pgid='pgtrigger_said_stands_81a2c', table='office_saidthesame', when='BEFORE')),
        ),
    ]
