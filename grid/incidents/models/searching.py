"""What an incident says, for searching."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.kernel.bigrams import BigramsField
from governance.kernel.scope import ScopedQuerySet

from .incidents import Incident


class IncidentText(models.Model):
    """Number, place and words of an incident, none of which ever changes; written once by ``words_index``, seconds after the report.

    Apart from the incident, whose rows are written again at every step, each time into every index.
    """

    incident = models.OneToOneField(
        Incident, models.CASCADE, primary_key=True, related_name="text", verbose_name="事件"
    )
    bigrams = BigramsField("字对", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事件检索"
        indexes = [GinIndex(fields=["bigrams"], name="incident_text")]

    def __str__(self) -> str:
        return f"{self.pk}"
