"""What is done to a form: dispatch with the last look, joining another, the steps of its flow."""

from collections import Counter

from communities.admission.gate.services import demand_blocked
from communities.admission.gate.views import CountsRefusals
from governance.kernel.errors import Forbidden, Invalid
from governance.kernel.ui.views import ActionView

from .. import services
from ..forms import DispatchForm
from ..lint import lint
from ..merging import alike
from ..models import Form
from ..services.forms import plan_for
from ..states import FormStatus
from ..workflow import FORM_FLOW
from . import FOLDER


class FormDispatch(CountsRefusals):
    """/forms/<pk>/dispatch/: the last look before it goes out, or answers itself."""

    title, icon, model, object_permission = "下发表格", "send", Form, "form.dispatch"
    template_name, form_class, submit_label = f"{FOLDER}dispatch.html", DispatchForm, "下发"

    def get_queryset(self):
        """With what the gate reads."""
        return Form.objects.select_related("department__superior", "item__catalogue")

    def initial(self) -> dict:
        """The day that was planned."""
        return {"due_on": self.object.due_on, "version": self.object.version}

    def extra_context(self) -> dict:
        """What will be stripped."""
        plan, required = plan_for(self.object)
        codes = {element.code for element in plan.elements}
        return {
            "plan": plan, "checks": lint(form=self.object, plan=plan, required=required),
            "similar": alike(codes=codes, community_ids=self.object.community_ids, but=self.object.pk),
        }  # fmt: skip

    sent: Form | None = None

    def run(self, form):
        """Dispatch it."""
        self.sent = services.form_dispatch(form=self.object, by=self.actor, **form.facts())
        return self.sent

    def blocked(self, error) -> None:
        """Write it down."""
        form = self.object
        demand_blocked(
            department=form.department, item=form.item, title=form.title, communities=form.communities, error=error
        )

    @property
    def success_message(self) -> str:
        """What became of it."""
        if self.sent is None:
            return "已提交。"
        if self.sent.status == FormStatus.ANSWERED:
            return "全部字段平台已有：自动应答，人工填写 0 项，没有打扰任何社区。答案在下面。"
        if self.sent.status == FormStatus.WAITING:
            return "超出本年负担额度，增负说明已提交，同意后才会到达社区。"
        stripped = self.sent.fields_count - self.sent.manual_count
        return f"已下发：剔除 {stripped} 项，{self.sent.reached} 个社区各填 {self.sent.manual_count} 项。"


class FormAction(ActionView):
    """/forms/<pk>/actions/<submit|approve|decline|withdraw|summarise>/"""

    model, flow = Form, FORM_FLOW
    messages_by_action = {
        "submit": "已报请审批。", "approve": "已同意，部门可以下发。", "decline": "已退回部门。",
        "withdraw": "已撤回，未填的社区已免除。", "summarise": "已汇总，未填的社区已免除。",
    }  # fmt: skip

    def get_queryset(self):
        """With what services read."""
        return Form.objects.select_related("department", "item")

    def run(self, action, note, version):
        """The service of the step; the rest is the system's or has a page of its own."""
        if action not in self.messages_by_action:
            raise Forbidden("这一步由系统办理，或在单独的页面上办理。")
        words = {"note": note} if action in ("approve", "decline", "withdraw") else {}
        return getattr(services, f"form_{action}")(form=self.object, by=self.actor, version=version, **words)


class FormJoin(ActionView):
    """/forms/<pk>/join/: POST ``into``."""

    model, action, object_permission = Form, "join", "form.join"
    joined: Form | None = None

    def run(self, action, note, version):
        """Join the form that was offered; another department's form need not be visible to be joined."""
        sent = self.request.POST.get("into", "")
        into = Form.objects.filter(pk=int(sent)).first() if sent.isdecimal() and len(sent) < 12 else None
        if into is None:
            raise Invalid("没有可并入的表。")
        self.joined = services.form_join(form=self.object, into=into, by=self.actor, version=version)
        return self.joined

    def done_message(self, action) -> str:
        """What happens next, and to what the other form does not ask."""
        rests = list(self.joined.rests.all()) if self.joined else []
        became = Counter(
            {FormStatus.DRAFT: "draft", FormStatus.PENDING: "pending"}.get(row.status, "sent") for row in rests
        )
        said = {
            "sent": "那张表没有的部分已由 {} 张短表一并下发。", "pending": "超出社区负担上限的 {} 张短表已报请审批。",
            "draft": "有 {} 张短表还不能下发，原因见下。",
        }  # fmt: skip
        more = [words.format(became[key]) for key, words in said.items() if became[key]]
        return "".join(["已并入。社区填好后，答案同时出现在这里，不用另发一张。", *more])
