"""/mailbox/: the departments' mailboxes of the demo. Without sign-in, and only in demo mode."""

import uuid

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from governance.kernel import clock
from governance.kernel.errors import DomainError
from governance.kernel.idempotency import run_once
from governance.kernel.outbox import MailState, OutboxMail
from governance.territory.models import Department

from ..models import MailboxMessage
from .forms import FILLS, ReplyForm
from .services import ANSWER_PATH, answer_path, mailbox_reply, outbox_release, root_of

BOXES, MESSAGES = 60, 200  # rows on one page


class DemoView(View):
    """404 outside the demo."""

    def dispatch(self, request, *args, **kwargs):
        """Refuse where real mail is sent."""
        if not settings.DEMO:
            raise Http404
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


def _boxes(words: str) -> list[dict]:
    """Mailboxes that got mail, the unread and the latest first; ``words`` searches address and department."""
    rows = MailboxMessage.objects.order_by().values("address")
    if words:
        named = Department.objects.filter(Q(name__icontains=words) | Q(short_name__icontains=words)).values("email")
        rows = rows.filter(Q(address__icontains=words) | Q(address__in=named))
    counted = rows.annotate(total=Count("id"), unread=Count("id", filter=Q(is_read=False)), latest=Max("received_at"))
    boxes = list(counted.order_by("-latest")[:BOXES])
    names = dict(
        Department.objects.filter(email__in=[box["address"] for box in boxes]).values_list("email", "short_name")
    )
    return [{**box, "name": names.get(box["address"], box["address"])} for box in boxes]


def _threads(address: str) -> list[dict]:
    """A mailbox's conversations, the latest first."""
    threads: dict[str, dict] = {}
    for message in MailboxMessage.objects.filter(address=address).order_by("-id")[:MESSAGES]:
        thread = threads.setdefault(root_of(message), {"latest": message, "count": 0, "unread": 0})
        thread["count"] += 1
        thread["unread"] += not message.is_read
    return list(threads.values())


def _held() -> int:
    return OutboxMail.objects.filter(state=MailState.PENDING, not_before__gt=clock.now(), attempts=0).count()


class Mailbox(DemoView):
    """The list of mailboxes, or the conversations of one (``?box=``)."""

    def get(self, request):
        """Show it."""
        box, words = request.GET.get("box", "")[:250], request.GET.get("q", "").strip()[:40]
        names = {"words": words, "box": box, "held": _held(), "released": request.GET.get("released", "")}
        if box:
            owner = Department.objects.filter(email=box).first()
            names |= {"threads": _threads(box), "owner": owner.name if owner else box}
        else:
            names["boxes"] = _boxes(words)
        return render(request, "governance/mailbox/list.html", names)


class Message(DemoView):
    """One conversation, and the answer to its message."""

    def setup(self, request, *args, **kwargs):
        """Fetch nothing yet."""
        super().setup(request, *args, **kwargs)
        self.message = None

    def get(self, request, pk: int):
        """Show the conversation; like any mail program this marks it as read."""
        self.message = get_object_or_404(MailboxMessage, pk=pk)
        fill = FILLS.get(request.GET.get("fill", ""))
        return self.show(ReplyForm(initial={"first": fill[1], "body": fill[2]} if fill else None))

    def post(self, request, pk: int):
        """Send the reply over SMTP."""
        self.message = get_object_or_404(MailboxMessage, pk=pk)
        form = ReplyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            self.send_once(form)
        except DomainError as error:
            form.errors_from(error)
            return self.show(form, 409)
        return HttpResponseRedirect(f"{reverse('mailbox-message', args=[pk])}?sent=1")

    def send_once(self, form) -> None:
        """A second click sends nothing: photos would make it another mail to the portal."""
        data, key = form.cleaned_data, form.key or str(uuid.uuid4())
        body = "\n".join(part for part in (data["first"], data["body"]) if part)
        photos = [(file.name, file.read()) for file in data["photos"]]
        said = {"body": body, "photos": [(name, len(content)) for name, content in photos]}
        run_once(
            owner=f"mailbox:{self.message.pk}", endpoint="mailbox.reply", key=key, body=said,
            effect=lambda: mailbox_reply(message=self.message, body=body, key=key, photos=photos).pk,
        )  # fmt: skip

    def show(self, form, status: int = 200):
        """Draw it."""
        root, box = root_of(self.message), self.message.address
        rows = MailboxMessage.objects.filter(address=box).order_by("-id")[:MESSAGES]
        thread = [row for row in rows if root_of(row) == root]
        MailboxMessage.objects.filter(pk__in=[row.pk for row in thread], is_read=False).update(is_read=True)
        for row in thread:
            row.path, row.shown = answer_path(row), ANSWER_PATH.sub("（见“打开办理链接”按钮）", row.text)
            row.is_sent = "Sent" in row.headers
        owner = Department.objects.filter(email=box).first()
        names = {
            "message": self.message, "thread": thread, "form": form, "box": box, "owner": owner.name if owner else box,
            "fills": [(name, label) for name, (label, *_) in FILLS.items()], "sent": "sent" in self.request.GET,
            "path": next((row.path for row in thread if row.path), ""),
        }  # fmt: skip
        return render(self.request, "governance/mailbox/message.html", names, status=status)


class Release(DemoView):
    """Let the quiet hours pass."""

    http_method_names = ["post"]

    def post(self, request):
        """Release and go back."""
        return HttpResponseRedirect(f"{reverse('mailbox')}?released={outbox_release()}")
