"""The first tables, as Django writes them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('login', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=64)),
                ('is_active', models.BooleanField(default=True)),
                ('language', models.CharField(choices=[('zh', 'zh'), ('en', 'en')], default='zh', max_length=2)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ministry', 'ministry'), ('administration', 'administration'), ('laboratory', 'laboratory'), ('store', 'store'), ('company', 'company'), ('sdk-vendor', 'sdk-vendor'), ('evaluator', 'evaluator'), ('auditor', 'auditor'), ('system', 'system')], max_length=16)),
                ('name', models.CharField(max_length=200)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('credit_code', models.CharField(blank=True, max_length=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'name'), name='organisation_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('officer', 'officer'), ('approver', 'approver'), ('tester', 'tester'), ('contact', 'contact'), ('evaluator', 'evaluator'), ('auditor', 'auditor'), ('admin', 'admin'), ('clock', 'clock')], max_length=16)),
                ('ended', models.BooleanField(default=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='people.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'organisation', 'role'), name='membership_once')],
            },
        ),
    ]
