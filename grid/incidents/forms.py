"""Forms of incidents: report, re-route, evaluate, revise a rule."""

from django import forms

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES
from governance.kernel.actor import Actor
from governance.kernel.cached import cached_for
from governance.kernel.ui.forms import PortalForm
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Category, Department, Division, ManagementUnit
from governance.territory.selectors import known_communities, known_community
from governance.whistles.forms.base import UploadsField, VersionedForm, text_area
from governance.whistles.forms.choices import CategoryField, KnownChoiceField

from .models import Incident, RoutingRule
from .services import IncidentInput, incident_sent
from .states import HandlingLevel, Verdict


@cached_for(3600)  # a statement, not rows
def _small():
    return Category.objects.filter(is_active=True).exclude(parent=None).select_related("parent").order_by("code")


@cached_for(5)
def _known_small() -> dict[int, Category]:
    return {row.pk: row for row in _small().all()}


def known_places(actor: Actor) -> dict[int, Division]:
    """The communities that somebody may report for, by key; no statement once warm."""
    found: dict[int, Division] = {}
    for street in {post.street_id for post in actor.posts_in(*STREET_ROLES)}:
        found |= known_communities(street)
    own = {post.community_id for post in actor.posts_in(*COMMUNITY_ROLES)} - {None}
    return found | {key: row for key in own if (row := known_community(key))}


class ReportForm(PortalForm):
    """Three inputs: what, where, a photo if one likes. The category may be left to the words."""

    words = text_area("发生了什么", most=2000, rows=4)
    place = forms.CharField(label="在哪里", max_length=120, required=False, help_text="门牌、楼栋或路口。")
    community = KnownChoiceField(label="社区（村）", queryset=Division.objects.none(), required=False)
    category = CategoryField(
        label="分类", queryset=Category.objects.none(), required=False, empty_label="— 按文字自动归类 —"
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    files = UploadsField(label="照片（选填）", help_text="照片会去除拍摄位置信息。")

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        known, kinds = known_places(actor), self.fields["category"]
        self.fields["community"].known = known
        self.fields["community"].choices = lambda: [
            ("", "— 请选择 —"),
            *((key, str(row)) for key, row in known.items()),
        ]
        kinds.queryset, kinds.known = _small(), _known_small()
        if len(known) == 1:
            self.fields["community"].initial = next(iter(known))

    def clean(self) -> dict:
        """A point has two numbers."""
        data = super().clean()
        if (data.get("lon") is None) != (data.get("lat") is None):
            data["lon"] = data["lat"] = None
        return data

    def sent_before(self) -> Incident | None:
        """What this draft became, though its answers may be refused by now. Raises Conflict where its words are others."""
        words = self.cleaned_data.get("words")
        return incident_sent(by=self.actor, key=self.key, words=words) if words else None

    def incident_input(self) -> IncidentInput:
        """What the service takes; the form's key is the draft's."""
        data = self.cleaned_data
        files = tuple((one.name, one.read()) for one in data["files"])
        return IncidentInput(
            words=data["words"], place=data["place"], community=data["community"], category=data["category"],
            lon=data["lon"], lat=data["lat"], files=files, client_key=self.key or None,
        )  # fmt: skip


class HandleForm(VersionedForm):
    """What was done."""

    note = text_area("怎样处置的", most=2000, rows=4)
    files = UploadsField(label="照片（选填）", help_text="照片会去除拍摄位置信息。")


class SendBackForm(VersionedForm):
    """Why it is not ours."""

    note = text_area("退回的理由", most=2000, rows=4, help_text="写明依据和应由谁处置，街道据此重新派遣。")
    files = UploadsField(label="附件（选填）")


class CommentForm(VersionedForm):
    """A word beside the steps."""

    words = text_area("留言", most=2000, rows=4)
    files = UploadsField(label="照片或附件（选填）")


class RerouteForm(VersionedForm):
    """Where to instead, and why."""

    level = forms.ChoiceField(label="交给", choices=HandlingLevel.choices, widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        label="部门", queryset=Department.objects.none(), required=False, empty_label="— 交部门时选择 —"
    )
    note = text_area("理由", most=300, rows=3)

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments


class EvaluateForm(VersionedForm):
    """Of the level that handled it, never of a person."""

    verdict = forms.ChoiceField(label="处置得怎样", choices=Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="说明（选填）", max_length=300, required=False)


class RuleForm(PortalForm):
    """The next version of a rule."""

    title = forms.CharField(label="名称", max_length=80)
    order = forms.IntegerField(label="次序", min_value=1, max_value=999, help_text="小的先看；第一条适用的派遣。")
    klass = forms.ChoiceField(label="限大类", required=False, choices=())
    category = CategoryField(label="限小类", queryset=Category.objects.none(), required=False, empty_label="— 不限 —")
    from_level = forms.ChoiceField(
        label="用于", required=False, choices=[("", "首次派遣"), *((v, f"自{n}上报") for v, n in HandlingLevel.choices)]
    )
    unit = forms.ModelChoiceField(
        label="限区县", queryset=ManagementUnit.objects.none(), required=False, empty_label="— 全市 —"
    )
    street = forms.ModelChoiceField(
        label="限街道", queryset=Division.objects.none(), required=False, empty_label="— 不限 —"
    )
    level = forms.ChoiceField(label="派往", choices=HandlingLevel.choices)
    trade = forms.ChoiceField(label="部门条线", required=False, choices=())
    department = forms.ModelChoiceField(
        label="指定部门", queryset=Department.objects.none(), required=False, empty_label="— 本区县该条线的部门 —",
        help_text="派往部门时才填；一般按条线认定，不必指定。",
    )  # fmt: skip
    limit = forms.ChoiceField(label="处置时限", choices=RoutingRule._meta.get_field("limit").choices)
    document = forms.CharField(label="依据", max_length=120, required=False)
    reason = forms.CharField(label="为什么改", max_length=300)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["street"].queryset = Division.objects.streets().filter(unit__in=units).order_by("code12")
        self.fields["department"].queryset = (
            Department.objects.active().filter(unit__in=units, level=DepartmentLevel.UNIT).order_by("code")
        )
        tops = Category.objects.filter(parent=None, is_active=True).order_by("code")
        self.fields["klass"].choices = [("", "— 不限 —"), *((row.code, f"{row.code} {row.name}") for row in tops)]
        self.fields["category"].queryset = _small()
        self.fields["trade"].choices = [("", "— 小类的通常主办 —"), *RoutingRule._meta.get_field("trade").choices]
        self.fields["unit"].queryset = units
