from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.AddField("importbatch", "fingerprint", models.CharField(blank=True, db_index=True, max_length=64)),
        migrations.AddField("importrow", "record", models.JSONField(default=dict)),
    ]
