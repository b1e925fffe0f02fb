"""The designer: a department ticks elements and sees what is left of them before anybody is asked."""

from django.urls import reverse

from governance.kernel.ui.views import FormPage
from governance.territory.models import Department, Division

from .. import services
from ..forms import DesignForm
from ..lint import lint
from ..merging import alike
from ..models import Form, FormField
from ..selectors import grouped
from ..stripping import plan_of
from . import FOLDER, department_of


class _Design(FormPage):
    """The designer: tick elements, see what will be left of them (button 看看会剔除什么; with a script at every change)."""

    icon, template_name, form_class = "edit", f"{FOLDER}design.html", DesignForm
    consequence = "存为草稿，不会到达社区。下发前再剔除一次已有的字段。"
    plan, checks, similar = None, (), ()

    def department(self) -> Department:
        """Whose form it is."""
        return department_of(self.actor)

    def form_kwargs(self) -> dict:
        """The department narrows items, elements and places."""
        return {"department": self.department()}

    def post(self, request, *args, **kwargs):
        """The preview stores nothing."""
        if request.POST.get("do") == "preview":
            form = self.form(request.POST)
            form.is_valid()
            if form.cleaned_data.get("elements") and (
                form.cleaned_data.get("places") or form.cleaned_data.get("codes")
            ):
                self.preview(form)
            return self.show(self.form(request.POST) if form.errors else form, 200 if self.plan else 422)
        return super().post(request, *args, **kwargs)

    def preview(self, form: DesignForm) -> None:
        """What would be left today."""
        item = form.cleaned_data.get("item")
        places = form.communities(item.place if item else "urban")
        self.plan = plan_of(elements=form.picked(), communities=places)
        words = {name: form.cleaned_data.get(name) or "" for name in ("form_code", "issuer", "approval_no")}
        row = Form(department=form.department, item=item, valid_to=form.cleaned_data.get("valid_to"), **words)
        self.checks = lint(form=row, plan=self.plan)
        self.similar = alike(
            codes={e.code for e in self.plan.elements}, community_ids=[p.pk for p in places],
            but=self.object.pk if self.object else None,
        )  # fmt: skip

    def extra_context(self) -> dict:
        """The preview beside the form."""
        return {"plan": self.plan, "checks": self.checks, "similar": self.similar}

    def show(self, form, status: int = 200):
        """With the catalogue by theme."""
        self.groups = grouped(form.open_elements)
        return self.draw(
            {"form": form, "groups": self.groups, "ticked": form.chosen(), "cancel_url": self.cancel_url(),
             "consequence": self.consequence}, status=status,
        )  # fmt: skip


class FormNew(_Design):
    """/forms/new/"""

    title, permission, success_message = "起草表格", "form.draft", "已存为草稿，下发前可以修改。"

    def cancel_url(self) -> str:
        """The list."""
        return reverse("forms")

    def run(self, form):
        """Draft it."""
        return services.form_draft(by=self.actor, department=form.department, content=form.content())


class FormEdit(_Design):
    """/forms/<pk>/edit/"""

    title, model, object_permission, success_message = "修改表格", Form, "form.edit", "已修改。"

    def get_queryset(self):
        """With the department."""
        return Form.objects.select_related("department__superior", "department__unit")

    def department(self) -> Department:
        """The form's own."""
        return self.object.department

    def initial(self) -> dict:
        """What is stored."""
        row = self.object
        names = ("title", "purpose", "item", "form_code", "issuer", "approval_no", "valid_to", "due_on", "version")
        places = Division.objects.filter(pk__in=row.community_ids).order_by("code12").values_list("code12", flat=True)
        fields = FormField.objects.filter(form=row).order_by("position").values_list("element__code", flat=True)
        return {name: getattr(row, name) for name in names} | {"codes": "\n".join(places), "elements": list(fields)}

    def run(self, form):
        """Change it."""
        return services.form_edit(
            form=self.object, by=self.actor, content=form.content(), version=form.cleaned_data["version"]
        )
