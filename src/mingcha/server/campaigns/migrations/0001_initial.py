"""The first tables, as Django writes them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('running', 'running'), ('ended', 'ended'), ('dropped', 'dropped')], default='draft', max_length=8)),
                ('since', models.DateField()),
                ('supervision', models.DateField()),
                ('disposal', models.DateField()),
                ('until', models.DateField()),
                ('kinds', models.JSONField(default=list)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('store', models.CharField(blank=True, max_length=100)),
                ('sdk', models.CharField(blank=True, max_length=100)),
                ('scenarios', models.JSONField(default=list)),
                ('target_inspected', models.IntegerField(default=0)),
                ('target_in_time', models.IntegerField(default=0)),
                ('made', models.DateTimeField()),
                ('started', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='campaigns.campaign')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='registry.subject')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'subject'), name='member_once')],
            },
        ),
    ]
