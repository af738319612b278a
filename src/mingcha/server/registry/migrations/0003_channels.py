"""Which channels an inspection observed."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('registry', '0002_app_type'),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name='inspection',
            name='channels',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
    ]
