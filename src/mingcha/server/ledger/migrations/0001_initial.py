"""The first tables, as Django writes them."""

import uuid

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
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('state', models.CharField(max_length=20)),
                ('before', models.CharField(blank=True, max_length=20)),
                ('version', models.IntegerField(default=0)),
                ('opened', models.DateTimeField()),
                ('due', models.DateField(null=True)),
                ('clock', models.CharField(blank=True, max_length=40)),
                ('served', models.DateTimeField(null=True)),
                ('appealed', models.BooleanField(default=False)),
                ('into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='ledger.case')),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='registry.operator')),
                ('package', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='registry.package')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Attached',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retest', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='registry.inspection')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='ledger.case')),
            ],
        ),
        migrations.CreateModel(
            name='CaseFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('proposed', 'proposed'), ('confirmed', 'confirmed'), ('refused', 'refused'), ('fixed', 'fixed'), ('remains', 'remains')], default='proposed', max_length=10)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='ledger.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='in_cases', to='registry.finding')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receipt', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('complaint', 'complaint'), ('operator-silent', 'operator-silent'), ('data-request', 'data-request'), ('media', 'media'), ('platform', 'platform'), ('self-report', 'self-report'), ('import', 'import')], max_length=20)),
                ('state', models.CharField(choices=[('received', 'received'), ('triaged', 'triaged'), ('opened', 'opened'), ('rejected', 'rejected'), ('duplicate', 'duplicate'), ('withdrawn', 'withdrawn')], default='received', max_length=10)),
                ('subject_name', models.CharField(max_length=255)),
                ('scenario', models.CharField(blank=True, max_length=8)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('text', models.TextField()),
                ('salt', models.CharField(max_length=32)),
                ('received', models.DateTimeField()),
                ('due', models.DateField(null=True)),
                ('clock', models.CharField(blank=True, max_length=40)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='ledger.case')),
                ('same_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='doubles', to='ledger.lead')),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='registry.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('about', models.CharField(blank=True, db_index=True, max_length=60)),
                ('act', models.CharField(db_index=True, max_length=40)),
                ('at', models.DateTimeField(db_index=True)),
                ('public', models.BooleanField(default=False)),
                ('key', models.CharField(max_length=80, null=True)),
                ('asked', models.CharField(blank=True, max_length=64)),
                ('leaf', models.TextField()),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='ledger.case')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='people.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='ledger.lead')),
            ],
        ),
        migrations.CreateModel(
            name='Complainant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=64)),
                ('contact', models.CharField(blank=True, max_length=128)),
                ('salt', models.CharField(max_length=32)),
                ('seal', models.CharField(max_length=64)),
                ('erase_on', models.DateField()),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='complainant', to='ledger.lead')),
            ],
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('salt', models.CharField(max_length=32)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='remark', to='ledger.event')),
            ],
        ),
        migrations.CreateModel(
            name='Sequenced',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.BigIntegerField(unique=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sequenced', to='ledger.event')),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['province', 'state', 'due', 'id'], name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', 'due', 'id'], name='case_queue_all'),
        ),
        migrations.AddConstraint(
            model_name='attached',
            constraint=models.UniqueConstraint(fields=('case', 'inspection'), name='attached_once'),
        ),
        migrations.AddConstraint(
            model_name='casefinding',
            constraint=models.UniqueConstraint(fields=('case', 'finding'), name='case_finding_once'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['province', 'state', 'due', 'id'], name='lead_queue'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='event_key_once'),
        ),
    ]
