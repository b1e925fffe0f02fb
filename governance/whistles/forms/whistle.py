"""Blowing: what a street fills in. A draft needs little, a submitted whistle what its departments need to know."""

from django import forms
from django.core.validators import MinLengthValidator
from django.db.models import Model, QuerySet

from governance.kernel.cached import cached_for
from governance.kernel.policy import policy
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Category, Department, Division, Grid
from governance.territory.selectors import communities_of, departments_for_street

from ..models import Whistle
from ..services.whistle import WhistleInput
from ..states import Scene, Source, TicketRole, Tier
from .base import DateTimeControl, UploadsField, VersionedForm, text_area
from .choices import CategoryField, GridField, GroupedChoiceField, KnownChoiceField

NOT_OURS = "不是本街道可以吹哨的部门；社区（村）不能作为承办单位。"
LATER = ("facts", "place", "done_already", "lead")  # may be missing from a draft
COPIED = (
    "category", "scene", "tier", "source", "title", "facts", "place", "households", "done_already", "legal_basis",
    "expected_at", "is_confidential", "community", "grid",
)  # fmt: skip


class DepartmentField(GroupedChoiceField):
    """The district's departments, then the city's."""

    def group_of(self, row):
        return "市级部门" if row.level == DepartmentLevel.CITY else "区（县）部门"


class AssistantsField(forms.ModelMultipleChoiceField):
    """Ticks for the assisting departments."""

    widget = forms.CheckboxSelectMultiple

    known: dict | None = None

    def clean(self, value):
        """The ticked departments, as rows; nothing ticked asks nobody."""
        if not value:
            return []
        try:
            return [self.known[int(key)] for key in dict.fromkeys(value)]
        except (
            KeyError,
            ValueError,
            TypeError,
        ):  # nothing known, codes instead of keys, or not ours: the long way says it
            return list(super().clean(value))


@cached_for(3600)  # statements, not rows
def _offers(street: int, unit: int) -> dict[str, QuerySet]:
    """What a street may choose from; not read yet."""
    place = Division(pk=street, unit_id=unit)
    departments = departments_for_street(place).order_by("-level", "code")
    small = Category.objects.filter(is_active=True).exclude(parent=None).select_related("parent")
    return {
        "lead": departments, "assistants": departments, "community": communities_of(place),
        "grid": Grid.objects.filter(street_id=street).select_related("community"),
        "category": small.order_by("parent__code", "code"),
    }  # fmt: skip


@cached_for(5)
def _known(name: str, street: int, unit: int) -> dict[int, Model]:
    """The rows of a choice by key, as young as the rules are; the service asks the database about departments again."""
    return {row.pk: row for row in _offers(street, unit)[name].all()}


class WhistleForm(VersionedForm):
    """``street`` narrows every choice; ``draft`` asks for less."""

    scene = forms.ChoiceField(label="情形", choices=Scene.choices, widget=forms.RadioSelect, initial=Scene.HARD_DEMAND)
    category = CategoryField(
        label="事项分类",
        queryset=Category.objects.none(),
        empty_label="— 请选择 —",
        error_messages={"required": "请选择事项分类。"},
    )
    title = forms.CharField(label="标题", max_length=80, help_text="一句话说清哪里出了什么事，80 字以内。")
    facts = text_area("事实描述", most=4000, rows=5)
    households = forms.IntegerField(label="涉及户数", min_value=0, max_value=100_000, required=False)
    source = forms.ChoiceField(label="来源", choices=Source.choices)
    place = forms.CharField(label="地点", max_length=120, help_text="门牌、路口或小区楼栋。")
    community = KnownChoiceField(
        label="社区（村）", queryset=Division.objects.none(), required=False, empty_label="— 不限于一个社区 —",
        error_messages={"invalid_choice": "只能选择本街道的社区（村）。"},
    )  # fmt: skip
    grid = GridField(
        label="网格", queryset=Grid.objects.none(), required=False, empty_label="— 不确定 —",
        error_messages={"invalid_choice": "只能选择本街道的网格。"},
    )  # fmt: skip
    done_already = text_area("街道已做工作", most=2000, rows=4)
    lead = DepartmentField(
        label="主办部门", queryset=Department.objects.none(), empty_label="— 请选择 —",
        error_messages={"required": "请选择主办部门；吹哨必须有部门来报到。", "invalid_choice": NOT_OURS},
    )  # fmt: skip
    assistants = AssistantsField(
        label="协办部门", queryset=Department.objects.none(), required=False,
        error_messages={"invalid_choice": NOT_OURS, "invalid_pk_value": NOT_OURS},
    )  # fmt: skip
    tier = forms.ChoiceField(label="层级", choices=Tier.choices, initial=Tier.DISTRICT)
    expected_at = forms.DateTimeField(label="期望到场时间", required=False, widget=DateTimeControl)
    legal_basis = forms.CharField(label="法规依据", max_length=300, required=False)
    is_confidential = forms.BooleanField(
        label="涉密或涉隐私", required=False, help_text="勾选后社区和网格员看不到此单，邮件中只写编号。"
    )
    files = UploadsField(label="现场照片或附件", help_text="照片会去除拍摄位置信息。")

    def __init__(self, *args, street: Division, draft: bool = False, **kwargs):
        self.street, self.draft = street, draft
        super().__init__(*args, **kwargs)
        self._narrow()
        if draft:
            for name in LATER:
                self.fields[name].required = False
        else:
            least = policy("whistle.done_already_min")
            self.fields["done_already"].validators.append(
                MinLengthValidator(least, f"请写明街道已经做过的工作，不少于 {least} 字（现 %(show_value)s 字）。")
            )

    def _narrow(self) -> None:
        """Offer the own street's places and the departments that serve it."""
        offers = _offers(self.street.pk, self.street.unit_id)
        for name, rows in offers.items():
            self.fields[name].queryset = rows
        if self.is_bound:
            for name in ("category", "community", "lead", "assistants"):
                self.fields[name].known = _known(name, self.street.pk, self.street.unit_id)
        least = policy("whistle.done_already_min")
        self.fields["done_already"].help_text = f"写明协调过谁、做过什么、为何解决不了，不少于 {least} 字。"

    def clean(self) -> dict:
        """A grid brings its community along; the lead is not its own assistant."""
        data = super().clean()
        grid, community = data.get("grid"), data.get("community")
        if grid and community and grid.community_id != community.pk:
            self.add_error("grid", f"“{grid}”不在“{community}”，请核对。")
        elif grid:
            data["community"] = grid.community
        if data.get("lead") and data["lead"] in (data.get("assistants") or ()):
            self.add_error("assistants", f"“{data['lead']}”已是主办部门，不必再列为协办。")
        return data

    def whistle_input(self) -> WhistleInput:
        """What the services take."""
        data = self.content()
        data["assistants"] = tuple(data["assistants"])
        return WhistleInput(**{**data, "households": data["households"] or 0})


def whistle_initial(whistle: Whistle) -> dict:
    """The first values of the form for an existing draft."""
    values = {name: getattr(whistle, name) for name in COPIED}
    chosen = {role: [] for role in TicketRole}
    for proposal in whistle.proposals.all():
        chosen[proposal.role].append(proposal.department_id)
    values["lead"] = next(iter(chosen[TicketRole.LEAD]), None)
    return {**values, "assistants": chosen[TicketRole.ASSIST], "version": whistle.version}
