"""No session talks its way past incidents, facts, forms, boundaries and open data (ADR 25)."""

from django.db import migrations

from governance.kernel.guards import SealTriggers


class Migration(migrations.Migration):
    dependencies = [("grid", "0010_incident_text")]

    operations = [SealTriggers()]
