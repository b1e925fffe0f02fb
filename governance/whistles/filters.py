"""The filters of whistles and tickets: the same names and the same answers for lists, exports and the API.

Places are chosen by their official codes. Nothing here joins to-many tables, so a row is never found twice. A choice
that an actor does not have (a street official's street) is hidden on the page and still understood in an address.
"""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES
from governance.kernel import clock
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Category, Department, Division, ManagementUnit

from .forms.base import DateControl
from .forms.choices import CategoryFilterField
from .models import Card, Ticket, Whistle
from .states import (
    TICKET_OPEN,
    WHISTLE_OPEN,
    CardColour,
    Scene,
    Source,
    Stage,
    TicketRole,
    TicketStatus,
    WhistleStatus,
)

OPEN = ("open", "未办结（全部）")


class CheckboxInput(forms.CheckboxInput):
    """Passes the address's own word on to the field. Templates draw a widget by its class's name."""

    def value_from_datadict(self, data, files, name):
        return data.get(name)


class Flag(forms.BooleanField):
    """A tick that only ever narrows: off is no filter. Reads 1, true and on; 0 and false are off."""

    widget = CheckboxInput

    def to_python(self, value):
        return super().to_python(value) or None


class FlagFilter(filters.Filter):
    """Calls its method when ticked."""

    field_class = Flag


class CategoryFilter(filters.ModelChoiceFilter):
    """A 小类, or a 大类 with all of its 小类."""

    field_class = CategoryFilterField


def _sole(request, attribute: str, roles) -> int | None:
    """The one place that all of the actor's posts are bound to; None when there are more, or none."""
    posts = request.actor.posts if request is not None else ()
    places = {getattr(post, attribute) if post.role in roles else None for post in posts}
    return places.pop() if len(places) == 1 else None


def _street_of(request) -> int | None:
    return _sole(request, "street_id", (*STREET_ROLES, *COMMUNITY_ROLES))


def _unit_of(request) -> int | None:
    return _sole(request, "unit_id", (*UNIT_ROLES, *STREET_ROLES, *COMMUNITY_ROLES))


def _asked(request, name: str) -> str:
    """What the address says about another filter."""
    return request.GET.get(name, "")[:24] if request is not None else ""


def units(request):
    """All units."""
    return ManagementUnit.objects.all()


def streets(request):
    """The streets of the actor's unit or of the chosen one; else the one that is asked for."""
    rows = Division.objects.streets().only("id", "code12", "name")
    if unit := _unit_of(request):
        return rows.filter(unit_id=unit)
    if code := _asked(request, "unit"):
        return rows.filter(unit__code=code)
    return rows.filter(code12=code) if (code := _asked(request, "street")) else rows.none()


def communities(request):
    """The communities of the actor's street or of the chosen one: 1,832 of them never stand in one list."""
    rows = Division.objects.communities().only("id", "code12", "name")
    if street := _street_of(request):
        return rows.filter(street_id=street)
    if code := _asked(request, "street"):
        return rows.filter(street__code12=code)
    return rows.filter(code12=code) if (code := _asked(request, "community")) else rows.none()


def departments(request):
    """The unit's and the city's departments; without a unit the city's and the one that is asked for."""
    rows = Department.objects.exclude(level=DepartmentLevel.STATION).only("id", "code", "short_name")
    city = Q(level=DepartmentLevel.CITY)
    if unit := _unit_of(request):
        return rows.filter(city | Q(unit_id=unit))
    if code := _asked(request, "unit"):
        return rows.filter(city | Q(unit__code=code))
    return rows.filter(city | Q(code=_asked(request, "department")))


def _midnight(day: date) -> datetime:
    """The beginning of a day here; a comparison with it can use the index, one with a converted column could not."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


class LoopFilter(filters.FilterSet):
    """What whistles and tickets are both filtered by."""

    q = filters.CharFilter(label="标题或编号", method="by_text", max_length=60)
    scene = filters.ChoiceFilter(empty_label="全部", label="情形", choices=Scene.choices)
    overdue = FlagFilter(label="已逾期", method="by_overdue")
    hung = FlagFilter(label="挂账中", method="by_hung")
    category = CategoryFilter(
        empty_label="全部",
        label="事项分类",
        queryset=Category.objects.all(),
        to_field_name="code",
        method="by_category",
    )
    unit = filters.ModelChoiceFilter(empty_label="全部", label="区县", queryset=units, to_field_name="code")
    street = filters.ModelChoiceFilter(
        empty_label="全部", label="街道（乡镇）", queryset=streets, to_field_name="code12"
    )
    community = filters.ModelChoiceFilter(
        empty_label="全部", label="社区（村）", queryset=communities, to_field_name="code12"
    )
    department = filters.ModelChoiceFilter(
        empty_label="全部", label="承办部门", queryset=departments, to_field_name="code", method="by_ticket"
    )
    role = filters.ChoiceFilter(empty_label="全部", label="主办或协办", choices=TicketRole.choices, method="by_ticket")
    source = filters.ChoiceFilter(empty_label="全部", label="来源", choices=Source.choices)
    recurrence = FlagFilter(label="回潮", method="by_recurrence")
    since = filters.DateFilter(label="自", method="by_since", widget=DateControl)
    until = filters.DateFilter(label="至", method="by_until", widget=DateControl)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        posts = self.request.actor.posts
        bound = {"unit": _unit_of(self.request), "street": _street_of(self.request)}
        self.pointless = {name for name, place in bound.items() if place}
        if all(post.role in DEPT_ROLES for post in posts):
            self.pointless.add("department")

    @property
    def form(self):
        """The form without the choices that this actor does not have."""
        form = super().form
        for name in self.pointless & set(form.fields):
            form.fields[name].widget = forms.HiddenInput()
        return form

    def by_category(self, queryset, name, value):
        return queryset.filter(Q(category=value) | Q(category__parent=value))

    def by_since(self, queryset, name, value):
        return queryset.filter(created_at__gte=_midnight(value))

    def by_until(self, queryset, name, value):
        return queryset.filter(created_at__lt=_midnight(value + timedelta(days=1)))


class TicketFilter(LoopFilter):
    """Tickets."""

    status = filters.ChoiceFilter(
        empty_label="全部", label="状态", choices=[OPEN, *TicketStatus.choices], method="by_status"
    )
    source = filters.ChoiceFilter(
        empty_label="全部", label="来源", choices=Source.choices, field_name="whistle__source"
    )
    stage = filters.ChoiceFilter(empty_label="全部", label="当前时限", choices=Stage.choices)
    card = filters.ChoiceFilter(empty_label="全部", label="督办牌", choices=CardColour.choices, method="by_card")
    whistle = filters.CharFilter(label="哨单编号", field_name="whistle__number", max_length=32)

    class Meta:
        model = Ticket
        fields = ("q", "status", "overdue", "hung", "department", "role", "scene", "category", "unit", "street",
                  "community", "source", "stage", "card", "recurrence", "since", "until", "whistle")  # fmt: skip

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(whistle__title__icontains=words) | Q(whistle__number__icontains=words))

    def by_status(self, queryset, name, value):
        return queryset.filter(status__in=TICKET_OPEN) if value == "open" else queryset.filter(status=value)

    def by_overdue(self, queryset, name, value):
        return queryset.late(clock.db_now())

    def by_hung(self, queryset, name, value):
        return queryset.filter(status=TicketStatus.HUNG)

    def by_ticket(self, queryset, name, value):
        return queryset.filter(**{name: value})

    def by_recurrence(self, queryset, name, value):
        return queryset.filter(whistle__recurrence_of__isnull=False)

    def by_card(self, queryset, name, value):
        return queryset.filter(Exists(Card.objects.filter(ticket=OuterRef("pk"), colour=value, is_revoked=False)))


class WhistleFilter(LoopFilter):
    """Whistles; what concerns their tickets is asked of one and the same ticket, within the actor's scope."""

    status = filters.ChoiceFilter(
        empty_label="全部", label="状态", choices=[OPEN, *WhistleStatus.choices], method="by_status"
    )

    class Meta:
        model = Whistle
        fields = ("q", "status", "overdue", "hung", "scene", "category", "unit", "street", "community", "department",
                  "role", "source", "recurrence", "since", "until")  # fmt: skip

    def filter_queryset(self, queryset):
        """Collect what is asked of the tickets into one question."""
        self.asked = Ticket.objects.visible_to(self.request.actor).filter(whistle=OuterRef("pk"))
        plain = self.asked
        queryset = super().filter_queryset(queryset)
        return queryset if self.asked is plain else queryset.filter(Exists(self.asked))

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(title__icontains=words) | Q(number__icontains=words))

    def by_status(self, queryset, name, value):
        return queryset.filter(status__in=WHISTLE_OPEN) if value == "open" else queryset.filter(status=value)

    def by_overdue(self, queryset, name, value):
        self.asked = self.asked.late(clock.db_now())
        return queryset

    def by_hung(self, queryset, name, value):
        self.asked = self.asked.filter(status=TicketStatus.HUNG)
        return queryset

    def by_ticket(self, queryset, name, value):
        self.asked = self.asked.filter(**{name: value})
        return queryset

    def by_recurrence(self, queryset, name, value):
        return queryset.filter(recurrence_of__isnull=False)
