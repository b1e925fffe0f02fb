"""Checks that need the database: places within reach, departments, entries, admission numbers, doubles and the caps."""

from collections import Counter
from datetime import date

from communities.admission.models import AdmissionItem
from governance.accounts.roles import STREET_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.sheets import SheetRow, Table
from governance.territory.choices import Level
from governance.territory.models import Department, Division

from ..models import Signboard
from ..selectors import Lists
from ..services.boards import BoardFacts
from ..states import SignboardStatus


class Context:
    """Everything that the rows refer to, read once."""

    def __init__(self, rows: list[SheetRow], by: Actor):
        def column(name: str) -> set[str]:
            return {row.values[name] for row in rows if row.values.get(name)}

        self.today = clock.today()
        self.lists = Lists.on(self.today)
        self.communities = Division.objects.in_bulk(column("community_code"), field_name="code12")
        self.departments = Department.objects.in_bulk(column("department_code"), field_name="code")
        self.items = self._items(column("item_code"))
        self.streets = {post.street_id for post in by.posts_in(*STREET_ROLES)}
        self.units = {post.unit_id for post in by.posts_in(Role.UNIT_SOCIAL)}
        boards = Signboard.objects.filter(community__in=self.communities.values()).hanging()
        self.known = {(board.community_id, board.name): board for board in boards.select_related("entry")}
        self.held = Counter(
            board.community_id for board in self.known.values() if board.status == SignboardStatus.REGISTERED
        )

    def _items(self, codes: set[str]) -> dict[str, AdmissionItem]:
        """The newest row of each admission number that has begun."""
        rows = AdmissionItem.objects.filter(code__in=codes, valid_from__lte=self.today).select_related("catalogue")
        return {row.code: row for row in rows.order_by("valid_from")}

    def reaches(self, community: Division) -> bool:
        """Whether the community lies in one of the importer's posts."""
        return community.street_id in self.streets or community.unit_id in self.units

    def community(self, values: dict) -> Division | None:
        """The row's community, if it is one within reach."""
        found = self.communities.get(values.get("community_code"))
        return found if found and found.level == Level.COMMUNITY and self.reaches(found) else None

    def facts(self, values: dict) -> BoardFacts:
        """What a row states; wants a row that was examined."""
        community, hung = self.communities[values["community_code"]], values.get("first_hung_on")
        entry = self.lists.entry(community, values["entry_name"]) if values.get("entry_name") else None
        return BoardFacts(
            community=community, department=self.departments[values["department_code"]], name=values["name"], entry=entry,
            length_cm=values["length_cm"], width_cm=values["width_cm"], material=values["material"], position=values["position"],
            item=self.items.get(values.get("item_code")), first_hung_on=date.fromisoformat(hung) if hung else None,
            status=values.get("status") or "",
        )  # fmt: skip


def examine(table: Table, by: Actor) -> None:
    """Add every error that the cells alone did not show."""
    context, names, taken = Context(table.rows, by), {}, Counter()
    bad = {error.row for error in table.errors}
    for row in table.rows:
        problems = list(_references(row.values, context))
        for name, message in problems:
            table.refuse(row, name, message)
        _twin(table, row, names)
        if not problems and row.number not in bad:
            _admission(table, row, context, taken)


def _references(values: dict, context: Context):
    """Yield (column, message) for what does not exist, or lies elsewhere."""
    found = context.communities.get(values.get("community_code"))
    if values.get("community_code") and (found is None or found.level != Level.COMMUNITY):
        yield "community_code", "没有这个社区（村）"
    elif found and not context.reaches(found):
        yield "community_code", "不在您的辖区内"
    department = context.departments.get(values.get("department_code"))
    if values.get("department_code") and department is None:
        yield "department_code", "没有这个部门"
    elif department and found and department.unit_id not in (None, found.unit_id):
        yield "department_code", "该部门属于其他区县"
    if found and values.get("entry_name") and not context.lists.entry(found, values["entry_name"]):
        yield "entry_name", "现行名录（按该社区的类型）中没有这个条目"
    if values.get("item_code") and values["item_code"] not in context.items:
        yield "item_code", "没有这个准入号，或尚未生效"
    if (values.get("first_hung_on") or "") > context.today.isoformat():
        yield "first_hung_on", "不能晚于今天"


def _twin(table: Table, row: SheetRow, names: dict) -> None:
    """Refuse the second row with the same board at the same community."""
    key = row.values.get("community_code"), row.values.get("name")
    if None in key:
        return
    if key in names:
        table.refuse(row, "name", f"同一社区的牌子重复（与第 {names[key]} 行相同）")
    else:
        names[key] = row.number


def _admission(table: Table, row: SheetRow, context: Context, taken: Counter) -> None:
    """What is to be registered needs an entry or a number, and a place under the cap."""
    facts = context.facts(row.values)
    if (facts.community.pk, facts.name) in context.known:
        return
    objection = context.lists.objection(facts.community, facts.entry, facts.item)
    if facts.status == SignboardStatus.REGISTERED and objection:
        table.refuse(row, "status", f"不能在册：{objection}留空则登记为违规")
    elif facts.status in ("", SignboardStatus.REGISTERED) and not objection:
        taken[facts.community.pk] += 1
        cap = context.lists.cap(facts.community)
        if context.held[facts.community.pk] + taken[facts.community.pk] > cap:
            table.refuse(row, "status", f"该社区（村）在册牌子将超过上限 {cap} 块；请先清理，或把多余的填为“待清理”")
