"""The first tables, as Django writes them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_initial'),
        ('people', '0001_initial'),
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
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=500)),
                ('secret', models.CharField(max_length=64)),
                ('acts', models.JSONField(default=list)),
                ('active', models.BooleanField(default=True)),
                ('made', models.DateTimeField()),
                ('since', models.BigIntegerField(default=0)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('dead', 'dead')], default='waiting', max_length=8)),
                ('tries', models.IntegerField(default=0)),
                ('due', models.DateTimeField()),
                ('said', models.CharField(blank=True, max_length=100)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='deliveries', to='ledger.event')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='outbox.subscription')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('subscription', 'event'), name='delivery_once')],
            },
        ),
    ]
