"""Appointments: the list, a new one in two steps, its end."""

from functools import cached_property

from django.urls import reverse

from governance.kernel.ui.views import FormPage, ListPage

from .. import services
from ..columns import APPOINTMENT_COLUMNS
from ..filters import AppointmentFilter
from ..forms import AppointmentForm, EndForm, RoleForm
from ..models import Appointment, User
from ..permissions import MANAGE, READ
from ..roles import Role


class AppointmentList(ListPage):
    """Who holds which post where, and since when."""

    title = "任职"
    icon = "building"
    permission = READ
    model = Appointment
    columns = APPOINTMENT_COLUMNS
    filterset_class = AppointmentFilter
    empty_title = "还没有任职"
    empty_text = "在用户页点“添加任职”。"

    def get_queryset(self):
        """With person and place."""
        return Appointment.objects.select_related("user", "unit", "street", "community", "department")


class Appoint(FormPage):
    """Appoint somebody: first the post and words of the place, then the place, the title and the days. No script needed."""

    permission = MANAGE
    model = User
    icon = "plus"
    title = "添加任职"
    form_class = AppointmentForm
    submit_label = "任命"
    success_message = "任职已添加，从起期当天生效。"
    template_name = "governance/accounts/appoint.html"

    def crumbs(self):
        """From the list through the person."""
        return [("用户", reverse("users")), (str(self.object), self.object.get_absolute_url()), (self.title, "")]

    @cached_property
    def first(self) -> RoleForm:
        """The first step as the address has it."""
        return RoleForm(self.request.GET if "role" in self.request.GET else None)

    def form_kwargs(self):
        return {"role": self.role, "words": self.first.cleaned_data.get("q", "")}

    @property
    def role(self) -> str:
        """The post chosen, "" before."""
        return self.first.cleaned_data["role"] if self.first.is_bound and self.first.is_valid() else ""

    def get(self, request, *args, **kwargs):
        """Show the first step, or both."""
        return super().get(request, *args, **kwargs) if self.role else self.draw({"first": self.first})

    def post(self, request, *args, **kwargs):
        """Appoint; without a post in the address the first step is shown again."""
        return super().post(request, *args, **kwargs) if self.role else self.draw({"first": self.first}, status=422)

    def run(self, form):
        """Call the service."""
        return services.appointment_add(by=self.actor, user=self.object, role=self.role, **form.facts())

    def extra_context(self):
        label = Role(self.role).label if self.role else ""
        return {
            "first": self.first,
            "role_label": label,
            "consequence": f"{self.object}将以“{label}”的身份看到并办理任职地点的事项，记入审计。",
        }

    def success_url(self, result):
        return self.object.get_absolute_url()


class EndAppointment(FormPage):
    """End an appointment."""

    permission = MANAGE
    model = Appointment
    title = "结束任职"
    icon = "close"
    form_class = EndForm
    submit_label = "结束任职"
    success_message = "任职已结束。"

    def get_queryset(self):
        """With the person."""
        return Appointment.objects.select_related("user", "unit", "street", "community", "department")

    def extra_context(self):
        """Say what will happen."""
        row = self.object
        words = f"{row.user}不再担任{row.place}{row.get_role_display()}，看不到那里的事项；历史保留。"
        return {"consequence": words}

    def run(self, form):
        """Call the service."""
        return services.appointment_end(by=self.actor, appointment=self.object, **form.facts())
