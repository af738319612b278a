"""The first tables, as Django writes them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('folded', models.CharField(db_index=True, max_length=200)),
                ('credit_code', models.CharField(max_length=18, null=True, unique=True)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('registered_name', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('app', 'app'), ('sdk', 'sdk'), ('mini-program', 'mini-program'), ('website', 'website'), ('store-listing', 'store-listing'), ('device-image', 'device-image'), ('access-resource', 'access-resource'), ('store', 'store'), ('terminal', 'terminal')], max_length=20)),
                ('platform', models.CharField(default='android', max_length=16)),
                ('identifier', models.CharField(max_length=255)),
                ('name', models.CharField(max_length=255)),
                ('folded', models.CharField(db_index=True, max_length=255)),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='registry.operator')),
            ],
        ),
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.BigIntegerField(default=0)),
                ('version', models.CharField(blank=True, max_length=100)),
                ('version_code', models.BigIntegerField(null=True)),
                ('signer', models.CharField(blank=True, db_index=True, max_length=64)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('store', models.CharField(max_length=100)),
                ('version', models.CharField(blank=True, max_length=100)),
                ('seen', models.DateField()),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('tool', models.CharField(max_length=32)),
                ('catalogue', models.CharField(max_length=64)),
                ('at', models.CharField(max_length=10)),
                ('taken', models.DateTimeField()),
                ('cleared', models.JSONField(default=list)),
                ('package', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='registry.package')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(db_index=True, max_length=80)),
                ('rule_version', models.IntegerField()),
                ('scenario', models.CharField(max_length=8)),
                ('issue_types', models.JSONField(default=list)),
                ('outcome', models.CharField(max_length=12)),
                ('confidence', models.CharField(max_length=12)),
                ('severity', models.CharField(max_length=10)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='registry.inspection')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('inspection', 'rule'), name='finding_once')],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sdk', models.CharField(db_index=True, max_length=100)),
                ('version', models.CharField(blank=True, max_length=100)),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='registry.package')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('package', 'sdk'), name='part_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(fields=('kind', 'platform', 'identifier'), name='subject_once'),
        ),
        migrations.AddConstraint(
            model_name='listing',
            constraint=models.UniqueConstraint(fields=('subject', 'store', 'version'), name='listing_once'),
        ),
    ]
