"""What the signboards are asked: which list is in force, whether a board may hang, how many hang already."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from communities.admission.models import AdmissionItem
from communities.admission.states import CatalogueStatus, ItemClass, ItemForm, Place
from governance.kernel.audit import AuditEvent
from governance.territory.choices import VillageType
from governance.territory.models import Division

from .models import Signboard, SignboardCatalogue, SignboardType
from .rules import Seen
from .states import SignboardStatus

RURAL = (VillageType.VILLAGERS, VillageType.LIKE_VILLAGERS)


def place_of(community: Division) -> Place:
    """Urban for residents' committees, rural for villagers'."""
    return Place.RURAL if community.village_type in RURAL else Place.URBAN


@dataclass
class Lists:
    """The lists in force on one day with their entries, read once; answers whether a board may hang."""

    day: date
    by_place: dict[str, SignboardCatalogue] = field(default_factory=dict)
    entries: dict[str, dict[str, SignboardType]] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date) -> "Lists":
        """Read them (two statements)."""
        lists = cls(day)
        for row in SignboardCatalogue.objects.filter(in_force_from__lte=day).order_by("in_force_from"):
            lists.by_place[row.place] = row
        places = {row.pk: place for place, row in lists.by_place.items()}
        for entry in SignboardType.objects.filter(catalogue__in=places):
            lists.entries.setdefault(places[entry.catalogue_id], {})[entry.name] = entry
        return lists

    def cap(self, community: Division) -> int:
        """How many boards this community may have; 0 without a list."""
        found = self.by_place.get(place_of(community))
        return found.cap if found else 0

    def entry(self, community: Division, name: str) -> SignboardType | None:
        """The entry of that name in the community's list."""
        return self.entries.get(place_of(community), {}).get(name)

    def same(self, community: Division, entry: SignboardType | None) -> SignboardType | None:
        """The entry of the list in force that continues ``entry`` of any year's list."""
        own = self.entries.get(place_of(community), {}).values()
        return next((row for row in own if entry and row.code == entry.code), None)

    def objection(self, community: Division, entry: SignboardType | None, item: AdmissionItem | None) -> str:
        """Why a board may not be registered; "" when it may."""
        place = place_of(community)
        if place not in self.by_place:
            return "没有施行的牌子名录。"
        if entry and entry.catalogue_id == self.by_place[place].pk:
            return ""
        if item is None:
            return "不在现行名录内，也没有准入号。"
        return item_objection(item, community, self.day)


def item_objection(item: AdmissionItem, community: Division, day: date) -> str:
    """Why an admission item does not admit a board there on that day; "" when it does."""
    if item.form != ItemForm.SIGNBOARD or item.klass == ItemClass.FORBIDDEN:
        return f"准入号 {item.code} 不是挂牌事项。"
    if item.catalogue.status == CatalogueStatus.DRAFT:
        return f"准入号 {item.code} 尚未印发。"
    if item.place != place_of(community):
        return f"准入号 {item.code} 不适用于此类社区（村）。"
    if not item.is_in_force(day):
        return f"准入号 {item.code} 在 {day:%Y-%m-%d} 不在有效期内。"
    if item.unit_id not in (None, community.unit_id):
        return f"准入号 {item.code} 限于其他区县。"
    return ""


def registered_count(community: Division) -> int:
    """How many boards count towards the community's cap."""
    return Signboard.objects.filter(community=community).registered().count()


def seen(board: Signboard, lists: Lists) -> Seen:
    """A board as the comparison sees it; wants community, entry and item with its catalogue at hand."""
    entry = lists.same(board.community, board.entry)
    admitted = not lists.objection(board.community, entry, board.item)
    klass = entry.klass if entry else ("work" if admitted else "")
    return Seen(board.pk, board.department_id, klass, admitted, board.first_hung_on)


def merge_groups(boards: list[Signboard]) -> list[int]:
    """The departments that have several boards at one community that could be one."""
    counted = Counter(
        (board.community_id, board.department_id)
        for board in boards
        if board.status in (SignboardStatus.REGISTERED, SignboardStatus.DOUBTFUL)
        and not (board.entry and board.entry.klass == "statutory")
    )
    return [department for (_community, department), count in counted.items() if count > 1]


def history(thread: str) -> list[dict]:
    """The case's events as the timeline component takes them, newest first."""
    events = AuditEvent.objects.filter(thread=thread).order_by("-id")[:100]
    return [
        {"at": event.at, "title": event.label or event.action, "body": event.note, "who": event.actor_label,
         "tone": "neutral", "icon": "dot"}
        for event in events
    ]  # fmt: skip
