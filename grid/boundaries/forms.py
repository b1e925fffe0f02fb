"""The forms of the grids."""

from django import forms

from governance.accounts.forms import date_input
from governance.accounts.models import Appointment, User
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.ui.forms import FileInput, PortalForm
from governance.territory.models import Grid

from .services import PostFacts
from .states import HELPER_ROLES, PostRole


class PostForm(PortalForm):
    """Who is to serve a grid; ``full`` and ``helpers`` say which of the two this person may appoint."""

    role = forms.ChoiceField(label="身份")
    user = forms.ModelChoiceField(
        label="平台账户", queryset=User.objects.none(), required=False, empty_label="没有账户",
        help_text="在本社区有“网格员”任职的账户；选了才能在手机上上报事件。",
    )  # fmt: skip
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="工作电话", max_length=24, help_text="专职网格员的姓名和工作电话依规公示；兼职的电话不公开。"
    )
    valid_from = forms.DateField(label="起", widget=date_input())
    valid_to = forms.DateField(label="止（不含）", widget=date_input(), required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args, grid: Grid, full: bool, helpers: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.grid = grid
        roles = ([PostRole.WORKER] if full else []) + (list(HELPER_ROLES) if helpers else [])
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        held = Appointment.objects.in_force().filter(role=Role.GRID_WORKER, community_id=grid.community_id)
        self.fields["user"].queryset = User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("id")

    def post_facts(self) -> PostFacts:
        """What the service takes."""
        return PostFacts(grid=self.grid, **self.facts())


class EndForm(PortalForm):
    """From when on somebody does not serve the grid any more."""

    on = forms.DateField(label="从哪一天起不再担任", widget=date_input(), initial=clock.today)
    note = forms.CharField(label="原因", max_length=200, required=False)


class SupervisionForm(PortalForm):
    """A street's telephone for complaints."""

    phone = forms.CharField(label="监督电话", max_length=24, help_text="在“我的网格员”页面公布。")


class BoundaryUpload(PortalForm):
    """One GeoJSON file."""

    file = forms.FileField(
        label="边界文件",
        widget=FileInput({"accept": ".geojson,.json,application/geo+json"}),
        help_text="GeoJSON（UTF-8），WGS 84 经纬度；属性见下表。",
        error_messages={"required": "请选择一个文件。", "empty": "文件是空的。"},
        max_length=200,
    )
