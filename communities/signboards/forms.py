"""The forms of the signboards. A community's form asks for nothing that it would have to do."""

from django import forms
from django.db.models import Q

from communities.admission.models import AdmissionItem
from communities.admission.states import ItemForm, Place
from governance.accounts.roles import STREET_ROLES
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.ui.forms import FileInput, PortalForm
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Department, Division
from governance.whistles.forms.base import DateControl, VersionedForm, text_area
from governance.whistles.forms.choices import GroupedChoiceField

from .models import SignboardType
from .services import BoardFacts
from .states import AuditKind, Material, Position, Verdict

KINDS = [choice for choice in AuditKind.choices if choice[0] != AuditKind.SPOT_CHECK]


class EntryField(GroupedChoiceField):
    """An entry under its list."""

    def group_of(self, row):
        return row.catalogue


def entries():
    """The entries of the lists in force."""
    from .selectors import Lists

    lists = [row.pk for row in Lists.on(clock.today()).by_place.values()]
    return SignboardType.objects.filter(catalogue__in=lists).select_related("catalogue")


def items(unit_id: int | None = None):
    """The admission items for signboards that are in force today."""
    rows = AdmissionItem.objects.in_force().filter(form=ItemForm.SIGNBOARD).select_related("catalogue")
    return rows.filter(Q(unit=None) | Q(unit_id=unit_id)).order_by("code")


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=1000)


class AdmissionFields(VersionedForm):
    """What lets a board hang: an entry of the list or an admission number."""

    entry = EntryField(
        label="名录条目", queryset=SignboardType.objects.none(), required=False, empty_label="不在名录内"
    )
    item = forms.ModelChoiceField(
        label="准入号", queryset=AdmissionItem.objects.none(), required=False, empty_label="无",
        help_text="名录外的牌子须有当日有效的挂牌准入号；没有的登记为违规，由责任部门整改。",
    )  # fmt: skip

    def fit_admission(self, unit_id: int | None) -> None:
        """Offer what is in force today."""
        self.fields["entry"].queryset, self.fields["item"].queryset = entries(), items(unit_id)


class SignboardForm(AdmissionFields):
    """登记牌子: what a street writes down. No photo: that is the department's."""

    community = forms.ModelChoiceField(label="社区（村）", queryset=Division.objects.none(), to_field_name="code12")
    name = forms.CharField(label="牌子名称", max_length=60)
    department = forms.ModelChoiceField(label="责任部门", queryset=Department.objects.none(), to_field_name="code")
    length_cm, width_cm = _number("长（厘米）"), _number("宽（厘米）")
    material = forms.ChoiceField(label="材质", choices=Material.choices)
    position = forms.ChoiceField(label="位置", choices=Position.choices)
    first_hung_on = forms.DateField(label="首次挂牌日", required=False, widget=DateControl, help_text="不详可留空")
    field_order = ("community", "name", "entry", "item", "department", "length_cm", "width_cm", "material", "position")

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        streets = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
        units = {post.unit_id for post in actor.posts_in(*STREET_ROLES)}
        self.fields["community"].queryset = Division.objects.communities().filter(street__in=streets).order_by("code12")
        near = Q(level=DepartmentLevel.CITY) | Q(level=DepartmentLevel.UNIT, unit__in=units)
        self.fields["department"].queryset = Department.objects.filter(near, is_active=True).order_by("-level", "code")
        self.fit_admission(next(iter(units), None))

    def clean_first_hung_on(self):
        """Not in the future."""
        day = self.cleaned_data["first_hung_on"]
        if day and day > clock.today():
            raise forms.ValidationError("不能晚于今天。")
        return day

    def board_facts(self) -> BoardFacts:
        """What the service takes. Raises Invalid for an entry of the other kind of place."""
        facts = self.content()
        entry, rural = facts.get("entry"), facts["community"].village_type in ("villagers", "like_villagers")
        if entry and (entry.catalogue.place == Place.RURAL) != rural:
            raise Invalid(entry="这个条目属于另一类社区（村）的名录。")
        return BoardFacts(**facts)


class KeepForm(AdmissionFields):
    """保留在册: on what ground."""

    note = text_area("说明", most=500, rows=2, required=False)

    def __init__(self, *args, signboard=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fit_admission(signboard.unit_id if signboard else None)
        if signboard:
            self.fields["version"].initial = signboard.version


def photo(label: str) -> forms.FileField:
    """One photo."""
    return forms.FileField(
        label=label, widget=FileInput({"accept": ".jpg,.jpeg,.png,.webp"}, camera=False), max_length=160
    )


def content_of(upload) -> tuple[str, bytes]:
    """An upload as the services take it."""
    return upload.name, upload.read()


class RemoveForm(PortalForm):
    """摘除: both photos are the department's."""

    before, after = photo("摘除前照片"), photo("摘除后照片")
    note = text_area("说明", most=500, rows=2, required=False)


class PhotoForm(PortalForm):
    """The board as it hangs."""

    photo = photo("照片")


class ProposalForm(PortalForm):
    """社区意见: voluntary."""

    proposal = forms.CharField(
        label="意见",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="自愿填写，留空即收回。",
    )


class AuditForm(PortalForm):
    """发起核查."""

    kind = forms.ChoiceField(label="类型", choices=KINDS, help_text="随机抽查由系统每季度自动抽取。")
    title = forms.CharField(label="名称", max_length=80)
    due_on = forms.DateField(label="完成期限", required=False, widget=DateControl, help_text="留空按规则计算")


class JudgeForm(PortalForm):
    """处理意见."""

    verdict = forms.ChoiceField(label="处理意见", choices=Verdict.choices, widget=forms.RadioSelect)
    note = text_area("说明", most=300, rows=2, required=False)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [(choice.value, choice.label) for choice in choices]


class ListForm(PortalForm):
    """印发名录."""

    year = forms.IntegerField(label="年度", min_value=2022, max_value=2100)
    place = forms.ChoiceField(label="适用对象", choices=Place.choices)
    in_force_from = forms.DateField(label="施行日期", widget=DateControl)
    document = forms.CharField(label="印发文件", max_length=120, required=False)
