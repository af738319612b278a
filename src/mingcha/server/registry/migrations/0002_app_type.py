"""The type of an app."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('registry', '0001_initial'),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name='subject',
            name='app_type',
            field=models.PositiveSmallIntegerField(db_index=True, null=True),
        ),
    ]
