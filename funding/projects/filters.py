"""Filters of projects and payments, the same for pages, exports and the API."""

import django_filters as filters
from django.db.models import Q

from funding.ledger.states import Fund
from governance.whistles import filters as loop

from .models import PaymentRequest, Project
from .states import PROJECT_FUND_CHOICES, Category, PaymentStatus, ProjectStatus

ALL = {"empty_label": "全部"}


class Placed(filters.FilterSet):
    """By place and year."""

    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    community = filters.ModelChoiceFilter(label="社区（村）", queryset=loop.communities, to_field_name="code12", **ALL)


class ProjectFilter(Placed):
    """Projects."""

    q = filters.CharFilter(label="名称或编号", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", choices=ProjectStatus.choices, **ALL)
    category = filters.ChoiceFilter(label="类别", choices=Category.choices, **ALL)
    fund = filters.ChoiceFilter(label="经费", choices=PROJECT_FUND_CHOICES, **ALL)

    class Meta:
        model = Project
        fields = ("q", "status", "category", "fund", "year", "unit", "street", "community")

    def by_text(self, queryset, name, value):
        """Title or number."""
        return queryset.filter(Q(title__icontains=value.strip()) | Q(number__icontains=value.strip()))


class PaymentFilter(Placed):
    """Payments."""

    q = filters.CharFilter(label="用途、收款单位或编号", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", choices=PaymentStatus.choices, **ALL)
    fund = filters.ChoiceFilter(label="经费", choices=Fund.choices, **ALL)

    class Meta:
        model = PaymentRequest
        fields = ("q", "status", "fund", "year", "unit", "street", "community")

    def by_text(self, queryset, name, value):
        """Purpose, payee or number."""
        words = value.strip()
        return queryset.filter(
            Q(purpose__icontains=words) | Q(supplier__name__icontains=words) | Q(number__icontains=words)
        )
