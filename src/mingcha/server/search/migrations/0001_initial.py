"""The first tables, as Django writes them."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables."""

    initial = True

    dependencies: ClassVar = [
        ('ledger', '0002_append_only'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='LeadName',
            fields=[
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='named', serialize=False, to='ledger.lead')),
                ('folded', models.CharField(max_length=255)),
            ],
            options={
                'indexes': [models.Index(fields=['folded'], name='lead_name')],
            },
        ),
    ]
