"""The register of grids: list, one grid with its map, who serves it, boundaries as a file."""

from django.db.models import Prefetch
from django.http import JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from governance.accounts.roles import STREET_ROLES
from governance.kernel import clock
from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.ui.formats import mask_phone
from governance.kernel.ui.views import DetailPage, FormPage, ListPage, Page
from governance.territory.models import Division, Grid

from .. import columns, drawing, export, former, forms, maps, selectors, services
from ..figures import figures
from ..filters import GridFilter
from ..models import GridPost
from ..states import PostKind


def root_crumb() -> tuple[str, str]:
    """The way back to the list."""
    return "网格", reverse("grids")


class GridListPage(ListPage):
    """/grids/"""

    title, icon, model, order = "网格", "grid", Grid, "code15"
    subtitle = "一格一专职网格员；名称、范围、网格员和监督电话依规公示。"
    columns, filterset_class = columns.GRID_COLUMNS, GridFilter
    template_name = "grid/boundaries/grids.html"
    empty_title, empty_text = "没有网格", "可由区县社会工作部导入网格边界。"

    def get_queryset(self):
        """With place, shape without its points, and today's full-time worker."""
        workers = Prefetch("posts", GridPost.objects.in_force().full_time(), to_attr="workers")
        rows = Grid.objects.select_related("community", "street", "shape").defer("shape__polygon")
        rows = rows if self.request.GET.get("state") == "ended" else rows.in_use()
        return rows.prefetch_related(workers)

    def extra_context(self) -> dict:
        """The figures of what is listed."""
        _filterset, grids = self.filtered()
        plain = {name: value for name, value in self.request.GET.items() if name not in ("cursor", "sort", "export")}
        return {"figures": figures(grids, plain)}

    def tabs(self) -> list[dict]:
        """One's own street first, for those who have one."""
        posts = self.actor.posts_in(*STREET_ROLES)
        street = Division.objects.filter(pk=posts[0].street_id).first() if posts else None
        if street is None:
            return []
        self.current_tab = "own" if self.request.GET.get("street") == street.code12 else ""
        own = f"{reverse('grids')}?street={street.code12}"
        return [{"key": "", "label": "全市", "url": reverse("grids")}, {"key": "own", "label": street.name, "url": own}]

    def actions(self) -> list[dict]:
        """The public page, the file, the import."""
        query = self.request.GET.urlencode()
        buttons = [
            {"label": "我的网格员", "url": reverse("my-grid"), "icon": "user"},
            {"label": "导出边界", "url": f"{reverse('grid-export')}?{query}", "icon": "download"},
        ]
        if self.may("grid.draw"):
            buttons.append({"label": "导入边界", "url": reverse("grid-import"), "icon": "upload"})
        return buttons


class GridExport(Page):
    """/grids/export/: the filtered grids as GeoJSON, as they are or as they were ``on`` a day; a unit at most."""

    def get(self, request):
        """Send the file. Raises Invalid when it would hold too much."""
        found = GridFilter(request.GET, queryset=Grid.objects.visible_to(self.actor), request=request)
        grids = found.qs if found.is_valid() else Grid.objects.none()
        most = policy("grid.import.max_features")  # what is exported can be imported
        if grids.count() > most:
            raise Invalid(f"超过 {most} 个网格，请先按区县、街道或社区筛选，再导出边界。")
        day = former.day_said(request.GET.get("on", ""))
        name = content_disposition_header(True, f"网格边界-{day or clock.today():%Y%m%d}.geojson")
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return JsonResponse(export.collection(grids, day), content_type="application/geo+json", headers=headers,
                            json_dumps_params={"ensure_ascii": False})  # fmt: skip


class GridPage(DetailPage):
    """/grids/<code15>/"""

    model, lookup, badge_field, icon = Grid, ("code15", "code15"), "", "grid"
    template_name = "grid/boundaries/grid.html"

    def get_queryset(self):
        """With its places and shape."""
        return Grid.objects.select_related("community", "street", "unit", "shape")

    def crumbs(self) -> list:
        """From the list through the community."""
        grid = self.object
        return [root_crumb(), (grid.community.name, grid.community.get_absolute_url()), (grid.name, "")]

    def facts(self) -> list:
        """What is known."""
        grid, shape = self.object, getattr(self.object, "shape", None)
        places = [("社区（村）", grid.community), ("街道（乡镇）", grid.street), ("管理单元", grid.unit)]
        facts = [
            ("网格编码", grid.code15), ("类型", grid.get_kind_display()), ("户数", "—" if grid.households is None else f"{grid.households:,}"),
            *((label, place, place.get_absolute_url()) for label, place in places),
            ("监督电话", selectors.supervision_phone(grid.street)),
            *([("单元网格编码", grid.unit_grid_code)] if grid.unit_grid_code else []),
            *([("停用日期", grid.ended_on)] if grid.ended_on else []),
        ]  # fmt: skip
        if shape is None:
            return [*facts, ("边界", "还没有")]
        kind = "示意，不是测绘成果" if shape.is_sketch else "实测"
        return [*facts, ("面积", f"{shape.area_m2 / 10_000:,.1f} 公顷"), ("边界", kind), ("来源", shape.source),
                ("更新", f"{shape.updated_at:%Y-%m-%d}")]  # fmt: skip

    def events(self) -> list:
        """What happened to it."""
        return selectors.history(f"grid:{self.object.pk}")

    def extra_context(self) -> dict:
        """The map, who serves it, who may change that."""
        grid = self.object
        earlier = former.former_of(grid)
        parts = maps.grid_parts(grid.community_id, grid.code15, Grid.get_absolute_url, earlier[:1])
        full, helpers = self.may("grid_post.appoint", grid), self.may("grid_helper.appoint", grid)
        return {
            "drawing": drawing.draw(parts),
            "features": maps.features(parts),
            "posts": self.posts(full, helpers),
            "post_columns": columns.POST_COLUMNS,
            "earlier": earlier,
            "earlier_columns": columns.FORMER_COLUMNS,
            "may_appoint": (full or helpers) and not grid.ended_on,
            "may_supervise": self.may("grid.supervise", grid),
        }

    def posts(self, full: bool, helpers: bool) -> list[dict]:
        """Those in force and those to come, the full-time one first; a helper's telephone only for who appoints helpers."""
        rows = GridPost.objects.filter(grid=self.object).not_over().order_by("kind", "-valid_from", "id")
        return [self.line(row, full if row.kind == PostKind.FULL_TIME else helpers) for row in rows]

    @staticmethod
    def line(row: GridPost, his: bool) -> dict:
        """A post as the table shows it; ``his`` says that this person may end it."""
        shown = his or row.kind == PostKind.FULL_TIME
        return {
            "post": row, "name": row.name, "role": row.get_role_display(),
            "phone": row.phone if shown else mask_phone(row.phone),
            "end_url": reverse("grid-post-end", args=[row.pk]) if his else "",
        }  # fmt: skip


class AppointPage(FormPage):
    """/grids/<code15>/appoint/"""

    model, lookup, title, icon, form_class = Grid, ("code15", "code15"), "任命网格员", "user", forms.PostForm
    success_message, submit_label = "已任命。", "任命"
    consequence = "从起始日起生效，并在“我的网格员”页面公示专职网格员的姓名和工作电话。账户的权限另由安全保密员办理。"

    def get_queryset(self):
        """With its places."""
        return Grid.objects.select_related("community", "street")

    def check_permission(self) -> None:
        """403 unless one of the two kinds is his to appoint."""
        super().check_permission()
        if not self.object or not self.may("grid_post.appoint", self.object):
            require(self.actor, "grid_helper.appoint", self.object)

    def form_kwargs(self) -> dict:
        """Which kinds he may appoint."""
        full, helpers = self.may("grid_post.appoint", self.object), self.may("grid_helper.appoint", self.object)
        return {"grid": self.object, "full": full, "helpers": helpers}

    def initial(self) -> dict:
        """From today."""
        return {"valid_from": clock.today()}

    def run(self, form):
        """Appoint."""
        return services.post_appoint(by=self.actor, facts=form.post_facts())

    def crumbs(self) -> list:
        """From the grid."""
        return [root_crumb(), (self.object.name, self.object.get_absolute_url()), (self.title, "")]


class EndPostPage(FormPage):
    """/grids/posts/<pk>/end/"""

    model, title, icon, form_class = GridPost, "结束网格岗位", "user", forms.EndForm
    success_message, submit_label = "已结束。", "结束"

    def get_queryset(self):
        """With its grid."""
        return GridPost.objects.select_related("grid")

    def check_permission(self) -> None:
        """403 unless this kind is his to end."""
        super().check_permission()
        if self.object is not None:
            full = self.object.kind == PostKind.FULL_TIME
            require(self.actor, "grid_post.appoint" if full else "grid_helper.appoint", self.object.grid)

    def run(self, form):
        """End it."""
        return services.post_end(by=self.actor, post=self.object, **form.facts())

    def crumbs(self) -> list:
        """From the grid."""
        return [root_crumb(), (self.object.grid.name, self.object.get_absolute_url()), (str(self.object), "")]


class SupervisionPage(FormPage):
    """/grids/supervision/<code12>/: a street's telephone for complaints."""

    model, lookup, title, icon, form_class = (
        Division, ("code12", "code12"), "公布网格监督电话", "phone", forms.SupervisionForm
    )  # fmt: skip
    permission, success_message, submit_label = "grid.supervise", "已公布。", "公布"
    consequence = "在“我的网格员”页面公布，本街道各网格共用。"

    def get_queryset(self):
        """Streets."""
        return Division.objects.streets()

    def check_permission(self) -> None:
        """403 for another street."""
        super().check_permission()
        if self.object is not None:
            require(self.actor, "grid.supervise", Grid(street=self.object, unit_id=self.object.unit_id))

    def initial(self) -> dict:
        """What is published now."""
        return {"phone": selectors.supervision_phone(self.object)}

    def run(self, form):
        """Publish it."""
        return services.supervision_set(by=self.actor, street=self.object, **form.facts())

    def success_url(self, result) -> str:
        """To the street's grids."""
        return f"{reverse('grids')}?street={self.object.code12}"

    def cancel_url(self) -> str:
        """There too."""
        return self.success_url(None)

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), (self.object.name, self.success_url(None)), (self.title, "")]
