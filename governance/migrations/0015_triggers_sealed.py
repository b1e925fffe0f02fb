"""No session talks its way past the state machines, the audit trail, ratings and the territory (ADR 25)."""

from django.db import migrations

from governance.kernel.guards import SealTriggers


class Migration(migrations.Migration):
    dependencies = [("governance", "0014_unit_grid_code")]

    operations = [SealTriggers()]
