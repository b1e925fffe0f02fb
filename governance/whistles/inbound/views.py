"""/quarantine/: what came in and could not be trusted or read; release to a ticket, or discard with a reason."""

from django.http import Http404
from django.urls import reverse

from governance.kernel.ui.formats import filesize_cn
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage

from ..models import InboundMail
from ..models.inbound import InboundState
from .filters import InboundFilter
from .forms import DiscardForm, ReleaseForm
from .headers import header
from .mime import letter_of, veil
from .parse import understand
from .quarantine import PERMISSION, candidates, inbound_discard, inbound_release
from .quotes import own_text

SHOWN = ("From", "To", "Cc", "Date", "Subject", "Message-ID", "Reply-To", "Authentication-Results", "Received-SPF")
MOST = 20_000  # characters of a mail's text on the page


class QuarantineList(ListPage):
    """Waiting mails first; all others by filter."""

    title, icon, permission = "来信与隔离", "shield", PERMISSION
    subtitle = "无法确认发件人或无法处理的来信，在这里放行或舍弃；其他来信可按状态查找。"
    model, filterset_class = InboundMail, InboundFilter
    export_name = "来信"
    empty_title, empty_text = "没有被隔离的来信", "来信都已认出发件人并处理。"
    columns = [
        Column("subject", "来信", primary=True, render=lambda row: row.subject or "（无标题）"),
        Column("state", "状态", kind="status"),
        Column("reason", "原因"),
        Column("sender", "发件人"),
        Column("understood", "理解为", wide=True),
        Column("received_at", "收到", kind="datetime", sort="received_at"),
    ]

    def get_queryset(self):
        """Without the mails themselves."""
        return InboundMail.objects.defer("raw")


class QuarantineMail(DetailPage):
    """One mail: where it came from, what it says, what it would be taken for."""

    model, permission, icon = InboundMail, PERMISSION, "mail"
    template_name = "governance/inbound/mail.html"
    badge_field = ""

    def crumbs(self) -> list:
        """Back to the list."""
        return [("来信与隔离", reverse("quarantine")), (str(self.object), "")]

    def facts(self) -> list:
        """The envelope and what became of it."""
        mail = self.object
        return [
            ("收到", f"{mail.received_at.astimezone():%Y-%m-%d %H:%M:%S}"),
            ("状态", mail.get_state_display()),
            ("原因", mail.reason or "—"),
            ("信封发件人", mail.envelope_from or "（空）"),
            ("发件人", mail.sender or "（缺失或不止一个）"),
            ("理解为", mail.understood or "—"),
            ("大小", filesize_cn(len(mail.raw))),
            ("处理次数", mail.attempts),
        ]

    def extra_context(self) -> dict:
        """Headers, text and files; all of it is plain text on the page."""
        letter = letter_of(bytes(self.object.raw))
        text = own_text(letter.text)
        return {
            "headers": [(name, veil(value)) for name in SHOWN if (value := header(letter.message, name))],
            "text": letter.text[:MOST],
            "own": text[:MOST],
            "label": understand(text).label,
            "files": [(name, len(content)) for name, content in letter.files],
            "badge": InboundState(self.object.state),
            "waiting": self.object.state == InboundState.QUARANTINE,
        }


class _Decision(FormPage):
    """A form about a mail that still waits."""

    model, permission = InboundMail, PERMISSION

    def get_object(self):
        """A mail that was decided is not to be decided again."""
        mail = super().get_object()
        if mail.state != InboundState.QUARANTINE and self.request.method == "GET":
            raise Http404("这封来信已经处理过了。")
        return mail

    def crumbs(self) -> list:
        """List, mail, this."""
        return [
            ("来信与隔离", reverse("quarantine")),
            (str(self.object), self.object.get_absolute_url()),
            (self.title, ""),
        ]


class QuarantineRelease(_Decision):
    """Choose the ticket and let the mail act."""

    title, icon, submit_label = "放行来信", "check", "放行"
    form_class, template_name = ReleaseForm, "governance/inbound/release.html"
    consequence = "来信将按承办部门本人的回复处理，并向该部门登记的邮箱发送确认；放行记入审计。"
    success_message = "已放行。"

    @property
    def query(self) -> str:
        """What the person searches for."""
        return self.request.GET.get("q", "").strip()[:60]

    def form_kwargs(self) -> dict:
        """Tickets to choose from."""
        return {"tickets": candidates(self.object, self.actor, self.query)}

    def run(self, form):
        """Release."""
        return inbound_release(mail=self.object, ticket=form.cleaned_data["ticket"], by=self.actor)

    def extra_context(self) -> dict:
        """The search stays filled in."""
        return {"query": self.query}


class QuarantineDiscard(_Decision):
    """Put the mail aside."""

    title, icon, submit_label = "舍弃来信", "trash", "舍弃"
    form_class = DiscardForm
    consequence = "来信不再处理，原件保留可查；舍弃记入审计。"
    success_message = "已舍弃。"

    def run(self, form):
        """Discard."""
        return inbound_discard(mail=self.object, by=self.actor, reason=form.cleaned_data["reason"])
