"""The books' triggers are sealed by what they are made of, no longer by 0008; projects and disclosure too (ADR 25)."""

from django.db import migrations

from governance.kernel.guards import SealTriggers


class Migration(migrations.Migration):
    dependencies = [("funding", "0009_refunds"), ("governance", "0015_triggers_sealed")]

    operations = [SealTriggers(owners=["entry_posts"])]
