"""All tables of this layer, for a database that has none of them; one that has some goes on with the older steps."""

import core.first_tables
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('contacts', '0001_initial'),
        ('contacts', '0002_places_levels_and_script'),
        ('contacts', '0003_compared_people_keep_their_fingerprints'),
        ('contacts', '0004_merged_records'),
        ('contacts', '0005_register_of_privacy'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        core.first_tables.CreateTables(
            models=[
                migrations.CreateModel(
                    name='Purge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('duty', models.CharField(max_length=30)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('number', models.PositiveIntegerField()),
                        ('detail', models.JSONField(default=dict)),
                    ],
                    options={
                        'verbose_name': 'clearing of old data',
                        'verbose_name_plural': 'clearings of old data',
                        'ordering': ['-at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Erasure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(db_index=True, max_length=64)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('ground', models.CharField(choices=[('request', 'The person asked for it'), ('not-needed', 'The data are no longer needed'), ('wrongly-kept', 'The data should not have been kept'), ('order', 'An authority ordered it'), ('replay', 'Erased before and back with a restored backup')], max_length=12, verbose_name='ground')),
                        ('reference', models.CharField(blank=True, max_length=60, verbose_name='reference')),
                        ('tables', models.JSONField(default=dict)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'erasure',
                        'verbose_name_plural': 'erasures',
                        'ordering': ['-at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='ImportBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source_name', models.CharField(blank=True, max_length=200, verbose_name='file or source')),
                        ('source_kind', models.CharField(default='text', max_length=10)),
                        ('fingerprint', models.CharField(blank=True, db_index=True, max_length=64)),
                        ('columns', models.JSONField(default=dict)),
                        ('header_row', models.PositiveIntegerField(blank=True, help_text='Row number of the headings in the file.', null=True)),
                        ('notes', models.JSONField(default=list)),
                        ('options', models.JSONField(default=dict)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('committed_at', models.DateTimeField(blank=True, null=True)),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('is_demo', models.BooleanField(default=False, editable=False)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'list',
                        'verbose_name_plural': 'lists',
                        'ordering': ['-created_at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Organisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(help_text="The last part of the page's address in the staff pages. Left empty it is made of the name.", max_length=80, unique=True, verbose_name='slug')),
                        ('kind', models.CharField(choices=[('ministry', 'Ministry'), ('agency', 'Agency'), ('government-office', 'Government office'), ('parliament', 'Parliament'), ('independent', 'Independent body'), ('council', 'Council'), ('local-government', 'Local government'), ('ngo', 'Non-governmental organisation'), ('social-partner', 'Social partner'), ('un', 'United Nations'), ('donor', 'Donor'), ('partner', 'Partner'), ('placeholder', 'Not named in the source')], default='ministry', help_text='Lists and filters sort by it.', max_length=20, verbose_name='kind')),
                        ('name_en', models.CharField(blank=True, help_text='In full, as the body writes it itself.', max_length=250, verbose_name='name')),
                        ('name_mn', models.CharField(blank=True, help_text='In full, as the body writes it itself.', max_length=250, verbose_name='name')),
                        ('acronym_en', models.CharField(blank=True, help_text='As it is used in lists, for example ГИХГ.', max_length=30, verbose_name='acronym')),
                        ('acronym_mn', models.CharField(blank=True, help_text='As it is used in lists, for example ГИХГ.', max_length=30, verbose_name='acronym')),
                        ('valid_from', models.DateField(blank=True, help_text='The day on which it was founded or took this name. Empty: not known.', null=True, verbose_name='exists from')),
                        ('valid_from_precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known; the rest is not shown.', max_length=5, verbose_name='known')),
                        ('valid_to', models.DateField(blank=True, help_text='The day of the reform. Never rename a ministry: close it and add its successor.', null=True, verbose_name='exists until')),
                        ('valid_to_precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known; the rest is not shown.', max_length=5, verbose_name='known')),
                        ('also_known_as', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=250), blank=True, default=list, help_text='Other names met in lists and letters, separated by commas.', verbose_name='also known as')),
                        ('website', models.URLField(blank=True, help_text='In full, with https://.', verbose_name='website')),
                        ('note', models.TextField(blank=True, help_text='For colleagues; never shown to the public.', verbose_name='note')),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                        ('parent', models.ForeignKey(blank=True, help_text='The ministry or body that it belongs to.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='contacts.organisation', verbose_name='part of')),
                    ],
                    options={
                        'verbose_name': 'organisation',
                        'verbose_name_plural': 'organisations',
                        'ordering': ['slug'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name_en', ''), _negated=True), models.Q(('name_mn', ''), _negated=True), _connector='OR'), name='organisation_has_a_name', violation_error_message='Give the name in English or Mongolian.'), models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='organisation_ends_after_it_begins', violation_error_message='An organisation cannot end before it begins.')],
                    },
                ),
                migrations.CreateModel(
                    name='Succession',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('relation', models.CharField(choices=[('renamed', 'renamed'), ('merged', 'merged into'), ('split', 'split into')], help_text='What the reform did.', max_length=10, verbose_name='relation')),
                        ('on', models.DateField(blank=True, help_text='The day of the reform.', null=True, verbose_name='on')),
                        ('precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known.', max_length=5, verbose_name='known')),
                        ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successions', to='contacts.organisation', verbose_name='predecessor')),
                        ('successor', models.ForeignKey(help_text='The body that came after it.', on_delete=django.db.models.deletion.CASCADE, related_name='origins', to='contacts.organisation', verbose_name='successor')),
                    ],
                    options={
                        'verbose_name': 'succession',
                        'verbose_name_plural': 'successions',
                        'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='succession_once'), models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='succession_of_another', violation_error_message='An organisation cannot succeed itself.')],
                    },
                ),
                migrations.CreateModel(
                    name='SuccessionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('relation', models.CharField(choices=[('renamed', 'renamed'), ('merged', 'merged into'), ('split', 'split into')], help_text='What the reform did.', max_length=10, verbose_name='relation')),
                        ('on', models.DateField(blank=True, help_text='The day of the reform.', null=True, verbose_name='on')),
                        ('precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known.', max_length=5, verbose_name='known')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.succession')),
                        ('predecessor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.organisation', verbose_name='predecessor')),
                        ('successor', models.ForeignKey(db_constraint=False, help_text='The body that came after it.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.organisation', verbose_name='successor')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='OrganisationEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('slug', models.SlugField(db_index=False, help_text="The last part of the page's address in the staff pages. Left empty it is made of the name.", max_length=80, verbose_name='slug')),
                        ('kind', models.CharField(choices=[('ministry', 'Ministry'), ('agency', 'Agency'), ('government-office', 'Government office'), ('parliament', 'Parliament'), ('independent', 'Independent body'), ('council', 'Council'), ('local-government', 'Local government'), ('ngo', 'Non-governmental organisation'), ('social-partner', 'Social partner'), ('un', 'United Nations'), ('donor', 'Donor'), ('partner', 'Partner'), ('placeholder', 'Not named in the source')], default='ministry', help_text='Lists and filters sort by it.', max_length=20, verbose_name='kind')),
                        ('name_en', models.CharField(blank=True, help_text='In full, as the body writes it itself.', max_length=250, verbose_name='name')),
                        ('name_mn', models.CharField(blank=True, help_text='In full, as the body writes it itself.', max_length=250, verbose_name='name')),
                        ('acronym_en', models.CharField(blank=True, help_text='As it is used in lists, for example ГИХГ.', max_length=30, verbose_name='acronym')),
                        ('acronym_mn', models.CharField(blank=True, help_text='As it is used in lists, for example ГИХГ.', max_length=30, verbose_name='acronym')),
                        ('valid_from', models.DateField(blank=True, help_text='The day on which it was founded or took this name. Empty: not known.', null=True, verbose_name='exists from')),
                        ('valid_from_precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known; the rest is not shown.', max_length=5, verbose_name='known')),
                        ('valid_to', models.DateField(blank=True, help_text='The day of the reform. Never rename a ministry: close it and add its successor.', null=True, verbose_name='exists until')),
                        ('valid_to_precision', models.CharField(choices=[('day', 'to the day'), ('month', 'to the month'), ('year', 'to the year')], default='day', help_text='How exactly the day is known; the rest is not shown.', max_length=5, verbose_name='known')),
                        ('also_known_as', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=250), blank=True, default=list, help_text='Other names met in lists and letters, separated by commas.', verbose_name='also known as')),
                        ('website', models.URLField(blank=True, help_text='In full, with https://.', verbose_name='website')),
                        ('note', models.TextField(blank=True, help_text='For colleagues; never shown to the public.', verbose_name='note')),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, help_text='The ministry or body that it belongs to.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.organisation', verbose_name='part of')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.organisation')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Person',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('given_name', models.CharField(blank=True, help_text='In Cyrillic, as the person writes it.', max_length=100, verbose_name='given name')),
                        ('patronymic', models.CharField(blank=True, help_text='In full where it is known, else the initial.', max_length=100, verbose_name="father's or mother's name")),
                        ('clan_name', models.CharField(blank=True, help_text='Rarely needed.', max_length=100, verbose_name='clan name')),
                        ('given_name_latin', models.CharField(blank=True, help_text='As in the passport; where empty it is romanised.', max_length=100, verbose_name='given name in Latin')),
                        ('patronymic_latin', models.CharField(blank=True, help_text='As in the passport; where empty it is romanised.', max_length=100, verbose_name="father's or mother's name in Latin")),
                        ('name_mong', models.CharField(blank=True, help_text="Father's and given name in Mongolian script, for the certificate. Optional.", max_length=200, verbose_name='name in the traditional script')),
                        ('sex', models.CharField(choices=[('f', 'Female'), ('m', 'Male'), ('unknown', 'Not stated')], default='unknown', help_text="For the donors' figures; leave it at “Not stated” where nobody has said.", max_length=7, verbose_name='sex')),
                        ('preferred_language', models.CharField(choices=[('en', 'English'), ('mn', 'Mongolian')], default='mn', help_text='In this language the office writes to the person.', max_length=2, verbose_name='preferred language')),
                        ('note', models.TextField(blank=True, help_text='For colleagues; the person may ask to read it.', verbose_name='note')),
                        ('anonymised_at', models.DateTimeField(blank=True, editable=False, null=True)),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                        ('name_key', models.CharField(blank=True, db_index=True, editable=False, max_length=120)),
                        ('patronymic_key', models.CharField(blank=True, editable=False, max_length=120)),
                        ('sort_key', models.CharField(blank=True, db_index=True, editable=False, max_length=500)),
                        ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                        ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='contacts.person', verbose_name='merged into')),
                    ],
                    options={
                        'verbose_name': 'person',
                        'verbose_name_plural': 'people',
                        'ordering': ['sort_key', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('given_name', ''), _negated=True), models.Q(('given_name_latin', ''), _negated=True), ('anonymised_at__isnull', False), _connector='OR'), name='person_has_a_name', violation_error_message='Give the given name in Cyrillic or in Latin.'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='person_not_merged_into_self')],
                        'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='person_search')],
                    },
                ),
                migrations.CreateModel(
                    name='NotDuplicate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reviewed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('fingerprint_a', models.CharField(blank=True, editable=False, max_length=32)),
                        ('fingerprint_b', models.CharField(blank=True, editable=False, max_length=32)),
                        ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person_a', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.person')),
                        ('person_b', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.person')),
                    ],
                    options={
                        'verbose_name': 'pair of different people',
                        'verbose_name_plural': 'pairs of different people',
                        'constraints': [models.UniqueConstraint(fields=('person_a', 'person_b'), name='not_duplicate_once'), models.CheckConstraint(condition=models.Q(('person_a__lt', models.F('person_b'))), name='not_duplicate_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='NotDuplicateEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('reviewed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('fingerprint_a', models.CharField(blank=True, editable=False, max_length=32)),
                        ('fingerprint_b', models.CharField(blank=True, editable=False, max_length=32)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.notduplicate')),
                        ('reviewed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person_a', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.person')),
                        ('person_b', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.person')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ImportRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(help_text='Row number as the sender sees it in the file.')),
                        ('raw', models.JSONField(default=list)),
                        ('parsed', models.JSONField(default=dict)),
                        ('edited', models.BooleanField(default=False)),
                        ('verdict', models.CharField(choices=[('new', 'New'), ('known', 'Known'), ('possible', 'Possible duplicate'), ('to_mend', 'To mend'), ('repeated', 'Repeated in the list'), ('no_person', 'No person')], default='new', max_length=10)),
                        ('decision', models.CharField(blank=True, choices=[('create', 'Add as a new person'), ('match', 'Is the known person'), ('skip', 'Leave out')], max_length=6)),
                        ('created_person', models.BooleanField(default=False)),
                        ('errors', models.JSONField(default=list)),
                        ('notes', models.JSONField(default=list)),
                        ('candidates', models.JSONField(default=list)),
                        ('record', models.JSONField(default=dict)),
                        ('committed_at', models.DateTimeField(blank=True, null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='contacts.importbatch')),
                        ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.organisation')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='import_rows', to='contacts.person')),
                    ],
                    options={
                        'ordering': ['number', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='import_row_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonEmail',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('address', models.EmailField(help_text='Letters go to the primary one.', max_length=254, verbose_name='e-mail')),
                        ('is_shared', models.BooleanField(default=False, help_text="Several people read it, such as an office's mailbox.", verbose_name='shared mailbox')),
                        ('is_primary', models.BooleanField(default=True, help_text='The one that letters go to.', verbose_name='primary')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='contacts.person')),
                    ],
                    options={
                        'verbose_name': 'e-mail',
                        'verbose_name_plural': 'e-mails',
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('address'), condition=models.Q(('is_shared', False)), name='personal_email_once', violation_error_message='Somebody else has this address. If it is an office mailbox, mark it as shared.'), models.UniqueConstraint(models.F('person'), django.db.models.functions.text.Lower('address'), name='email_once_per_person', violation_error_message='This person has this address already.')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('given_name', models.CharField(blank=True, help_text='In Cyrillic, as the person writes it.', max_length=100, verbose_name='given name')),
                        ('patronymic', models.CharField(blank=True, help_text='In full where it is known, else the initial.', max_length=100, verbose_name="father's or mother's name")),
                        ('clan_name', models.CharField(blank=True, help_text='Rarely needed.', max_length=100, verbose_name='clan name')),
                        ('given_name_latin', models.CharField(blank=True, help_text='As in the passport; where empty it is romanised.', max_length=100, verbose_name='given name in Latin')),
                        ('patronymic_latin', models.CharField(blank=True, help_text='As in the passport; where empty it is romanised.', max_length=100, verbose_name="father's or mother's name in Latin")),
                        ('name_mong', models.CharField(blank=True, help_text="Father's and given name in Mongolian script, for the certificate. Optional.", max_length=200, verbose_name='name in the traditional script')),
                        ('sex', models.CharField(choices=[('f', 'Female'), ('m', 'Male'), ('unknown', 'Not stated')], default='unknown', help_text="For the donors' figures; leave it at “Not stated” where nobody has said.", max_length=7, verbose_name='sex')),
                        ('preferred_language', models.CharField(choices=[('en', 'English'), ('mn', 'Mongolian')], default='mn', help_text='In this language the office writes to the person.', max_length=2, verbose_name='preferred language')),
                        ('note', models.TextField(blank=True, help_text='For colleagues; the person may ask to read it.', verbose_name='note')),
                        ('anonymised_at', models.DateTimeField(blank=True, editable=False, null=True)),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('merged_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.person', verbose_name='merged into')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.person')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PersonExport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('purpose', models.CharField(max_length=300, verbose_name='purpose')),
                        ('recipient', models.CharField(max_length=200, verbose_name='recipient')),
                        ('tables', models.JSONField(default=dict)),
                        ('sha256', models.CharField(max_length=64)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='contacts.person')),
                    ],
                    options={
                        'verbose_name': "export of a person's data",
                        'verbose_name_plural': "exports of people's data",
                        'ordering': ['-at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='PersonMerge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='why they are one person')),
                        ('values', models.JSONField(default=dict)),
                        ('steps', models.JSONField(default=list)),
                        ('moved', models.JSONField(default=dict)),
                        ('forgotten_at', models.DateTimeField(blank=True, null=True)),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('gone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merged_as', to='contacts.person')),
                        ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='contacts.person')),
                        ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'merge of two records',
                        'verbose_name_plural': 'merges of records',
                        'ordering': ['-at', '-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('gone',), name='merged_once'), models.CheckConstraint(condition=models.Q(('kept', models.F('gone')), _negated=True), name='merged_into_another')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonPhone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(help_text='With country code, for example +97699112233.', max_length=20, verbose_name='phone')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phones', to='contacts.person')),
                    ],
                    options={
                        'verbose_name': 'phone',
                        'verbose_name_plural': 'phones',
                        'constraints': [models.UniqueConstraint(fields=('person', 'number'), name='phone_once_per_person', violation_error_message='This person has this number already.')],
                    },
                ),
                migrations.CreateModel(
                    name='Position',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title_en', models.CharField(blank=True, help_text='As the institution calls the post.', max_length=200, verbose_name='job title')),
                        ('title_mn', models.CharField(blank=True, help_text='As the institution calls the post.', max_length=200, verbose_name='job title')),
                        ('department', models.CharField(blank=True, help_text='Department, division or unit.', max_length=200, verbose_name='department')),
                        ('rank', models.CharField(blank=True, help_text='Military or civil-service rank, where it is used.', max_length=100, verbose_name='rank')),
                        ('level', models.CharField(blank=True, choices=[('leadership', 'Leadership (minister, state secretary, head of an agency)'), ('management', 'Head of a department or division'), ('specialist', 'Specialist or officer'), ('support', 'Support staff')], help_text="For the donors' figures. Empty: not stated.", max_length=10, verbose_name='level')),
                        ('province', models.CharField(blank=True, choices=[('1', 'Ulaanbaatar'), ('073', 'Arkhangai'), ('071', 'Bayan-Ölgii'), ('069', 'Bayankhongor'), ('067', 'Bulgan'), ('037', 'Darkhan-Uul'), ('061', 'Dornod'), ('063', 'Dornogovi'), ('059', 'Dundgovi'), ('065', 'Govi-Altai'), ('064', 'Govisümber'), ('039', 'Khentii'), ('043', 'Khovd'), ('041', 'Khövsgöl'), ('053', 'Ömnögovi'), ('035', 'Orkhon'), ('055', 'Övörkhangai'), ('049', 'Selenge'), ('051', 'Sükhbaatar'), ('047', 'Töv'), ('046', 'Uvs'), ('057', 'Zavkhan')], help_text='Where the person works. Empty: not stated.', max_length=3, verbose_name='province')),
                        ('is_main', models.BooleanField(default=True, help_text='Registrations take over this position. One open position can be the main one.', verbose_name='main position')),
                        ('valid_from', models.DateField(blank=True, help_text='Empty: not known.', null=True, verbose_name='from')),
                        ('valid_to', models.DateField(blank=True, help_text='Empty: the person still holds it.', null=True, verbose_name='until')),
                        ('organisation', models.ForeignKey(help_text='Where the person works.', on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='contacts.organisation', verbose_name='organisation')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='contacts.person', verbose_name='person')),
                    ],
                    options={
                        'verbose_name': 'position',
                        'verbose_name_plural': 'positions',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('is_main', True), ('valid_to', None)), fields=('person',), name='one_main_open_position', violation_error_message='This person has an open main position; end it first.'), models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='position_ends_after_it_begins', violation_error_message='A position cannot end before it begins.')],
                    },
                ),
                migrations.CreateModel(
                    name='PositionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('title_en', models.CharField(blank=True, help_text='As the institution calls the post.', max_length=200, verbose_name='job title')),
                        ('title_mn', models.CharField(blank=True, help_text='As the institution calls the post.', max_length=200, verbose_name='job title')),
                        ('department', models.CharField(blank=True, help_text='Department, division or unit.', max_length=200, verbose_name='department')),
                        ('rank', models.CharField(blank=True, help_text='Military or civil-service rank, where it is used.', max_length=100, verbose_name='rank')),
                        ('level', models.CharField(blank=True, choices=[('leadership', 'Leadership (minister, state secretary, head of an agency)'), ('management', 'Head of a department or division'), ('specialist', 'Specialist or officer'), ('support', 'Support staff')], help_text="For the donors' figures. Empty: not stated.", max_length=10, verbose_name='level')),
                        ('province', models.CharField(blank=True, choices=[('1', 'Ulaanbaatar'), ('073', 'Arkhangai'), ('071', 'Bayan-Ölgii'), ('069', 'Bayankhongor'), ('067', 'Bulgan'), ('037', 'Darkhan-Uul'), ('061', 'Dornod'), ('063', 'Dornogovi'), ('059', 'Dundgovi'), ('065', 'Govi-Altai'), ('064', 'Govisümber'), ('039', 'Khentii'), ('043', 'Khovd'), ('041', 'Khövsgöl'), ('053', 'Ömnögovi'), ('035', 'Orkhon'), ('055', 'Övörkhangai'), ('049', 'Selenge'), ('051', 'Sükhbaatar'), ('047', 'Töv'), ('046', 'Uvs'), ('057', 'Zavkhan')], help_text='Where the person works. Empty: not stated.', max_length=3, verbose_name='province')),
                        ('is_main', models.BooleanField(default=True, help_text='Registrations take over this position. One open position can be the main one.', verbose_name='main position')),
                        ('valid_from', models.DateField(blank=True, help_text='Empty: not known.', null=True, verbose_name='from')),
                        ('valid_to', models.DateField(blank=True, help_text='Empty: the person still holds it.', null=True, verbose_name='until')),
                        ('organisation', models.ForeignKey(db_constraint=False, help_text='Where the person works.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.organisation', verbose_name='organisation')),
                        ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.person', verbose_name='person')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.position')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PressContact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(help_text='A person or a desk, for example “Press office”.', max_length=150, verbose_name='name')),
                        ('role_en', models.CharField(blank=True, help_text='For example Media and communications officer.', max_length=150, verbose_name='role')),
                        ('role_mn', models.CharField(blank=True, help_text='For example Media and communications officer.', max_length=150, verbose_name='role')),
                        ('office_en', models.CharField(blank=True, help_text='For example IOM Mongolia or IOM headquarters.', max_length=150, verbose_name='office')),
                        ('office_mn', models.CharField(blank=True, help_text='For example IOM Mongolia or IOM headquarters.', max_length=150, verbose_name='office')),
                        ('email', models.EmailField(blank=True, help_text='Shown to the press as it stands here.', max_length=254, verbose_name='e-mail')),
                        ('phone', models.CharField(blank=True, help_text='Shown to the press as it stands here, with country code.', max_length=40, verbose_name='phone')),
                        ('languages', models.CharField(blank=True, help_text='In which the press can speak with this contact, separated by commas.', max_length=100, verbose_name='languages spoken')),
                        ('active_from', models.DateField(blank=True, help_text='Before this day the contact is not shown. Empty: always.', null=True, verbose_name='active from')),
                        ('active_to', models.DateField(blank=True, help_text='After this day the address is no longer shown anywhere.', null=True, verbose_name='active until')),
                        ('order', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers stand first.', verbose_name='order')),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                    ],
                    options={
                        'verbose_name': 'press contact',
                        'verbose_name_plural': 'press contacts',
                        'ordering': ['order', 'name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('active_from', None), ('active_to', None), ('active_to__gte', models.F('active_from')), _connector='OR'), name='press_contact_ends_after_it_begins', violation_error_message='A contact cannot end before it begins.')],
                    },
                ),
                migrations.CreateModel(
                    name='PressContactEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('name', models.CharField(help_text='A person or a desk, for example “Press office”.', max_length=150, verbose_name='name')),
                        ('role_en', models.CharField(blank=True, help_text='For example Media and communications officer.', max_length=150, verbose_name='role')),
                        ('role_mn', models.CharField(blank=True, help_text='For example Media and communications officer.', max_length=150, verbose_name='role')),
                        ('office_en', models.CharField(blank=True, help_text='For example IOM Mongolia or IOM headquarters.', max_length=150, verbose_name='office')),
                        ('office_mn', models.CharField(blank=True, help_text='For example IOM Mongolia or IOM headquarters.', max_length=150, verbose_name='office')),
                        ('email', models.EmailField(blank=True, help_text='Shown to the press as it stands here.', max_length=254, verbose_name='e-mail')),
                        ('phone', models.CharField(blank=True, help_text='Shown to the press as it stands here, with country code.', max_length=40, verbose_name='phone')),
                        ('languages', models.CharField(blank=True, help_text='In which the press can speak with this contact, separated by commas.', max_length=100, verbose_name='languages spoken')),
                        ('active_from', models.DateField(blank=True, help_text='Before this day the contact is not shown. Empty: always.', null=True, verbose_name='active from')),
                        ('active_to', models.DateField(blank=True, help_text='After this day the address is no longer shown anywhere.', null=True, verbose_name='active until')),
                        ('order', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers stand first.', verbose_name='order')),
                        ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='contacts.presscontact')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
            triggers=[
                pgtrigger.migrations.AddTrigger(
                    model_name='purge',
                    trigger=pgtrigger.compiler.Trigger(name='purges_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ddf9ed61ff8940863daf4ec2e95f305323770810', operation='UPDATE OR DELETE', pgid='pgtrigger_purges_stay_73fe0', table='contacts_purge', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='erasure',
                    trigger=pgtrigger.compiler.Trigger(name='erasures_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='057179612afde850c7c870ebd75b09bebdeca98d', operation='UPDATE OR DELETE', pgid='pgtrigger_erasures_stay_15c1b', table='contacts_erasure', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organisation',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_organisationevent" ("acronym_en", "acronym_mn", "also_known_as", "id", "is_demo", "kind", "name_en", "name_mn", "note", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "valid_from", "valid_from_precision", "valid_to", "valid_to_precision", "website") VALUES (NEW."acronym_en", NEW."acronym_mn", NEW."also_known_as", NEW."id", NEW."is_demo", NEW."kind", NEW."name_en", NEW."name_mn", NEW."note", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."valid_from", NEW."valid_from_precision", NEW."valid_to", NEW."valid_to_precision", NEW."website"); RETURN NULL;', hash='b267c78545e38ffea4ca52c312f61769b87f47a2', operation='INSERT', pgid='pgtrigger_insert_insert_b8863', table='contacts_organisation', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organisation',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contacts_organisationevent" ("acronym_en", "acronym_mn", "also_known_as", "id", "is_demo", "kind", "name_en", "name_mn", "note", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "valid_from", "valid_from_precision", "valid_to", "valid_to_precision", "website") VALUES (NEW."acronym_en", NEW."acronym_mn", NEW."also_known_as", NEW."id", NEW."is_demo", NEW."kind", NEW."name_en", NEW."name_mn", NEW."note", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."valid_from", NEW."valid_from_precision", NEW."valid_to", NEW."valid_to_precision", NEW."website"); RETURN NULL;', hash='585db2ef294fb0778011621945efc7171b1f0508', operation='UPDATE', pgid='pgtrigger_update_update_4911b', table='contacts_organisation', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organisation',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_organisationevent" ("acronym_en", "acronym_mn", "also_known_as", "id", "is_demo", "kind", "name_en", "name_mn", "note", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "valid_from", "valid_from_precision", "valid_to", "valid_to_precision", "website") VALUES (OLD."acronym_en", OLD."acronym_mn", OLD."also_known_as", OLD."id", OLD."is_demo", OLD."kind", OLD."name_en", OLD."name_mn", OLD."note", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug", OLD."valid_from", OLD."valid_from_precision", OLD."valid_to", OLD."valid_to_precision", OLD."website"); RETURN NULL;', hash='c498ffb47c2136b7553b3ed81b0766d4ce1c4ab0', operation='DELETE', pgid='pgtrigger_delete_delete_3dc70', table='contacts_organisation', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='succession',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_successionevent" ("id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision", "predecessor_id", "relation", "successor_id") VALUES (NEW."id", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."precision", NEW."predecessor_id", NEW."relation", NEW."successor_id"); RETURN NULL;', hash='9778c987da4b88f7b73a096e75e3f2e3d1ee2eaa', operation='INSERT', pgid='pgtrigger_insert_insert_2fe76', table='contacts_succession', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='succession',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contacts_successionevent" ("id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision", "predecessor_id", "relation", "successor_id") VALUES (NEW."id", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."precision", NEW."predecessor_id", NEW."relation", NEW."successor_id"); RETURN NULL;', hash='dd3245d9d4737f54e4f280071cbc2b37928bd4d2', operation='UPDATE', pgid='pgtrigger_update_update_5f714', table='contacts_succession', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='succession',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_successionevent" ("id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision", "predecessor_id", "relation", "successor_id") VALUES (OLD."id", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."precision", OLD."predecessor_id", OLD."relation", OLD."successor_id"); RETURN NULL;', hash='72bda532f3b6083cbbc7cfe7a109f8f6b7c3df10', operation='DELETE', pgid='pgtrigger_delete_delete_a16f7', table='contacts_succession', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='successionevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b209bfbe8a15e2f7a915ddaf041867137d40863a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c2150', table='contacts_successionevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organisationevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='77d62e125cf08fd56fd81b8c5bc965146fa1c7b3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_37d16', table='contacts_organisationevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='person',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_personevent" ("anonymised_at", "clan_name", "created_at", "given_name", "given_name_latin", "id", "is_demo", "merged_into_id", "name_mong", "note", "patronymic", "patronymic_latin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_language", "sex") VALUES (NEW."anonymised_at", NEW."clan_name", NEW."created_at", NEW."given_name", NEW."given_name_latin", NEW."id", NEW."is_demo", NEW."merged_into_id", NEW."name_mong", NEW."note", NEW."patronymic", NEW."patronymic_latin", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."preferred_language", NEW."sex"); RETURN NULL;', hash='c68a83218a51104e9f1a7ae2cb4fa7b649f58bec', operation='INSERT', pgid='pgtrigger_insert_insert_af385', table='contacts_person', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='person',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."anonymised_at" IS DISTINCT FROM (NEW."anonymised_at") OR OLD."clan_name" IS DISTINCT FROM (NEW."clan_name") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."given_name" IS DISTINCT FROM (NEW."given_name") OR OLD."given_name_latin" IS DISTINCT FROM (NEW."given_name_latin") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name_mong" IS DISTINCT FROM (NEW."name_mong") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."patronymic" IS DISTINCT FROM (NEW."patronymic") OR OLD."patronymic_latin" IS DISTINCT FROM (NEW."patronymic_latin") OR OLD."preferred_language" IS DISTINCT FROM (NEW."preferred_language") OR OLD."sex" IS DISTINCT FROM (NEW."sex"))', func='INSERT INTO "contacts_personevent" ("anonymised_at", "clan_name", "created_at", "given_name", "given_name_latin", "id", "is_demo", "merged_into_id", "name_mong", "note", "patronymic", "patronymic_latin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_language", "sex") VALUES (NEW."anonymised_at", NEW."clan_name", NEW."created_at", NEW."given_name", NEW."given_name_latin", NEW."id", NEW."is_demo", NEW."merged_into_id", NEW."name_mong", NEW."note", NEW."patronymic", NEW."patronymic_latin", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."preferred_language", NEW."sex"); RETURN NULL;', hash='350748f9adebf442ecdf4f65f44fafdc6d8ef100', operation='UPDATE', pgid='pgtrigger_update_update_6f0c6', table='contacts_person', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='person',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_personevent" ("anonymised_at", "clan_name", "created_at", "given_name", "given_name_latin", "id", "is_demo", "merged_into_id", "name_mong", "note", "patronymic", "patronymic_latin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_language", "sex") VALUES (OLD."anonymised_at", OLD."clan_name", OLD."created_at", OLD."given_name", OLD."given_name_latin", OLD."id", OLD."is_demo", OLD."merged_into_id", OLD."name_mong", OLD."note", OLD."patronymic", OLD."patronymic_latin", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."preferred_language", OLD."sex"); RETURN NULL;', hash='4c3da931aa801cd5257e183fb74d6cfd38db3edd', operation='DELETE', pgid='pgtrigger_delete_delete_c1e26', table='contacts_person', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicate',
                    trigger=pgtrigger.compiler.Trigger(name='person_a_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_a_id IS NOT DISTINCT FROM NEW.person_a_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_a_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='e2e6ba9fefa308e57cb68ae7acaef6245b1fa76a', operation='INSERT OR UPDATE OF "person_a_id"', pgid='pgtrigger_person_a_stands_for_somebody_7c350', table='contacts_notduplicate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicate',
                    trigger=pgtrigger.compiler.Trigger(name='person_b_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_b_id IS NOT DISTINCT FROM NEW.person_b_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_b_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='6ac82b6f975697722d0c14e5de2ac6f842346c66', operation='INSERT OR UPDATE OF "person_b_id"', pgid='pgtrigger_person_b_stands_for_somebody_ff73c', table='contacts_notduplicate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicate',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_notduplicateevent" ("fingerprint_a", "fingerprint_b", "id", "person_a_id", "person_b_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") VALUES (NEW."fingerprint_a", NEW."fingerprint_b", NEW."id", NEW."person_a_id", NEW."person_b_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reviewed_at", NEW."reviewed_by_id"); RETURN NULL;', hash='33514a8daada8caf60b80ecd38b98186b4a59518', operation='INSERT', pgid='pgtrigger_insert_insert_b71cd', table='contacts_notduplicate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicate',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contacts_notduplicateevent" ("fingerprint_a", "fingerprint_b", "id", "person_a_id", "person_b_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") VALUES (NEW."fingerprint_a", NEW."fingerprint_b", NEW."id", NEW."person_a_id", NEW."person_b_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reviewed_at", NEW."reviewed_by_id"); RETURN NULL;', hash='9131943312ba07431c3f1eac5e7bad8837a0a30e', operation='UPDATE', pgid='pgtrigger_update_update_87e61', table='contacts_notduplicate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicate',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_notduplicateevent" ("fingerprint_a", "fingerprint_b", "id", "person_a_id", "person_b_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id") VALUES (OLD."fingerprint_a", OLD."fingerprint_b", OLD."id", OLD."person_a_id", OLD."person_b_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reviewed_at", OLD."reviewed_by_id"); RETURN NULL;', hash='7e6fa77aebfc0d2c098e11d7eeb623aace7fe885', operation='DELETE', pgid='pgtrigger_delete_delete_162bc', table='contacts_notduplicate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='notduplicateevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d4237cf669db495deb14cddd71e12943211a90ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e13cd', table='contacts_notduplicateevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='importrow',
                    trigger=pgtrigger.compiler.Trigger(name='person_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_id IS NOT DISTINCT FROM NEW.person_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='0b5fea2ed30f6bc4dc9174b0f553c3ed0e6ed7be', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_person_stands_for_somebody_e256e', table='contacts_importrow', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='personemail',
                    trigger=pgtrigger.compiler.Trigger(name='person_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_id IS NOT DISTINCT FROM NEW.person_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='75a3e5141a16dcb892b5556df6832a28f7a6c46a', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_person_stands_for_somebody_60db2', table='contacts_personemail', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='personevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ead75ee41eb33f8a33c0d9ee128cd7eaaa20807a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4cdc5', table='contacts_personevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='personexport',
                    trigger=pgtrigger.compiler.Trigger(name='person_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_id IS NOT DISTINCT FROM NEW.person_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='cbd5eb5fa6e94a41e303e8bbf9dca19c1fc360e1', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_person_stands_for_somebody_e0e6e', table='contacts_personexport', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='personphone',
                    trigger=pgtrigger.compiler.Trigger(name='person_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_id IS NOT DISTINCT FROM NEW.person_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='4b2a36f7b31d8e6ac4772e2dacf0069ee0755031', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_person_stands_for_somebody_ab601', table='contacts_personphone', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='position',
                    trigger=pgtrigger.compiler.Trigger(name='person_stands_for_somebody', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_gone boolean;', func="\n                IF TG_OP = 'UPDATE' AND OLD.person_id IS NOT DISTINCT FROM NEW.person_id THEN RETURN NEW; END IF;\n                SELECT merged_into_id IS NOT NULL OR anonymised_at IS NOT NULL INTO is_gone\n                  FROM contacts_person WHERE id = NEW.person_id FOR KEY SHARE;\n                IF is_gone THEN\n                    RAISE EXCEPTION 'this record no longer stands for a person'\n                          USING ERRCODE = 'check_violation', CONSTRAINT = 'person_stands_for_somebody';\n                END IF;\n                RETURN NEW;\n            ", hash='c57c1c12746bcb3254fc3f0c7984cf35b6b1b232', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_person_stands_for_somebody_07212', table='contacts_position', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='position',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_positionevent" ("department", "id", "is_main", "level", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province", "rank", "title_en", "title_mn", "valid_from", "valid_to") VALUES (NEW."department", NEW."id", NEW."is_main", NEW."level", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."province", NEW."rank", NEW."title_en", NEW."title_mn", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='0c3206ec080e263a75c4db699cad41c6972814d8', operation='INSERT', pgid='pgtrigger_insert_insert_51c5a', table='contacts_position', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='position',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contacts_positionevent" ("department", "id", "is_main", "level", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province", "rank", "title_en", "title_mn", "valid_from", "valid_to") VALUES (NEW."department", NEW."id", NEW."is_main", NEW."level", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."province", NEW."rank", NEW."title_en", NEW."title_mn", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='294c62cb28bc2239fb76664625afbdb6b56c2140', operation='UPDATE', pgid='pgtrigger_update_update_2096b', table='contacts_position', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='position',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_positionevent" ("department", "id", "is_main", "level", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province", "rank", "title_en", "title_mn", "valid_from", "valid_to") VALUES (OLD."department", OLD."id", OLD."is_main", OLD."level", OLD."organisation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."province", OLD."rank", OLD."title_en", OLD."title_mn", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='feddc48c20beb3acec0f8ee5efce8ca5d5707a75', operation='DELETE', pgid='pgtrigger_delete_delete_1b8de', table='contacts_position', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='positionevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='63fe37e3c07057bdcd032dafb1c5641e6dc132a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44f48', table='contacts_positionevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='presscontact',
                    trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_presscontactevent" ("active_from", "active_to", "email", "id", "is_demo", "languages", "name", "office_en", "office_mn", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role_en", "role_mn") VALUES (NEW."active_from", NEW."active_to", NEW."email", NEW."id", NEW."is_demo", NEW."languages", NEW."name", NEW."office_en", NEW."office_mn", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."role_en", NEW."role_mn"); RETURN NULL;', hash='eab3a7b0cdb1e0d0e1155e30a8966c4bacc34ceb', operation='INSERT', pgid='pgtrigger_insert_insert_8459f', table='contacts_presscontact', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='presscontact',
                    trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contacts_presscontactevent" ("active_from", "active_to", "email", "id", "is_demo", "languages", "name", "office_en", "office_mn", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role_en", "role_mn") VALUES (NEW."active_from", NEW."active_to", NEW."email", NEW."id", NEW."is_demo", NEW."languages", NEW."name", NEW."office_en", NEW."office_mn", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."role_en", NEW."role_mn"); RETURN NULL;', hash='74dad823738a29d0bdd6e744802779752fbb2593', operation='UPDATE', pgid='pgtrigger_update_update_4fd10', table='contacts_presscontact', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='presscontact',
                    trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contacts_presscontactevent" ("active_from", "active_to", "email", "id", "is_demo", "languages", "name", "office_en", "office_mn", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role_en", "role_mn") VALUES (OLD."active_from", OLD."active_to", OLD."email", OLD."id", OLD."is_demo", OLD."languages", OLD."name", OLD."office_en", OLD."office_mn", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."role_en", OLD."role_mn"); RETURN NULL;', hash='225b5782ca99a4e4fa903c0c5026edee8c0d80c6', operation='DELETE', pgid='pgtrigger_delete_delete_86bda', table='contacts_presscontact', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='presscontactevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4bab0b1a96d015e7b9232d53d4b7361a8f647657', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a7fb2', table='contacts_presscontactevent', when='BEFORE')),
                ),
            ],
        ),
    ]
