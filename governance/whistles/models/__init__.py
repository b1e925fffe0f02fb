"""The tables of the whistle loop."""

from .answers import Card, Comment, Consultation, Extension, Hold, Objection, TicketReport
from .inbound import InboundMail, MailboxMessage
from .rating import Rating, RatingAppeal, RatingRelease
from .scorecard import AnnualAssessment, Scorecard
from .ticket import Ticket
from .whistle import Proposal, Whistle

__all__ = [
    "AnnualAssessment",
    "Card",
    "Comment",
    "Consultation",
    "Extension",
    "Hold",
    "InboundMail",
    "MailboxMessage",
    "Objection",
    "Proposal",
    "Rating",
    "RatingAppeal",
    "RatingRelease",
    "Scorecard",
    "Ticket",
    "TicketReport",
    "Whistle",
]
