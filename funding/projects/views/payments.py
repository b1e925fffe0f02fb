"""Payments, refunds and payees."""

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse

from funding.ledger.models import Entry, Journal
from funding.ledger.money import yuan
from funding.ledger.states import JournalKind
from governance.kernel.policy import policy
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage
from governance.whistles.views.conflicts import NewestVersion

from .. import columns, selectors, services
from ..filters import PaymentFilter
from ..forms import PaymentForm, RefundForm, SupplierForm
from ..limits import clock_of
from ..models import PaymentRequest, Project, Refund, Supplier
from ..services.refunds import receipts_of, refundable
from ..states import PaymentStatus, RefundStatus
from ..workflow import PAYMENT_FLOW, REFUND_FLOW
from .projects import FOLDER, STEP, finding_cards, link_to, with_places


def whole():
    """Payments with what their pages show."""
    return PaymentRequest.objects.select_related("project", "supplier", "community", "street", "unit")


class PaymentListPage(ListPage):
    """/payments/"""

    title, icon, model, permission = "支付申请", "coin", PaymentRequest, "project.view"
    subtitle = "票据齐全、额度之内、大额两人审批；每笔都记账"
    columns, filterset_class = columns.PAYMENT_COLUMNS, PaymentFilter
    empty_title, empty_text = "还没有支付申请", "项目备案下达额度后，由社区凭票据申请支付。"

    def get_queryset(self):
        """With payee, project, community."""
        return PaymentRequest.objects.select_related("project", "supplier", "community")

    def actions(self) -> list[dict]:
        """Office money; payees."""
        rows = [{"label": "收款单位", "url": reverse("suppliers"), "icon": "building"}]
        if self.may("payment.ask"):
            rows.append({"label": "申请办公经费支付", "url": reverse("payment-new"), "icon": "plus", "primary": True})
        return rows


class PaymentNew(FormPage):
    """/payments/new/ from office money, /projects/<pk>/pay/ from a project."""

    title, icon, permission, form_class = "申请支付", "coin", "payment.ask", PaymentForm
    submit_label, success_message = "保存", "申请已保存，核对后报街道审批。"
    consequence = "只保存申请，不动钱；报送后由街道审批。"

    def check_permission(self) -> None:
        """A project's own, where one is named."""
        if "pk" in self.kwargs:
            self.model, self.object_permission = Project, "payment.ask"
        super().check_permission()

    def get_queryset(self):
        """The project."""
        return with_places()

    def head(self) -> dict:
        """From which money."""
        return super().head() | {"subtitle": str(self.object or "从社区办公经费支付；专项经费请从项目申请")}

    def form_kwargs(self) -> dict:
        """Whose payees."""
        return {"actor": self.actor, "project": self.object}

    def run(self, form):
        """Ask."""
        return services.payment_ask(by=self.actor, project=self.object, **form.facts())

    def cancel_url(self) -> str:
        """Back."""
        return self.object.get_absolute_url() if self.object else reverse("payments")

    def crumbs(self) -> list:
        """From the project or the list."""
        start = (
            (self.object.title, self.object.get_absolute_url()) if self.object else ("支付申请", reverse("payments"))
        )
        return [start, (self.title, "")]


class PaymentEdit(NewestVersion, FormPage):
    """/payments/<pk>/edit/"""

    title, icon, model, object_permission, form_class = (
        "修改支付申请",
        "edit",
        PaymentRequest,
        "payment.ask",
        PaymentForm,
    )
    submit_label, template_name = "保存", STEP

    def get_queryset(self):
        """With its project."""
        return whole()

    def form_kwargs(self) -> dict:
        """Whose payees."""
        return {"actor": self.actor, "project": self.object.project, "editing": True}

    def initial(self) -> dict:
        """As it is."""
        row = self.object
        names = ("supplier", "economic_code", "amount_fen", "purpose", "collective", "version")
        first = {name: getattr(row, name) for name in names}
        for number, quote in enumerate(row.quotes[:3], 1):
            first |= {f"quote{number}": quote["name"], f"price{number}": quote["fen"]}
        return first

    def run(self, form):
        """Edit."""
        return services.payment_edit(payment=self.object, by=self.actor, version=form.version, **form.facts())

    def crumbs(self) -> list:
        """From the payment."""
        return [(self.object.number, self.object.get_absolute_url()), (self.title, "")]


class PaymentPage(DetailPage):
    """/payments/<pk>/"""

    model, flow, icon, permission = PaymentRequest, PAYMENT_FLOW, "coin", "project.view"
    template_name = f"{FOLDER}payment.html"

    def get_queryset(self):
        """With everything."""
        return whole()

    def head(self) -> dict:
        """Purpose above number."""
        row = self.object
        return super().head() | {"title": row.purpose, "subtitle": f"{row.number} · {row.amount}"}

    def crumbs(self) -> list:
        """From the project or the list."""
        row = self.object
        start = (
            (row.project.title, row.project.get_absolute_url()) if row.project else ("支付申请", reverse("payments"))
        )
        return [start, (row.number, "")]

    def facts(self) -> list:
        """Whom, from what, who signed."""
        row = self.object
        project = [("项目", row.project.title, row.project.get_absolute_url())] if row.project else []
        return [
            *project, ("社区（村）", row.community), ("经费", f"{row.year} 年{row.get_fund_display()}"),
            ("经济分类", row.code_name), ("收款单位", row.supplier), ("账号", row.supplier.masked),
            ("申请", row.created_label), ("审批", row.approved_label or "—"),
            *([("复审", row.second_label or "待第二人")] if row.needs_second else []),
        ]  # fmt: skip

    def clock(self) -> dict | None:
        """The limit of who has to approve or pay."""
        return clock_of("paymentrequest", self.object.pk)

    def moves(self) -> list:
        """A refund has a page of its own."""
        row, found = self.object, super().moves()
        if refundable(row) and self.may("payment.refund", row):
            url = reverse("payment-refund", args=[row.pk])
            found.append(
                link_to(PAYMENT_FLOW.transitions["refund"], url)
                | {"label": "登记退款", "hint": "收款人退回全部或一部分。"}
            )
        return found

    def refunds(self) -> list[dict]:
        """What came back, each with its receipts, its way and what can be done with it."""
        rows = list(self.object.refunds.all())
        if not rows:
            return []
        receipts = receipts_of(rows)
        for row in rows:
            row.payment = self.object
        return [
            {"row": row, "status": RefundStatus(row.status), "files": receipts[row.pk],
             "moves": REFUND_FLOW.available(row, self.actor), "prefix": reverse("refund-action", args=[row.pk, "x"]).removesuffix("x/")}
            for row in rows
        ]  # fmt: skip

    def events(self) -> list:
        """What happened to it; the money's way stands in the books."""
        return selectors.history(self.object.thread)

    def extra_context(self) -> dict:
        """Vouchers, quotes, warnings, findings, journals."""
        row = self.object
        journals = list(
            Journal.objects.filter(document_type="paymentrequest", document_id=row.pk).order_by("id")
            .prefetch_related(Prefetch("entries", Entry.objects.filter(fen__gt=0)))
        )  # fmt: skip
        ways = {one.kind: reverse("entry-way", args=[leg.pk]) for one in journals for leg in one.entries.all()}
        return {
            "vouchers": services.vouchers_of(row), "findings": finding_cards(row.findings.all(), self.actor),
            "journals": journals, "way": ways.get(JournalKind.PAY, ""), "refunds": self.refunds(),
            "kept_fen": row.amount_fen - row.refunded_fen,
            "may_edit": row.status == PaymentStatus.DRAFT and self.may("payment.ask", row),
        }  # fmt: skip


class PaymentAction(ActionView):
    """/payments/<pk>/actions/<action>/"""

    model, flow = PaymentRequest, PAYMENT_FLOW
    messages_by_action = {
        "approve": "已批准，已记账为待付。",
        "second": "已复审，已记账为待付。",
        "pay": "已确认支付并记账。",
    }

    def get_queryset(self):
        """With everything."""
        return whole()

    def run(self, action, note, version):
        """The step; the books follow. A refund has a form."""
        if action == "refund":
            raise Http404
        return services.payment_step(payment=self.object, action=action, by=self.actor, note=note, version=version)


class RefundNew(NewestVersion, FormPage):
    """/payments/<pk>/refund/"""

    title, icon, model, object_permission, form_class = (
        "登记退款",
        "reply",
        PaymentRequest,
        "payment.refund",
        RefundForm,
    )
    submit_label, template_name, success_message = "登记", STEP, "退款已登记。"

    def get_queryset(self):
        """With its project."""
        return whole()

    def head(self) -> dict:
        """How much may come back, said beforehand."""
        row = self.object
        return super().head() | {
            "subtitle": f"{row.supplier}：已付 {row.amount}，还可登记退款 {yuan(refundable(row))} 元"
        }

    @property
    def consequence(self) -> str:
        """From which sum on a second person is asked."""
        limit = yuan(policy("funding.second_from_fen"))
        return f"登记后随即记账，钱回到项目额度（项目已验收公示的，回到社区可用额度）；累计 {limit} 元及以上由第二人确认后记账。"

    def initial(self) -> dict:
        """All that is left of it."""
        return {"version": self.object.version, "amount_fen": refundable(self.object)}

    def run(self, form):
        """Register."""
        return services.refund_register(
            payment=self.object, by=self.actor, files=form.uploads(), version=form.version, **form.content()
        )

    def crumbs(self) -> list:
        """From the payment."""
        return [(self.object.number, self.object.get_absolute_url()), (self.title, "")]


class RefundAction(ActionView):
    """/refunds/<pk>/actions/<action>/"""

    model, flow = Refund, REFUND_FLOW
    messages_by_action = {"confirm": "已确认，退款已入账。", "refuse": "已记录，退款没有入账。"}

    def get_queryset(self):
        """With its payment."""
        return Refund.objects.select_related("payment__project", "payment__community", "payment__supplier")

    def run(self, action, note, version):
        """Confirm or refuse; posting belongs to the registration."""
        if action == "post":
            raise Http404
        return services.refund_step(refund=self.object, action=action, by=self.actor, note=note, version=version)


class SupplierListPage(ListPage):
    """/suppliers/"""

    title, icon, model, permission = "收款单位", "building", Supplier, "project.view"
    subtitle, columns, order = "账号只显示末四位；演示阶段只用测试账号", columns.SUPPLIER_COLUMNS, "name"
    empty_title, empty_text = "还没有收款单位", "申请支付前，先登记收款单位。"

    def get_queryset(self):
        """With the community."""
        return Supplier.objects.select_related("community")

    def actions(self) -> list[dict]:
        """Register one."""
        if not self.may("supplier.set"):
            return []
        return [{"label": "登记收款单位", "url": reverse("supplier-new"), "icon": "plus", "primary": True}]


class SupplierNew(FormPage):
    """/suppliers/new/"""

    title, icon, permission, form_class = "登记收款单位", "building", "supplier.set", SupplierForm
    success_message = "已登记。"

    def form_kwargs(self) -> dict:
        """Whose."""
        return {"actor": self.actor}

    def run(self, form):
        """Register."""
        facts = form.facts()
        place = facts.pop("community", None) or form.own.first()
        return services.supplier_set(by=self.actor, community=place, **facts)

    def success_url(self, result) -> str:
        """The list."""
        return reverse("suppliers")

    def cancel_url(self) -> str:
        """The list."""
        return reverse("suppliers")
