"""The pages of one whistle and of one ticket."""

from django.db.models import Q
from django.urls import reverse

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import DetailPage

from ..forms import ticket_actions, whistle_actions
from ..models import Card, Ticket, Whistle
from ..selectors.ratings import rating_face
from ..selectors.tickets import clocks_attach, ticket_rows
from ..selectors.timeline import files_of, timeline_of
from ..selectors.whistles import whistle_rows
from ..states import TICKET_ENDED, TicketStatus, WhistleStatus

WORK = ("reports", "holds", "consultations")  # there is none before a department has reported in


def _buttons(specs, prefix: str) -> list[dict]:
    """Actions as the button component takes them: small ones under the button, others as a link to their page."""
    return [
        {
            "name": spec.name, "label": spec.label, "icon": spec.icon, "hint": spec.hint, "needs_note": spec.needs_note,
            "tone": spec.tone,
            "url": f"{prefix}{spec.name}/", "link": not spec.inline,
        }
        for spec in specs
    ]  # fmt: skip


def _file(stored) -> dict:
    """A stored file as the list component takes it."""
    url = stored.get_absolute_url()
    return {"name": stored.name, "url": url, "size": stored.size, "thumbnail_url": url if stored.is_photo else ""}


class WhistlePage(DetailPage):
    """/whistles/<pk>/"""

    model = Whistle
    icon = "whistle"
    template_name = "governance/whistles/whistle.html"

    def get_queryset(self):
        """With its parts and its ties to other whistles."""
        return whistle_rows(self.actor).select_related(
            "street", "unit", "community", "grid", "category__parent", "created_by", "merged_into", "recurrence_of"
        )

    def head(self) -> dict:
        """Title and place first."""
        whistle = self.object
        place = " · ".join(str(part) for part in (whistle.street, whistle.community, whistle.place) if part)
        return super().head() | {"title": whistle.title, "subtitle": f"{whistle.number or '草稿'} · {place}"}

    def crumbs(self) -> list:
        """From the list."""
        return [("哨单", reverse("whistles")), (self.object.number or "草稿", "")]

    def moves(self) -> list:
        """What can be done now; a draft can be edited first."""
        url = self.object.get_absolute_url()
        moves = _buttons(whistle_actions.available_actions(self.object, self.actor), url)
        if self.object.status == WhistleStatus.DRAFT and self.may("whistle.edit", self.object):
            moves.append(
                {
                    "name": "edit",
                    "label": "继续填写",
                    "tone": "neutral",
                    "icon": "edit",
                    "url": f"{url}edit/",
                    "link": True,
                }
            )
        return moves

    def facts(self) -> list:
        """What is known about it."""
        whistle = self.object
        return [
            ("情形", whistle.get_scene_display()),
            ("事项分类", f"{whistle.category.parent or ''} / {whistle.category}"),
            ("来源", whistle.get_source_display()),
            ("层级", whistle.get_tier_display()),
            ("街道", whistle.street, whistle.street.get_absolute_url()),
            ("社区（村）", whistle.community),
            ("网格", whistle.grid),
            ("涉及户数", whistle.households or "—"),
            ("法规依据", whistle.legal_basis or "—"),
            ("期望到场", datetime_cn(whistle.expected_at)),
            ("经办人", whistle.created_by),
            ("提交时间", datetime_cn(whistle.submitted_at)),
            ("派发时间", datetime_cn(whistle.dispatched_at)),
        ]

    def events(self) -> list:
        """What happened."""
        return timeline_of(self.object, self.actor)

    def extra_context(self) -> dict:
        """Tickets, proposals, files and ties."""
        whistle = self.object
        clocks_attach(whistle.parts)
        self._cards()
        return self._ties() | {
            "whistle": whistle,
            "parts": whistle.parts,
            "proposals": [] if whistle.parts else whistle.proposals.select_related("department").order_by("-role"),
            "files": [_file(stored) for stored in files_of(whistle, self.actor)],
        }

    def _cards(self) -> None:
        """Put the cards that still hold on the parts that the actor sees."""
        seen = {part.pk: part for part in self.object.parts if part.seen}
        for part in seen.values():
            part.shown_cards = []
        for card in Card.objects.filter(ticket__in=seen, is_revoked=False).order_by("id") if seen else ():
            seen[card.ticket_id].shown_cards.append(card)

    def _ties(self) -> dict:
        """The whistles that this one went into, came back from, took in or was followed by, as far as they are seen."""
        whistle = self.object
        origins = (whistle.merged_into_id, whistle.recurrence_of_id)
        near = Q(merged_into=whistle) | Q(recurrence_of=whistle) | Q(pk__in=[pk for pk in origins if pk])
        rows = list(Whistle.objects.visible_to(self.actor).filter(near))
        return {
            "merged": [row for row in rows if row.merged_into_id == whistle.pk],
            "recurrences": [row for row in rows if row.recurrence_of_id == whistle.pk],
            "ties": {row.pk for row in rows if row.pk in origins},
        }


class TicketPage(DetailPage):
    """/tickets/<pk>/"""

    model = Ticket
    icon = "inbox"
    template_name = "governance/whistles/ticket.html"

    def get_queryset(self):
        """With everything around it."""
        return ticket_rows().select_related(
            "whistle__category__parent", "whistle__recurrence_of", "department", "station", "street", "unit", "community",
            "category", "superior", "extension", "objection", "objection__suggested", "objection__new_ticket",
        ).prefetch_related("cards")  # fmt: skip

    def head(self) -> dict:
        """What and where."""
        ticket, whistle = self.object, self.object.whistle
        place = " · ".join(str(part) for part in (ticket.street, ticket.community, whistle.place) if part)
        return super().head() | {"title": whistle.title, "subtitle": f"{whistle.number} · {place}"}

    def crumbs(self) -> list:
        """Through the whistle, where it is seen."""
        ticket = self.object
        return [
            ("部门工单", reverse("tickets")), (ticket.whistle.number, ticket.whistle.get_absolute_url()),
            (str(ticket.department), ""),
        ]  # fmt: skip

    def clock(self) -> dict | None:
        """Whose clock runs."""
        clocks_attach([self.object])
        return self.object.clock

    def moves(self) -> list:
        """What this actor can do now."""
        specs = ticket_actions.available_actions(self.object, self.actor)
        return _buttons(specs, self.object.get_absolute_url())

    def facts(self) -> list:
        """Who, which part, since when."""
        ticket, whistle = self.object, self.object.whistle
        return [
            ("承办部门", ticket.department), ("分工", ticket.get_role_display()),
            ("驻街道机构", ticket.station), ("上级部门", ticket.superior),
            ("情形", whistle.get_scene_display()), ("事项分类", ticket.category),
            ("派发", datetime_cn(ticket.created_at)), ("签收", datetime_cn(ticket.accepted_at)),
            ("联系街道", datetime_cn(ticket.contacted_at)), ("报到", self._arrival()),
            ("报办结", datetime_cn(ticket.done_at)), ("核实", datetime_cn(ticket.verified_at)),
            ("办结", datetime_cn(ticket.closed_at)), ("返工", f"{ticket.rework_count} 次" if ticket.rework_count else "无"),
        ]  # fmt: skip

    def _arrival(self) -> str:
        ticket = self.object
        if not ticket.arrived_at:
            return "—"
        return f"{datetime_cn(ticket.arrived_at)} {ticket.get_arrive_mode_display()} {ticket.arrived_by}".strip()

    def events(self) -> list:
        """What happened on this ticket and to the whistle as a whole."""
        return timeline_of(self.object.whistle, self.actor, ticket=self.object)

    def extra_context(self) -> dict:
        """Answers, decisions, cards, the rating as far as it is open to this actor, files."""
        ticket, whistle = self.object, self.object.whistle
        rated = ticket.status == TicketStatus.CLOSED
        return {
            "ticket": ticket,
            "whistle": whistle,
            "ended": ticket.status in TICKET_ENDED,
            "cards": ticket.cards.all(),
            "may_revoke": self.may("card.revoke", ticket),
            "may_appeal": self.may("rating.appeal", ticket),
            "may_excuse": not ticket.is_excluded and self.may("score.excuse", ticket),
            "face": rating_face(ticket=ticket, actor=self.actor) if rated else None,
            "tells_rater": not self.actor.posts_in(*DEPT_ROLES),
            "files": [_file(stored) for stored in files_of(whistle, self.actor, ticket=ticket)],
            **({name: getattr(ticket, name).all() for name in WORK} if ticket.arrived_at else {}),
        }
