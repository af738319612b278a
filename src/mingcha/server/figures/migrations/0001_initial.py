"""The first tables, as Django writes them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Count',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=24)),
                ('day', models.DateField()),
                ('dimension', models.CharField(blank=True, max_length=10)),
                ('value', models.CharField(blank=True, max_length=100)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('n', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('figure', 'dimension', 'province', 'day', 'value'), name='count_once')],
            },
        ),
        migrations.CreateModel(
            name='Met',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=24)),
                ('subject', models.BigIntegerField()),
                ('day', models.DateField()),
                ('province', models.CharField(blank=True, max_length=8)),
            ],
            options={
                'indexes': [models.Index(fields=['figure', 'province', 'day'], name='met_by_day')],
                'constraints': [models.UniqueConstraint(fields=('figure', 'day', 'subject'), name='met_once')],
            },
        ),
    ]
