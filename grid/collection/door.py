"""Leads a community from its list of demands to the form that one of them is."""

from django.urls import reverse

from communities.admission.models import DemandTarget

from .models import Form


def part_url(target: DemandTarget) -> str:
    """The page of the form; "" when the demand is none."""
    return reverse("form-part", args=[target.pk]) if Form.objects.filter(demand=target.demand_id).exists() else ""
