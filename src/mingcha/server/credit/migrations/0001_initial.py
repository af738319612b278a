"""The first tables, as Django writes them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'open'), ('upheld', 'upheld'), ('struck', 'struck')], default='open', max_length=6)),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, related_name='credit_appeal', to='ledger.event')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_appeals', to='registry.operator')),
            ],
        ),
        migrations.CreateModel(
            name='Listed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('authority', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('ended', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='ledger.event')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='registry.operator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operator', 'event'), name='listed_once')],
            },
        ),
    ]
