"""A community's form on a telephone: what is known stands there, what nobody knows is asked, one button for 全部正确."""

from django.http import Http404
from django.urls import reverse

from communities.admission.models import DemandTarget
from communities.admission.states import TargetStatus
from governance.kernel.ui.views import FormPage

from ..forms import PartForm, opened_now
from ..models import Form
from ..selectors import part_of
from ..services import part_submit
from ..states import FormStatus
from . import FOLDER


class PartPage(FormPage):
    """/forms/parts/<target>/"""

    model, icon, template_name, form_class = DemandTarget, "edit", f"{FOLDER}part.html", PartForm
    success_message = "已提交，谢谢。今后一年内，任何部门不会再让您填这几项。"

    def get_queryset(self):
        """With what is shown."""
        return DemandTarget.objects.select_related("demand__department", "item", "community", "street", "department")

    def get_object(self):
        """The target of a form; others have no such page."""
        row = super().get_object()
        self.sheet = Form.objects.select_related("department", "item__catalogue").filter(demand=row.demand_id).first()
        if self.sheet is None:
            raise Http404
        self.askings, self.cells = part_of(self.sheet, row.community)
        return row

    def head(self):
        """The form's name."""
        return super().head() | {"title": self.sheet.title, "subtitle": self.object.community.name}

    def crumbs(self):
        """From the target."""
        return [
            ("社区待办", reverse("targets")),
            (self.object.demand.number, self.object.get_absolute_url()),
            ("填表", ""),
        ]

    def initial(self) -> dict:
        """The version that was seen."""
        return {"version": self.object.version, "opened": opened_now()}

    def form_kwargs(self) -> dict:
        """What is asked and what is known."""
        return {"askings": self.askings, "cells": self.cells}

    def check_permission(self) -> None:
        """Reading is for the place; handing in for the community."""
        super().check_permission()
        if self.request.method == "POST":
            from governance.kernel.permission import require

            require(self.actor, "target.complete", self.object)

    def extra_context(self) -> dict:
        """Whether it may be handed in here and now."""
        is_open = self.object.status == TargetStatus.OPEN and self.sheet.status == FormStatus.COLLECTING
        is_open = is_open and not self.sheet.has_expired()
        return {"sheet": self.sheet, "is_open": is_open and self.may("target.complete", self.object),
                "done": self.object.status == TargetStatus.DONE, "expired": self.sheet.has_expired()}  # fmt: skip

    def run(self, form):
        """Hand it in; 全部正确 leaves corrections out."""
        fixes = {} if self.request.POST.get("do") == "all" else form.fixes()
        return part_submit(
            target=self.object, by=self.actor, values=form.values(), fixes=fixes, minutes=form.minutes_taken(),
            version=form.cleaned_data["version"],
        )  # fmt: skip

    def success_url(self, result) -> str:
        """The desk."""
        return result.get_absolute_url()
