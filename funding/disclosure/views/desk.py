"""/disclosures/ and /money-questions/: what has to be published and answered."""

from django.urls import reverse

from governance.kernel.deadlines import deadline_of
from governance.kernel.ui.views import ActionView, DetailPage, ListPage

from .. import selectors, services
from ..columns import DISCLOSURE_COLUMNS, QUESTION_COLUMNS
from ..figures import figures_of
from ..filters import DisclosureFilter, QuestionFilter
from ..models import Disclosure, MoneyQuestion
from ..states import DisclosureStatus
from ..workflow import DISCLOSURE_FLOW, QUESTION_FLOW


class DisclosureListPage(ListPage):
    """/disclosures/"""

    title, icon, model, permission = "经费公开", "eye", Disclosure, "disclosure.view"
    subtitle = "到期前不催办；逾期未公布的，下一次拨付暂缓，公布后自动恢复"
    columns, filterset_class, order = DISCLOSURE_COLUMNS, DisclosureFilter, "-id"
    empty_title, empty_text = "没有公开事项", "每期结束后自动生成。"

    def get_queryset(self):
        """With what the columns show, without the figures."""
        return Disclosure.objects.select_related("community", "street").defer("snapshot")


class DisclosurePage(DetailPage):
    """/disclosures/<pk>/: what will be published as the public will see it, and one button."""

    model, flow, icon, permission = Disclosure, DISCLOSURE_FLOW, "eye", "disclosure.view"
    template_name = "funding/disclosure/disclosure.html"

    def get_queryset(self):
        """With its places."""
        return Disclosure.objects.select_related("community", "street", "unit")

    def crumbs(self) -> list:
        """From the list."""
        return [("经费公开", reverse("disclosures")), (str(self.object), "")]

    def facts(self) -> list:
        """Which period, until when."""
        row = self.object
        public = [("公开页", "居民看到的页面", row.public_url), ("散列（SM3）", row.digest)] if row.digest else []
        late = "（逾期公布）" if row.is_late else ""
        return [
            ("社区（村）", row.community, reverse("money", args=[row.community.code12])), ("期间", f"{row.start} 至 {row.end}"),
            ("周期", row.get_kind_display()), ("公布期限", row.due_on),
            ("公布", f"{row.published_label} {row.published_at:%Y-%m-%d}{late}" if row.published_at else "—"), *public,
        ]  # fmt: skip

    def events(self) -> list:
        """What happened."""
        return selectors.history(self.object.thread)

    def extra_context(self) -> dict:
        """The snapshot, or what it would be now."""
        row = self.object
        done = row.status == DisclosureStatus.PUBLISHED
        return {"figures": row.snapshot if done else figures_of(row.community, row.span), "is_preview": not done}


class DisclosureAction(ActionView):
    """/disclosures/<pk>/actions/<action>/"""

    model, flow = Disclosure, DISCLOSURE_FLOW
    messages_by_action = {"publish": "已公布，居民现在就能看到。"}

    def get_queryset(self):
        """With its community."""
        return Disclosure.objects.select_related("community")

    def run(self, action, note, version):
        """Publish; the sweep alone lapses."""
        if action == "publish":
            return services.disclosure_publish(disclosure=self.object, by=self.actor, version=version, note=note)
        return super().run(action, note, version)


class QuestionListPage(ListPage):
    """/money-questions/"""

    title, icon, model, permission = "经费提问", "help", MoneyQuestion, "money_question.view"
    subtitle = "居民在公开页提出，不留姓名；答复后公开"
    columns, filterset_class = QUESTION_COLUMNS, QuestionFilter
    empty_title, empty_text = "没有提问", "居民在公开页提问后，列在这里。"

    def get_queryset(self):
        """With its place and limit."""
        return MoneyQuestion.objects.with_due().select_related("community", "street")


class QuestionPage(DetailPage):
    """/money-questions/<pk>/"""

    model, flow, icon, permission = MoneyQuestion, QUESTION_FLOW, "help", "money_question.view"
    template_name = "funding/disclosure/question.html"
    title = "经费提问"

    def get_queryset(self):
        """With its place."""
        return MoneyQuestion.objects.select_related("community", "street")

    def crumbs(self) -> list:
        """From the list."""
        return [("经费提问", reverse("money-questions")), (f"提问 {self.object.pk}", "")]

    def clock(self) -> dict | None:
        """Until when it is to be answered."""
        row = deadline_of("moneyquestion", self.object.pk)
        if row is None:
            return None
        return {
            "due_at": row.due_at,
            "started_at": row.starts_at,
            "state": "running",
            "provisional": row.provisional,
            "label": "答复",
        }

    def moves(self) -> list:
        """The field is for the answer, or for the reason."""
        words = {"answer": "答复", "decline": "理由（不公开）"}
        return [
            {"name": step.name, "label": step.label, "icon": step.icon, "hint": step.hint, "tone": step.tone,
             "needs_note": True, "note_label": words[step.name]}
            for step in super().moves()
        ]  # fmt: skip

    def facts(self) -> list:
        """Where and when."""
        row = self.object
        return [
            ("社区（村）", row.community, reverse("money", args=[row.community.code12])), ("提问时间", row.asked_at),
            ("答复", row.answered_label or "—"),
        ]  # fmt: skip

    def events(self) -> list:
        """What happened."""
        return selectors.history(self.object.thread)


class QuestionAction(ActionView):
    """/money-questions/<pk>/actions/<action>/"""

    model, flow = MoneyQuestion, QUESTION_FLOW
    messages_by_action = {"answer": "已答复并公开。", "decline": "已记录，不公开。"}

    def run(self, action, note, version):
        """Answer or decline."""
        return services.question_step(question=self.object, action=action, by=self.actor, note=note, version=version)
