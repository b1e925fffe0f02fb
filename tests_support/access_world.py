"""Objects of every kind in five relations to the cast's home street, for the access matrix.

own: the home street, its first community · child: another community of it · sibling: the next street of the district ·
parent: a matter of the home street that the superior (city) department answers · foreign: another district.
"""

from datetime import timedelta
from types import SimpleNamespace

from governance.accounts.models import Appointment, User
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile, file_store
from governance.kernel.links import link_for, token_of
from governance.kernel.outbox import OutboxMail
from governance.territory.batches import ImportBatch
from governance.territory.models import Category, Division
from governance.whistles import services
from governance.whistles.models import (
    Card,
    InboundMail,
    MailboxMessage,
    Rating,
    RatingAppeal,
    Scorecard,
    Ticket,
    Whistle,
)
from governance.whistles.services.scores import scorecards_refresh

from . import access_applications, photos, signboards, stories
from .access_gate import gate_build
from .access_parts import PARTS

RELATIONS = ("own", "child", "sibling", "parent", "foreign")
PERIOD = "2026Q4"


def _actor(role: str, street: Division, user: User, department=None) -> Actor:
    """Somebody with one post, whether or not the cast has him."""
    post = Post(role=role, unit_id=street.unit_id, street_id=street.pk, department_id=department and department.pk)
    return Actor(label=f"{street.name} {role}", user_id=user.pk, posts=(post,))


def _setting(relation: str) -> tuple[Division, object, Division]:
    """Street, lead department and community of a relation."""
    street = stories.street({"sibling": stories.SIBLING, "foreign": stories.FOREIGN}.get(relation, stories.STREET))
    lead = stories.departments(street)[0]
    places = list(Division.objects.filter(street=street).order_by("code12")[:2])
    return street, (lead.superior if relation == "parent" else lead), places[1 if relation == "child" else 0]


def _people(street: Division, lead, user: User) -> SimpleNamespace:
    return SimpleNamespace(
        staff=_actor(Role.STREET_STAFF, street, user), leader=_actor(Role.STREET_LEADER, street, user),
        dept=_actor(Role.DEPT_HANDLER, street, user, lead), adjudicator=_actor(Role.ADJUDICATOR, street, user),
    )  # fmt: skip


def _ticket(relation: str, people: SimpleNamespace, category: Category) -> Ticket:
    """A dispatched matter of that relation, with a photo."""
    street, lead, community = _setting(relation)
    content = stories.content(street, lead=lead, assistants=(), community=community, category=category)
    row = services.whistle_blow(by=people.staff, street=street, content=content)
    file_store(subject=row, thread=row.thread, name="现场.jpg", content=photos.jpeg(), by=people.staff)
    row = services.whistle_approve(whistle=row, by=people.leader)
    row = services.whistle_dispatch(whistle=row, by=people.staff)
    return row.tickets.select_related("whistle", "department").get()


def _draft(relation: str, people: SimpleNamespace) -> Whistle:
    street, lead, community = _setting(relation)
    content = stories.content(street, lead=lead, assistants=(), community=community)
    return services.whistle_blow(by=people.staff, street=street, content=content, draft=True)


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """``world.tickets["own"]`` and so on; committed by the caller's connection."""
    world = SimpleNamespace(tickets={}, drafts={}, files={}, ratings={}, appeals={}, cards={}, links={}, cast=cast)
    categories = list(Category.objects.exclude(parent=None).order_by("code")[:2])
    for relation in RELATIONS:
        street, lead, _ = _setting(relation)
        people = _people(street, lead, cast.foreign_staff if relation == "foreign" else cast.staff)
        ticket = world.tickets[relation] = _ticket(relation, people, categories[0])
        world.drafts[relation] = _draft(relation, people)
        world.files[relation] = StoredFile.objects.get(thread=ticket.whistle.thread)
        world.links[relation] = token_of(
            link_for(subject_type="ticket", subject_id=ticket.pk, recipient=lead.email or "nobody@portal.example")
        )
        rated = stories._TICKET["closed"](people, _ticket(relation, people, categories[1]))
        rating = world.ratings[relation] = Rating.objects.get(ticket=rated)
        world.appeals[relation] = RatingAppeal.objects.create(
            rating=rating, ticket=rated, grounds="事实不符", filed_by="部门"
        )
        world.cards[relation] = Card.objects.create(
            ticket=ticket, department=lead, unit_id=street.unit_id, colour="red", reason="overdue", stage="accept"
        )
    gate_build(world, RELATIONS, _setting, _people)
    access_applications.build(world, RELATIONS, _setting, _people)
    signboards.build(world, _setting)
    for part in PARTS:
        part.build(world, RELATIONS, _setting, _people)
    _singles(world)
    return world


def _singles(world: SimpleNamespace) -> None:
    """Things that belong to no place."""
    scorecards_refresh(period=PERIOD)
    world.outbox = OutboxMail.objects.order_by("id").first()
    OutboxMail.objects.filter(pk=world.outbox.pk).update(state="dead")
    world.inbound = InboundMail.objects.create(
        message_id="<a@b>", body_hash="0", sender="a@b.example", subject="来信", raw=b"From: a@b.example\r\n\r\nx",
        state="quarantine", not_before=clock.now() + timedelta(days=1),
    )  # fmt: skip
    world.mailbox = MailboxMessage.objects.create(
        address="a@b.example", message_id="<c@d>", sender="x@y.example", subject="信"
    )
    world.batch = ImportBatch.objects.create(
        kind="departments", filename="a.csv", digest="0", created_by=world.cast.sysadmin,
        summary={"rows": 0, "ignored": [], "actions": []},
    )  # fmt: skip
    world.event = AuditEvent.objects.order_by("id").first()


def user_of(world: SimpleNamespace, relation: str) -> User:
    """A person in that relation."""
    names = {
        "own": "staff",
        "child": "community",
        "sibling": "sibling_staff",
        "parent": "social",
        "foreign": "foreign_staff",
    }
    return getattr(world.cast, names[relation])


def division_of(relation: str) -> Division:
    """A place in that relation."""
    street, _, community = _setting(relation)
    return {"child": community, "parent": street.parent}.get(relation, street)


def department_of(relation: str):
    """A department in that relation: the lead, its station, its neighbour, its superior, another district's."""
    home = stories.departments(stories.street())
    if relation == "child":
        return Ticket.objects.exclude(station=None).filter(department=home[0]).first().station
    if relation == "sibling":
        return home[1]
    return _setting(relation)[1]


def appointment_of(world: SimpleNamespace, relation: str) -> Appointment:
    """An appointment in that relation."""
    return Appointment.objects.get(user=user_of(world, relation))


def scorecard_of(relation: str) -> Scorecard | None:
    """The card of the relation's department."""
    return Scorecard.objects.filter(department=department_of(relation), period=PERIOD).first()
