"""Test calls to hotlines."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('figures', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='DialTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('calls', models.IntegerField()),
                ('answered', models.IntegerField()),
                ('seconds', models.FloatField()),
                ('elder_line', models.BooleanField(null=True)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dial_tests', to='registry.operator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operator', 'month'), name='dial_test_once')],
            },
        ),
    ]
