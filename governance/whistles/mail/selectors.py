"""Reading the outbox: for those who look after mails that could not be delivered."""

from django.db.models import Count, QuerySet

from governance.kernel.actor import Actor
from governance.kernel.outbox import MailState, OutboxMail
from governance.kernel.permission import permits
from governance.kernel.scope import ScopedQuerySet
from governance.territory.models import Department


class OutboxQuerySet(ScopedQuerySet):
    """Mails in and out of the queue, without the links that are filled in only while sending."""

    def visible_to(self, actor: Actor) -> "OutboxQuerySet":
        return self.all() if permits(actor, "mail.outbox") else self.none()


def outbox_mails() -> OutboxQuerySet:
    """All mails, without their bodies."""
    return OutboxQuerySet(OutboxMail).defer("text", "html")


def outbox_counts() -> dict[str, int]:
    """How many mails are dead, pending and waiting for a digest."""
    states = [MailState.DEAD, MailState.PENDING, MailState.DIGEST]
    rows = OutboxMail.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("id"))
    return dict.fromkeys(states, 0) | dict(rows)


def departments_without_address() -> QuerySet[Department]:
    """Departments that no mail can reach."""
    return Department.objects.active().filter(email="").order_by("code")
