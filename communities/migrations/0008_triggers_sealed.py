"""No session talks its way past the gate and the signboards (ADR 25)."""

from django.db import migrations

from governance.kernel.guards import SealTriggers


class Migration(migrations.Migration):
    dependencies = [("communities", "0007_signboard_cap_counted")]

    operations = [SealTriggers()]
