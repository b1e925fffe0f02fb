"""Browsing the territory: units → streets → communities → grids, and the list of departments."""

from django.db.models import Count, Q, Sum
from django.urls import reverse

from governance.kernel.permission import permits
from governance.kernel.ui.views import DetailPage, ListPage

from . import columns, selectors
from .choices import Level
from .filters import DepartmentFilter
from .models import Department, Division, Grid, ManagementUnit
from .permissions import CONTACTS, IMPORT

ROOT = "区划与部门"


def root_crumb() -> tuple[str, str]:
    """The way back to the top."""
    return ROOT, reverse("territory")


class TerritoryPage(ListPage):
    """The twelve units with what they run."""

    title = ROOT
    icon = "map"
    subtitle = "管理单元包括法定区县与功能区；功能区托管的街道待核。"
    template_name = "governance/territory/territory.html"
    model = ManagementUnit
    columns = columns.UNIT_COLUMNS
    order = "code"
    empty_title = "还没有区划数据"
    empty_text = "请由系统管理员运行 load_territory，或从表格导入。"

    def get_queryset(self):
        """Units with the counts of what they run."""
        return ManagementUnit.objects.annotate(
            streets=Count("divisions", filter=Q(divisions__level=Level.TOWN)),
            communities=Count("divisions", filter=Q(divisions__level=Level.COMMUNITY)),
            households=Sum("divisions__households"),
        )

    def actions(self):
        """Ways on."""
        buttons = [{"label": "部门名录", "url": reverse("departments"), "icon": "building"}]
        if permits(self.actor, IMPORT):
            buttons.append({"label": "导入", "url": reverse("imports"), "icon": "upload"})
        return buttons

    def extra_context(self):
        """The counts on top."""
        return {"totals": selectors.totals(), "has_synthetic": Grid.objects.filter(is_synthetic=True).exists()}


class UnitPage(DetailPage):
    """One unit: its streets and towns, entrusted ones marked."""

    model = ManagementUnit
    lookup = ("code", "code")
    badge_field = ""
    icon = "map"
    template_name = "governance/territory/place.html"

    def get_queryset(self):
        """With its county."""
        return ManagementUnit.objects.select_related("main_division")

    def crumbs(self):
        """From the top."""
        return [root_crumb(), (self.object.short_name, "")]

    def facts(self):
        """What it is."""
        unit = self.object
        return [
            ("名称", unit.name),
            ("代码", unit.code),
            ("类型", unit.get_kind_display()),
            (
                "对应区划",
                unit.main_division or "无（功能区）",
                unit.main_division and unit.main_division.get_absolute_url(),
            ),
            ("说明", unit.note or "—"),
            ("部门", "查看部门名录", columns.department_list_url(unit=unit.code, level="unit")),
        ]

    def extra_context(self):
        """Its streets, those entrusted to it and those it has entrusted."""
        streets = selectors.streets_of(self.object).select_related("unit").annotate(communities=Count("children"))
        return {
            "panels": [{"title": "街道（乡镇）", "icon": "street", "columns": columns.STREET_COLUMNS, "rows": streets}],
            "entrustments": selectors.entrustments_of(self.object),
        }


class DivisionPage(DetailPage):
    """One division with what lies below it; a street also shows its stations, a community its grids."""

    model = Division
    lookup = ("code12", "code12")
    badge_field = ""
    icon = "pin"
    template_name = "governance/territory/place.html"

    def get_queryset(self):
        """With its ancestors and unit."""
        return Division.objects.select_related("parent", "district", "street", "unit")

    def crumbs(self):
        """From the top through the unit and the street."""
        division = self.object
        above = [place for place in (division.unit, division.street) if place]
        return [root_crumb(), *((str(place), place.get_absolute_url()) for place in above), (division.name, "")]

    def facts(self):
        """What the code, the law and the loader say."""
        division = self.object
        places = (("上级区划", division.parent), ("管理单元", division.unit))
        until = division.valid_to or "至今"
        return [
            ("区划代码", division.code12),
            ("类型", division.type_label),
            *((label, place, place.get_absolute_url()) for label, place in places if place),
            ("户数", columns.HOUSEHOLDS.cell(division)),
            ("有效期", f"{division.valid_from} – {until}"),
            ("来源", division.source_vintage or "—"),
            ("录入时间", f"{division.recorded_at:%Y-%m-%d}"),
        ]

    def extra_context(self):
        """The tables below and, for an entrusted street, the note that it is to be confirmed."""
        division = self.object
        street = division if division.level == Level.TOWN else division.street
        entrustment = selectors.open_entrustment(street) if street else None
        return {"panels": list(self.panels(division)), "entrustments": [entrustment] if entrustment else []}

    @staticmethod
    def panels(division: Division):
        """Yield the tables that this level has."""
        children = division.children.select_related("unit")
        match division.level:
            case Level.CITY:
                yield {"title": "区县", "icon": "map", "columns": columns.DIVISION_COLUMNS, "rows": children}
            case Level.COUNTY:
                rows = children.annotate(communities=Count("children"))
                yield {"title": "街道（乡镇）", "icon": "street", "columns": columns.STREET_COLUMNS, "rows": rows}
            case Level.TOWN:
                rows = children.annotate(grid_count=Count("grids", filter=Q(grids__ended_on=None)))
                yield {"title": "社区（村）", "icon": "home", "columns": columns.COMMUNITY_COLUMNS, "rows": rows}
                stations = selectors.stations_of(division).select_related("superior")
                yield {
                    "title": "派出机构（块）", "icon": "building", "columns": columns.STATION_COLUMNS, "rows": stations
                }  # fmt: skip
            case Level.COMMUNITY:
                yield {
                    "title": "网格", "icon": "grid", "columns": columns.GRID_COLUMNS, "rows": division.grids.in_use()
                }  # fmt: skip


class DepartmentListPage(ListPage):
    """Who can be addressed: city and district departments and their stations."""

    title = "部门名录"
    icon = "building"
    model = Department
    columns = columns.DEPARTMENT_COLUMNS
    filterset_class = DepartmentFilter
    order = "code"
    template_name = "governance/territory/departments.html"

    def get_queryset(self):
        """With unit, superior and street."""
        return Department.objects.select_related("unit", "superior", "street")

    def export(self, filterset, queryset, ending):
        """With all that is known; addresses in bulk only for those who keep them."""
        contacts = columns.CONTACT_COLUMNS if permits(self.actor, IMPORT) else []
        self.columns = [*columns.DEPARTMENT_EXPORT, *contacts]
        return super().export(filterset, queryset, ending)

    def crumbs(self):
        """From the top."""
        return [root_crumb(), (self.title, "")]

    def actions(self):
        """Import for those who may."""
        if not permits(self.actor, IMPORT):
            return []
        return [{"label": "导入部门", "url": reverse("import-new", args=["departments"]), "icon": "upload"}]


class DepartmentPage(DetailPage):
    """One department: its line (条), its place (块), how to reach it, and what stands under it."""

    model = Department
    lookup = ("code", "code")
    badge_field = ""
    icon = "building"
    template_name = "governance/territory/place.html"

    def get_queryset(self):
        """With unit, superior and street."""
        return Department.objects.select_related("unit", "superior", "street")

    def crumbs(self):
        """From the top through the list."""
        return [root_crumb(), ("部门名录", reverse("departments")), (self.object.short_name, "")]

    def facts(self):
        """Line, place and addresses."""
        department = self.object
        links = (
            ("管理单元", department.unit),
            ("条（上级部门）", department.superior),
            ("块（所在街道）", department.street),
        )
        return [
            ("名称", department.name),
            ("代码", department.code),
            ("层级", department.get_level_display()),
            ("条线", department.get_kind_display()),
            *((label, place, place.get_absolute_url()) for label, place in links if place),
            *self.contacts(),
            ("启用", "是" if department.is_active else "否"),
        ]

    def contacts(self):
        """Addresses, for those who deal with this department."""
        department = self.object
        if not permits(self.actor, CONTACTS, department):
            return []
        return [
            ("邮箱", department.email or "—"),
            ("备用邮箱", "；".join(department.alternate_emails) or "—"),
            ("电话", department.phone or "—"),
        ]

    def extra_context(self):
        """What stands under it."""
        rows = self.object.subordinates.select_related("superior", "unit", "street")
        panel = {"title": "下级部门与派出机构", "icon": "building", "columns": columns.LINE_COLUMNS, "rows": rows}
        return {"panels": [panel] if rows else []}
