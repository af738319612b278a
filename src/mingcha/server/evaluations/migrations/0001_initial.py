"""Evaluations, badges and spot checks."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables."""

    initial: ClassVar = True

    dependencies: ClassVar = [
        ('people', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(max_length=80)),
                ('scheme_version', models.IntegerField()),
                ('valid_years', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('technical', models.FloatField(null=True)),
                ('total', models.FloatField(null=True)),
                ('passed', models.BooleanField(null=True)),
                ('vetoed', models.BooleanField(default=False)),
                ('untested', models.FloatField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('verified', 'verified'), ('rejected', 'rejected')], default='draft', max_length=10)),
                ('entered', models.DateTimeField()),
                ('submitted', models.DateTimeField(null=True)),
                ('decided', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='people.organisation')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('issued', models.DateField()),
                ('until', models.DateField()),
                ('state', models.CharField(choices=[('valid', 'valid'), ('expired', 'expired'), ('withdrawn', 'withdrawn'), ('replaced', 'replaced')], default='valid', max_length=10)),
                ('exemplar', models.BooleanField(default=False)),
                ('asked', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('withdrawn', models.DateTimeField(null=True)),
                ('appeal_state', models.CharField(blank=True, choices=[('', ''), ('open', 'open'), ('accepted', 'accepted'), ('rejected', 'rejected')], max_length=10)),
                ('appeal', models.TextField(blank=True)),
                ('answer', models.TextField(blank=True)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='badges', to='registry.operator')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='badges', to='registry.subject')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('evaluation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='badge', to='evaluations.evaluation')),
            ],
        ),
        migrations.CreateModel(
            name='SpotCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('passed', models.BooleanField()),
                ('note', models.TextField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('badge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='evaluations.badge')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(fields=['state', 'id'], name='evaluation_queue'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('digest',), name='evaluation_once'),
        ),
        migrations.AddIndex(
            model_name='badge',
            index=models.Index(fields=['state', 'until'], name='badge_ends'),
        ),
        migrations.AddConstraint(
            model_name='badge',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'valid')), fields=('subject',), name='badge_valid_once'),
        ),
    ]
