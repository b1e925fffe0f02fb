"""The filters of the register, the same for pages, exports and the API; places by their official codes."""

import django_filters as filters
from django import forms
from django.db.models import Q

from communities.admission.states import Place
from governance.accounts.roles import DEPT_ROLES
from governance.kernel import clock
from governance.whistles import filters as loop

from .models import Rectification, Signboard, SignboardAudit, SignboardAuditItem, SignboardRecheck
from .selectors import RURAL
from .states import (
    HANGING,
    RECTIFICATION_OPEN,
    AuditKind,
    AuditStatus,
    Material,
    Position,
    RecheckStatus,
    RectificationReason,
    RectificationStatus,
    SignboardClass,
    SignboardStatus,
    Verdict,
)

ALL = {"empty_label": "全部"}


class PlacedFilter(filters.FilterSet):
    """By place and department."""

    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    community = filters.ModelChoiceFilter(label="社区（村）", queryset=loop.communities, to_field_name="code12", **ALL)
    department = filters.ModelChoiceFilter(label="责任部门", queryset=loop.departments, to_field_name="code", **ALL)

    @property
    def form(self):
        """The form without the choices that this actor does not have."""
        form = super().form
        hidden = {name for name, own in (("unit", loop._unit_of), ("street", loop._street_of)) if own(self.request)}
        posts = self.request.actor.posts if self.request is not None else ()
        if posts and all(post.role in DEPT_ROLES for post in posts):
            hidden.add("department")
        for name in hidden & set(form.fields):
            form.fields[name].widget = forms.HiddenInput()
        return form


class SignboardFilter(PlacedFilter):
    """Boards."""

    q = filters.CharFilter(label="牌子名称", field_name="name", lookup_expr="icontains", max_length=60)
    status = filters.ChoiceFilter(
        label="状态", method="by_status", choices=[("hanging", "仍挂着（全部）"), *SignboardStatus.choices], **ALL
    )
    klass = filters.ChoiceFilter(label="类型", field_name="entry__klass", choices=SignboardClass.choices, **ALL)
    position = filters.ChoiceFilter(label="位置", choices=Position.choices, **ALL)
    material = filters.ChoiceFilter(label="材质", choices=Material.choices, **ALL)
    place = filters.ChoiceFilter(label="适用对象", method="by_kind", choices=Place.choices, **ALL)

    def by_status(self, queryset, name, value):
        """One state, or all that hang."""
        return queryset.filter(status__in=HANGING if value == "hanging" else [value])

    def by_kind(self, queryset, name, value):
        """Urban or rural by the community's own kind."""
        rural = Q(community__village_type__in=RURAL)
        return queryset.filter(rural if value == Place.RURAL else ~rural)

    class Meta:
        model = Signboard
        fields = []


class AuditFilter(filters.FilterSet):
    """Campaigns."""

    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    kind = filters.ChoiceFilter(label="类型", choices=AuditKind.choices, **ALL)
    status = filters.ChoiceFilter(label="状态", choices=AuditStatus.choices, **ALL)

    class Meta:
        model = SignboardAudit
        fields = []


class AuditItemFilter(PlacedFilter):
    """The lines of campaigns."""

    audit = filters.NumberFilter(label="核查", field_name="audit_id", widget=forms.HiddenInput)
    suggestion = filters.ChoiceFilter(label="建议", choices=Verdict.choices, **ALL)
    verdict = filters.ChoiceFilter(
        label="处理意见", method="by_verdict", choices=[("none", "未填写"), *Verdict.choices], **ALL
    )

    def by_verdict(self, queryset, name, value):
        """One verdict, or none yet."""
        return queryset.filter(verdict="" if value == "none" else value)

    class Meta:
        model = SignboardAuditItem
        fields = []


class RectificationFilter(PlacedFilter):
    """Rectifications."""

    status = filters.ChoiceFilter(
        label="状态", method="by_status", choices=[("open", "未完成（全部）"), *RectificationStatus.choices], **ALL
    )
    reason = filters.ChoiceFilter(label="原因", choices=RectificationReason.choices, **ALL)
    overdue = loop.FlagFilter(label="已超期", method="by_overdue")

    def by_status(self, queryset, name, value):
        """One state, or all that are not done."""
        return queryset.filter(status__in=RECTIFICATION_OPEN if value == "open" else [value])

    def by_overdue(self, queryset, name, value):
        """Past its day and not done."""
        return queryset.filter(status__in=RECTIFICATION_OPEN, due_on__lt=clock.today()) if value else queryset

    class Meta:
        model = Rectification
        fields = []


class RecheckFilter(PlacedFilter):
    """Re-checks."""

    status = filters.ChoiceFilter(label="状态", choices=RecheckStatus.choices, **ALL)
    due = loop.FlagFilter(label="已到复查日", method="by_due")

    def by_due(self, queryset, name, value):
        """Whose day has come."""
        return queryset.filter(status=RecheckStatus.WAITING, due_on__lte=clock.today()) if value else queryset

    class Meta:
        model = SignboardRecheck
        fields = []
