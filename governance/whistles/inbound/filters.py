"""Filters of the quarantine list."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Q

from governance.kernel import clock

from ..models import InboundMail
from ..models.inbound import InboundState


class InboundFilter(filters.FilterSet):
    """By words, state and age."""

    q = filters.CharFilter(label="发件人、标题或原因", method="by_text", max_length=60)
    state = filters.ChoiceFilter(
        label="状态",
        choices=[("all", "全部"), *InboundState.choices],
        method="by_state",
        empty_label="已隔离（待处理）",
    )
    days = filters.ChoiceFilter(
        label="收到", choices=[(1, "一天内"), (7, "七天内"), (30, "三十天内")], method="by_days", empty_label="不限"
    )

    class Meta:
        model = InboundMail
        fields = ["q", "state", "days"]

    def by_text(self, queryset, name, value):
        """Sender, subject or reason contains the words."""
        return queryset.filter(Q(sender__icontains=value) | Q(subject__icontains=value) | Q(reason__icontains=value))

    def by_state(self, queryset, name, value):
        """The state asked for; without one the list shows what waits."""
        return queryset if value == "all" else queryset.filter(state=value)

    def by_days(self, queryset, name, value):
        """Received within so many days."""
        return queryset.filter(received_at__gte=clock.now() - timedelta(days=int(value)))

    def filter_queryset(self, queryset):
        """Waiting mails unless another state is asked for."""
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("state") else queryset.filter(state=InboundState.QUARANTINE)
