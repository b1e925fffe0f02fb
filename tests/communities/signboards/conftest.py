"""What the signboards' tests start from: the lists in force, and boards, campaigns and cases made by the services."""

from datetime import date, timedelta
from itertools import count

import pytest

from communities.admission.models import AdmissionItem, Catalogue
from communities.signboards import services
from communities.signboards.models import Rectification, Signboard
from communities.signboards.selectors import Lists
from governance.kernel import clock
from governance.kernel.setup import rules_load
from governance.territory.models import Division
from tests_support import photos


@pytest.fixture(autouse=True)
def _in_force(request) -> None:
    """Every test has the lists; one in a database of its own loads them there."""
    if "throwaway_db" not in request.fixturenames:
        request.getfixturevalue("lists")


@pytest.fixture
def lists(db) -> Lists:
    """The example lists of 2026."""
    rules_load()
    services.signboard_lists_load(year=2026)
    return Lists.on(clock.today())


@pytest.fixture
def community(street) -> Division:
    """The first community of the home street: urban."""
    return Division.objects.filter(street=street).order_by("code12").first()


@pytest.fixture
def village(db) -> Division:
    """A villagers' committee."""
    return Division.objects.filter(village_type="villagers").select_related("street", "unit").order_by("code12").first()


@pytest.fixture
def department(departments):
    """The district's department that answers: of ``actors.dept``."""
    return departments[0]


@pytest.fixture
def facts(community, department, lists):
    """``facts(name, entry="图书室", **changes)``; entry None stands outside the list."""
    names = count(1)

    def make(name: str = "", entry: str | None = "图书室", **changes) -> services.BoardFacts:
        place = changes.pop("community", community)
        return services.BoardFacts(
            community=place, department=changes.pop("department", department), name=name or f"牌子 {next(names)}",
            length_cm=200, width_cm=35, position="hall", entry=lists.entry(place, entry) if entry else None, **changes,
        )  # fmt: skip

    return make


@pytest.fixture
def photo():
    """A photo as the services take it."""
    return "照片.jpg", photos.jpeg()


@pytest.fixture
def make_board(actors, facts, photo):
    """``make_board("to_clear", name=…)``: a board brought to that state by the services."""

    def make(status: str = "registered", **changes) -> Signboard:
        admitted = status in ("registered", "doubtful")
        board = services.signboard_register(
            by=actors.staff, facts=facts(**({} if admitted else {"entry": None}) | changes)
        )
        if status == "doubtful":
            board = services.signboard_step(board=board, action="doubt", by=actors.staff, note="待核实")
        if status in ("to_clear", "removed"):
            board = services.signboard_step(board=board, action="clear", by=actors.staff, note="无依据")
        if status == "removed":
            board = services.signboard_remove(board=board, by=actors.dept, before=photo, after=photo)
        return Signboard.objects.get(pk=board.pk)

    return make


@pytest.fixture
def make_item(department):
    """``make_item(**changes)``: an admission item for signboards in a list in force; returns it."""

    def make(place: str = "urban", **changes) -> AdmissionItem:
        year = changes.pop("year", 2026)
        catalogue, _ = Catalogue.objects.get_or_create(
            year=year, place=place, defaults={"status": "draft", "effective_from": date(year, 1, 1)}
        )
        letter, fields = (
            ("U" if place == "urban" else "R"),
            {"form": "signboard", "klass": "assist", "valid_from": date(2026, 1, 1)},
        )
        item = AdmissionItem.objects.create(
            catalogue=catalogue, place=place, name="挂牌", department=department,
            code=f"SQ-{letter}-{year}-{900 + AdmissionItem.objects.count() % 99:03d}", **fields | changes,
        )  # fmt: skip
        if catalogue.status == "draft":
            Catalogue.objects.filter(place=place, status="in_force").update(status="replaced")
            Catalogue.objects.filter(pk=catalogue.pk).update(status="in_force")
        return AdmissionItem.objects.select_related("catalogue").get(pk=item.pk)

    return make


@pytest.fixture
def make_audit(actors, street, make_board):
    """``make_audit("publicity")``: a campaign of the home district brought there by the services; one board stays, one goes."""
    way = ("compare", "publish", "rectify", "submit", "accept", "close")
    ends = ("registering", "comparing", "publicity", "rectifying", "accepting", "maintained", "closed")

    def make(status: str = "registering", kind: str = "self_check"):
        photo = ("a.jpg", photos.jpeg())
        make_board(name=f"留 {status}"), make_board("unadmitted", name=f"去 {status}")
        audit = services.audit_open(by=actors.social, unit=street.unit, kind=kind, title="清牌专项核查")
        if status == "cancelled":
            return services.audit_step(audit=audit, action="cancel", by=actors.social, note="改期")
        later = clock.now() + timedelta(days=20)
        for step in way[: ends.index(status)]:
            if step == "publish":
                services.audit_adopt(audit=audit, by=actors.social)
            if step == "submit":
                for board in Signboard.objects.filter(status="to_clear"):
                    services.signboard_remove(board=board, by=actors.dept, before=photo, after=photo)
            with clock.travel(later if step == "rectify" else clock.now()):
                audit = services.audit_step(audit=audit, action=step, by=actors.social, note="同意")
        return audit

    return make


@pytest.fixture
def make_rectification(actors, make_board):
    """``make_rectification("pressed")``."""
    way = {
        "open": (), "pressed": ("press",), "notified": ("press", "notify"), "withdrawn": ("withdraw",), "done": (),
    }  # fmt: skip

    def make(status: str = "open") -> Rectification:
        board = make_board("unadmitted")
        row = board.rectification
        if status == "done":
            services.signboard_step(board=board, action="clear", by=actors.staff, note="清理")
            photo = ("a.jpg", photos.jpeg())
            services.signboard_remove(
                board=Signboard.objects.get(pk=board.pk), by=actors.dept, before=photo, after=photo
            )
        for step in way[status]:
            row = services.rectification_step(rectification=row, action=step, by=actors.social, note="逾期")
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def make_recheck(actors, make_board):
    """``make_recheck("clean")``."""

    def make(status: str = "waiting"):
        row = make_board("removed").rechecks.get()
        if status == "waiting":
            return row
        return services.recheck_answer(recheck=row, action=status, by=actors.staff, note="现场查看")

    return make


@pytest.fixture
def full(actors, facts, community, lists):
    """``full(short=1)``: the community holds all boards of the cap but ``short``."""

    def make(short: int = 0) -> int:
        cap = lists.cap(community)
        for number in range(cap - short):
            services.signboard_register(by=actors.staff, facts=facts(f"在册 {number}"))
        return cap

    return make
