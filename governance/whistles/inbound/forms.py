"""What a person fills in about a mail in quarantine."""

from django import forms

from governance.kernel.ui.forms import PortalForm

from ..models import Ticket


def ticket_label(ticket: Ticket) -> str:
    """Enough to tell tickets apart."""
    return (
        f"{ticket.whistle.number} {ticket.department.short_name}（{ticket.get_status_display()}）{ticket.whistle.title}"
    )


class ReleaseForm(PortalForm):
    """Which ticket the mail belongs to; ``tickets`` are the choices."""

    ticket = forms.TypedChoiceField(label="放行到哪件工单", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args, tickets: list[Ticket], **kwargs):
        super().__init__(*args, **kwargs)
        self.tickets = {ticket.pk: ticket for ticket in tickets}
        self.fields["ticket"].choices = [(ticket.pk, ticket_label(ticket)) for ticket in tickets]
        if len(tickets) == 1:
            self.fields["ticket"].initial = tickets[0].pk

    def clean_ticket(self) -> Ticket:
        """The ticket itself."""
        return self.tickets[self.cleaned_data["ticket"]]


class DiscardForm(PortalForm):
    """Why a mail is put aside."""

    reason = forms.CharField(label="舍弃的理由", max_length=120, widget=forms.Textarea(attrs={"rows": 3}))
