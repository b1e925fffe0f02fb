"""/outbox/: mails that could not be delivered, and a button to try again."""

from django.urls import reverse

from governance.kernel.outbox import MailState, OutboxMail, mail_retry
from governance.kernel.ui.views import ActionView, Column, ListPage

from .selectors import departments_without_address, outbox_counts, outbox_mails

TABS = ((MailState.DEAD, "未能送达"), (MailState.PENDING, "待发送"), (MailState.DIGEST, "待并入摘要"))


class Outbox(ListPage):
    """Dead mails first: somebody has to look at them."""

    title, icon, permission = "未送达邮件", "mail", "mail.outbox"
    subtitle = "地址有误或对方服务器拒收的邮件；改正后重发。"
    template_name = "governance/mail/outbox.html"
    model, exportable = OutboxMail, False
    empty_title, empty_text = "没有这样的邮件", "邮件都已送出。"
    columns = [
        Column("subject", "邮件", primary=True),
        Column("state", "状态", kind="status"),
        Column("to_name", "收件单位"),
        Column("to_address", "地址"),
        Column("attempts", "次数", kind="number"),
        Column("last_error", "最近的错误"),
        Column("not_before", "下次发送", kind="datetime", wide=True),
        Column("created_at", "生成", kind="datetime", wide=True),
        Column("pk", "处理", template="governance/mail/_retry.html"),
    ]

    @property
    def current_tab(self) -> str:
        """The state that the address asks for."""
        wanted = self.request.GET.get("state", "")
        return wanted if wanted in dict(TABS) else MailState.DEAD

    def get_queryset(self):
        """Mails of the chosen state."""
        return outbox_mails().filter(state=self.current_tab)

    def tabs(self) -> list[dict]:
        """One tab per state."""
        counts = outbox_counts()
        return [
            {"key": state, "label": label, "url": f"?state={state}", "count": counts[state]} for state, label in TABS
        ]

    def extra_context(self) -> dict:
        """Departments that cannot be written to at all."""
        return {"unreachable": departments_without_address()[:20]}


class OutboxRetry(ActionView):
    """Try a dead mail again."""

    model, permission, action = OutboxMail, "mail.outbox", "retry"

    def get_queryset(self):
        """Any mail."""
        return outbox_mails()

    def run(self, action: str, note: str, version: int | None) -> None:
        """Put it back into the queue."""
        mail_retry(mail=self.object)

    def success_url(self, result) -> str:
        """The list."""
        return reverse("outbox")

    def done_message(self, action: str) -> str:
        """What to say."""
        return f"“{self.object.subject}”已重新排队发送。"
