"""Pages of demands: the list, one demand, sending; approving, declining, withdrawing."""

from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage
from governance.territory.models import Department

from ..models import Demand
from ..refusals.anonymity import progress_by_street
from ..states import DemandStatus
from ..workflow import DEMAND_FLOW
from . import services
from .filters import DemandFilter
from .forms import DemandForm
from .funds import journal_of
from .terms import DemandInput, Terms, refusals_of, terms_of

FOLDER = "communities/admission/"


def subject(number: str, title: str) -> str:
    """Number above title."""
    return format_html('<span class="subject-number">{}</span> <span class="subject-title">{}</span>', number, title)


class DemandList(ListPage):
    """/demands/"""

    title, icon, model, filterset_class = "下行要求", "list", Demand, DemandFilter
    subtitle = "每一项都有准入号；没有的，数据库也不收。"
    empty_title, empty_text = "还没有下行要求", "部门依据准入事项下达后，会列在这里。"
    columns = [
        Column("title", "要求", render=lambda row: subject(row.number, row.title), primary=True, sort="number",
               export=lambda row: f"{row.number} {row.title}", width=40),
        Column("status", "状态", kind="status", sort="status"),
        Column("department.short_name", "派发部门", sort="department__code"),
        Column("item", "准入事项", export=lambda row: str(row.item), width=40, wide=True),
        Column("form", "形态", kind="status", sort="form", wide=True),
        Column("communities", "社区数", kind="number", sort="communities"),
        Column("minutes", "每社区分钟", kind="number", sort="minutes"),
        Column("day", "下达日期", kind="date", sort="day"),
        Column("due_on", "完成日期", kind="date", sort="due_on", wide=True),
    ]  # fmt: skip

    def get_queryset(self):
        """With department and item."""
        return Demand.objects.select_related("department", "item")

    def actions(self):
        """Sending, for departments."""
        if not self.may("demand.send"):
            return []
        return [{"label": "下达要求", "url": reverse("demand-new"), "icon": "send", "primary": True}]

    @property
    def empty_action(self):
        """The same from an empty page."""
        return ("下达要求", reverse("demand-new")) if self.may("demand.send") else ("", "")


class CountsRefusals(FormPage):
    """A form that the gate may refuse: each refusal is counted for the white paper."""

    def once(self, key, effect):
        """Write it down outside the transaction that is rolled back."""
        try:
            return super().once(key, effect)
        except Forbidden:
            raise
        except (Invalid, Conflict) as error:
            with transaction.atomic():
                self.blocked(error)
            raise

    def blocked(self, error) -> None:
        """Say what was refused (``demand_blocked``)."""
        raise NotImplementedError


class DemandNew(CountsRefusals):
    """/demands/new/: what it costs is shown before it goes out (button 先看代价)."""

    title, icon, permission = "下达要求", "send", "demand.send"
    subtitle = "部门向社区提出的一切要求都从这里走；在准入清单内、经费和负担额度够，才会下达。"
    template_name, form_class, draft = f"{FOLDER}demand_new.html", DemandForm, "demand-new"
    consequence = "提交后社区在工作台看到；到期前不催办，社区可以依规拒收。"
    terms: Terms | None = None
    warnings: dict = {}

    def department(self) -> Department:
        """The actor's own department."""
        posts = self.actor.posts_in(*DEPT_ROLES)
        return Department.objects.select_related("superior", "unit").get(pk=posts[0].department_id)

    def form_kwargs(self) -> dict:
        """The department narrows the choices."""
        return {"department": self.department()}

    def post(self, request, *args, **kwargs):
        """先看代价 sends nothing; a refusal by the gate is counted for the white paper."""
        if request.POST.get("do") == "preview":
            form = self.form(request.POST)
            return self.preview(form) if form.is_valid() else self.show(form, 422)
        self.count_unlisted()
        return super().post(request, *args, **kwargs)

    def count_unlisted(self) -> None:
        """A demand without an item of the list never gets as far as the gate; the white paper counts it all the same."""
        form = self.form(self.request.POST)
        form.is_valid()
        if "item" in form.errors and form.cleaned_data.get("title"):
            services.demand_blocked(
                department=form.department, item=None, title=form.cleaned_data["title"], communities=0,
                error=Invalid(item=form.errors["item"][0]),
            )  # fmt: skip

    def preview(self, form):
        """The terms beside the form."""
        facts = form.demand()
        item = facts.pop("item")
        words, places = DemandInput(**facts), form.communities()
        self.terms = terms_of(department=form.department, item=item, communities=places, content=words)
        self.warnings = refusals_of(self.terms, words)
        self.asked = len(places)
        return self.show(form)

    asked = 0
    sent: Demand | None = None

    def run(self, form):
        """Send it."""
        self.sent = services.demand_send(
            by=self.actor, department=form.department, communities=form.communities(), **form.demand()
        )
        return self.sent

    def blocked(self, error) -> None:
        """Write it down."""
        form = self.form(self.request.POST)
        if form.is_valid():
            services.demand_blocked(
                department=form.department, item=form.cleaned_data["item"], title=form.cleaned_data["title"],
                communities=len(form.communities()), error=error,
            )  # fmt: skip

    @property
    def success_message(self) -> str:
        """What became of it."""
        if self.sent is None:
            return "已提交。"
        if self.sent.status == DemandStatus.PENDING_APPROVAL:
            return "超出本年负担额度，增负说明已提交，同意后才会下达。"
        over = self.sent.targets.filter(over_frequency=True).count()
        more = f"其中 {over} 个社区已超过本年频次上限，可以依规拒收。" if over else ""
        return f"已下达到 {self.sent.communities} 个社区。{more}"

    def cancel_url(self) -> str:
        """The list."""
        return reverse("demands")

    def extra_context(self) -> dict:
        """What it would cost."""
        return {"terms": self.terms, "warnings": self.warnings, "asked": self.asked}


class DemandPage(DetailPage):
    """/demands/<pk>/: for the department counts by street, never a single community's state."""

    model, flow, icon = Demand, DEMAND_FLOW, "list"
    template_name = f"{FOLDER}demand.html"

    def get_queryset(self):
        """With what is shown."""
        return Demand.objects.select_related("department", "item__catalogue", "unit")

    def crumbs(self):
        """From the list."""
        return [("下行要求", reverse("demands")), (self.object.number, "")]

    def facts(self) -> list:
        """What is asked, under what."""
        row = self.object
        marks = []
        if row.form_code:
            marks = [("表号", row.form_code), ("制定机关", row.issuer), ("文号", row.approval_no),
                     ("有效期至", row.form_valid_to)]  # fmt: skip
        money = self.money()
        return [
            ("编号", row.number), ("准入事项", row.item, row.item.get_absolute_url()), ("形态", row.get_form_display()),
            ("派发部门", row.department), ("下达日期", row.day), ("完成日期", row.due_on),
            ("社区数", row.communities), ("每社区预计", f"{row.minutes} 分钟"),
            ("合计", f"{row.minutes * row.communities:,} 分钟"), *marks, *money,
        ]  # fmt: skip

    def money(self) -> list:
        """The money that came with it, with its voucher where the reader may see the books."""
        row = self.object
        if not row.funded_fen:
            return []
        text, journal = f"{row.funded_fen / 100:,.2f} 元（{row.fund_number}）", journal_of(row, self.actor)
        return [("随事经费", text), *([("划转凭证", journal, journal.get_absolute_url())] if journal else [])]

    def events(self) -> list:
        """The demand's own steps and those of refusals, which name nobody; not those of single communities."""
        rows = AuditEvent.objects.filter(thread=self.object.thread, subject_type__in=["demand", "refusal"])
        return [
            {"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note}
            for row in rows.order_by("-id")[:100]
        ]

    def extra_context(self) -> dict:
        """How far it is, by street; the reader's own targets where he may see them."""
        mine = self.actor.posts_in(*STREET_ROLES, *COMMUNITY_ROLES)
        own = self.object.targets.select_related("community").visible_to(self.actor) if mine else ()
        return {
            "streets": [] if mine else progress_by_street(self.object),
            "own": own,
            "results": [] if mine else results_of(self.object),
            "refusals": self.object.refusals.count(),
        }


def results_of(demand: Demand) -> list[str]:
    """What communities wrote when they were done, in alphabetical order so that it says nothing of who or when."""
    rows = demand.targets.exclude(result="").values_list("result", flat=True).order_by("result")
    return list(rows[:200])


class DemandAction(ActionView):
    """/demands/<pk>/actions/<approve|decline|withdraw>/"""

    model, flow = Demand, DEMAND_FLOW
    messages_by_action = {"approve": "已同意，要求已下达到社区。", "decline": "未同意，要求没有到达社区。",
                          "withdraw": "已撤回，未完成的社区已免除，额度已退回。"}  # fmt: skip

    def run(self, action, note, version):
        """The service of the step; closing is the system's."""
        if action == "close":
            raise Forbidden("全部社区完成或免除后自动结束。")
        service = getattr(services, f"demand_{action}")
        return service(demand=self.object, by=self.actor, note=note, version=version)
