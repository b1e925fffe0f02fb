"""Filters of accounts and appointments."""

import django_filters as filters
from django import forms
from django.db.models import Q

from .models import Appointment, User
from .roles import Role


def yes_no(label: str, **kwargs) -> filters.BooleanFilter:
    """是, 否 or both."""
    choices = [("", "全部"), ("true", "是"), ("false", "否")]
    return filters.BooleanFilter(label=label, widget=forms.Select(choices=choices), **kwargs)


class UserFilter(filters.FilterSet):
    """Accounts by name, post and whether they are open."""

    q = filters.CharFilter(label="姓名或用户名", method="find", max_length=40)
    role = filters.ChoiceFilter(label="岗位", empty_label="全部", choices=Role.choices, method="holds")
    is_active = yes_no("启用")
    posted = yes_no("有任职", method="has_post")

    class Meta:
        model = User
        fields: list[str] = []

    def find(self, queryset, name, value):
        """Keep what contains the words."""
        return queryset.filter(Q(name__icontains=value) | Q(username__icontains=value))

    def holds(self, queryset, name, value):
        """Keep who holds the post today."""
        return queryset.filter(pk__in=Appointment.objects.in_force().filter(role=value).values("user"))

    def has_post(self, queryset, name, value):
        """Keep who holds any post today, or none."""
        held = Q(pk__in=Appointment.objects.in_force().values("user"))
        return queryset.filter(held if value else ~held)


class AppointmentFilter(filters.FilterSet):
    """Appointments by person, post, place and whether they are in force."""

    q = filters.CharFilter(label="姓名", field_name="user__name", lookup_expr="icontains", max_length=40)
    role = filters.ChoiceFilter(label="岗位", empty_label="全部", choices=Role.choices)
    place = filters.CharFilter(label="地点或部门", method="find", max_length=40)
    in_force = yes_no("在任", method="now")

    class Meta:
        model = Appointment
        fields: list[str] = []

    def find(self, queryset, name, value):
        """Keep what is held at a place or department of that name."""
        return queryset.filter(
            Q(community__name__icontains=value) | Q(street__name__icontains=value) | Q(unit__name__icontains=value)
            | Q(department__name__icontains=value)
        )  # fmt: skip

    def now(self, queryset, name, value):
        """Keep what is in force today, or what is not."""
        held = Appointment.objects.in_force().values("pk")
        return queryset.filter(pk__in=held) if value else queryset.exclude(pk__in=held)
