"""The page that compares two versions: on screen, on paper, in Excel."""

from django.urls import reverse

from governance.kernel import clock
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.views import Column, Page

from ..models import AdmissionItem, Catalogue
from ..states import Place
from .compare import Diff
from .selectors import catalogue_diff, versions

SHEET = [
    Column("fate", "变化"), Column("code", "准入号"), Column("name", "旧版事项", width=44),
    Column("new_code", "新版准入号"), Column("new_name", "新版事项", width=44), Column("note", "说明", width=30),
]  # fmt: skip


def lines(diff: Diff) -> list[dict]:
    """The diff as one table, what has changed first."""
    return [
        *(_line("合并", pair.old, pair.into, f"并入 {pair.into.code}") for pair in diff.merged),
        *(_line("退出", row, None, "") for row in diff.dropped),
        *(_line("修改", pair.old, pair.new, "、".join(pair.changes)) for pair in diff.reworded),
        *(_line("新增", None, row, "") for row in diff.added),
        *(_line("保留", row, row, "") for row in diff.kept),
    ]


def _line(fate: str, old: AdmissionItem | None, new: AdmissionItem | None, note: str) -> dict:
    names = {"code": old.code if old else "", "name": old.name if old else ""}
    return {
        "fate": fate,
        **names,
        "new_code": new.code if new else "",
        "new_name": new.name if new else "",
        "note": note,
    }


class ComparePage(Page):
    """/catalogues/compare/?place=urban&old=2022&new=2026; ``print=1`` for paper, ``export=xlsx`` for Excel."""

    public = True
    title, icon = "清单版本对比", "scale"
    template_name = "communities/admission/catalogue_compare.html"

    def crumbs(self) -> list:
        """From the list."""
        return [("准入清单各版", reverse("catalogues")), (self.title, "")]

    def get(self, request):
        """Draw, print or export; what is not there is the oldest against the newest."""
        place = request.GET.get("place", "")
        place = place if place in Place.values else Place.URBAN.value
        known = versions(place, self.actor)
        if len(known) < 2:
            return self.draw({"place": place, "places": Place.choices, "versions": known, "diff": None})
        old, new = self._chosen(known)
        diff = catalogue_diff(old, new)
        if request.GET.get("export") == "xlsx":
            return self._sheet(old, new, diff)
        if request.GET.get("print"):
            self.template_name = "communities/admission/catalogue_compare_print.html"
        names = {"place": place, "places": Place.choices, "versions": known, "old": old, "new": new, "diff": diff}
        return self.draw(names | {"today": clock.today(), "synthetic": old.is_synthetic or new.is_synthetic})

    def _chosen(self, known: list[Catalogue]) -> tuple[Catalogue, Catalogue]:
        """The two years asked for, in order; by default the first and the last issued one."""
        years = {str(row.year): row for row in known}
        issued = [row for row in known if row.status != "draft"] or known
        old = years.get(self.request.GET.get("old", ""), issued[0])
        new = years.get(self.request.GET.get("new", ""), issued[-1])
        return tuple(sorted((old, new), key=lambda row: row.year))

    def _sheet(self, old: Catalogue, new: Catalogue, diff: Diff):
        head = [
            ("旧版", f"{old}（{diff.before} 项）"),
            ("新版", f"{new}（{diff.after} 项）"),
            ("减幅", f"{diff.reduction:.2f}%"),
        ]
        synthetic = old.is_synthetic or new.is_synthetic
        return export_response(Sheet("清单版本对比", SHEET, lines(diff), head, synthetic), "xlsx")
