"""Campaigns over types of apps."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('campaigns', '0001_initial'),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name='campaign',
            name='app_types',
            field=models.JSONField(default=list),
        ),
    ]
