"""What a department fills in to ask something of communities, and what a community says when it is done or refuses."""

from django import forms
from django.db.models import Q

from governance.kernel import clock
from governance.kernel.ui.forms import PortalForm
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Department, Division, ManagementUnit
from governance.whistles.forms.base import DateControl, text_area

from ..models import AdmissionItem
from ..states import Place, RefusalReason
from .terms import RURAL, Marks

CODES_MOST = 2000
KINDS = {
    "choice": "选择项", "number": "数字项", "short": "短文本项", "long": "长文本项", "attachment": "附件", "row": "逐人明细行数",
}  # fmt: skip


def items_for(department: Department):
    """The items that the department may refer to today: its own and those of its line, in force, not forbidden."""
    line = {department.pk, department.superior_id, department.superior and department.superior.superior_id} - {None}
    rows = AdmissionItem.objects.in_force(clock.today()).filter(department_id__in=line)
    if department.unit_id:
        rows = rows.filter(Q(unit=None) | Q(unit_id=department.unit_id))
    return rows.select_related("catalogue").order_by("place", "code")


def places_for(department: Department) -> list[tuple[str, str]]:
    """What a department may tick: a city department units, a district's its streets, a station its communities."""
    if department.level == DepartmentLevel.CITY:
        return list(ManagementUnit.objects.values_list("code", "short_name"))
    rows = Division.objects.valid_on(clock.today())
    if department.level == DepartmentLevel.STATION:
        return list(rows.communities().filter(street_id=department.street_id).values_list("code12", "name"))
    return list(rows.streets().filter(unit_id=department.unit_id).values_list("code12", "name"))


class ItemField(forms.ModelChoiceField):
    """An item with its number and shape."""

    def label_from_instance(self, row) -> str:
        return f"{row.code} {row.name}（{row.get_form_display()}·{row.get_place_display()}）"


class PlacesForm(PortalForm):
    """A form with ``places`` to tick and ``codes`` to type that says which communities are meant; ``department`` narrows them."""

    def __init__(self, *args, department: Department, **kwargs):
        self.department = department
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = places_for(department)

    def clean_codes(self) -> list[str]:
        """The codes as a list."""
        codes = list(dict.fromkeys(self.cleaned_data["codes"].replace(",", " ").replace("，", " ").split()))
        if len(codes) > CODES_MOST or any(len(code) != 12 or not code.isdecimal() for code in codes):
            raise forms.ValidationError(f"请填写 12 位社区代码，每行一个，最多 {CODES_MOST} 个。")
        return codes

    def clean(self) -> dict:
        """Somewhere it has to go."""
        data = super().clean()
        if not data.get("places") and not data.get("codes") and "codes" not in self.errors:
            self.add_error("places", f"请选择{self.fields['places'].label}。")
        return data

    def meant(self, place: str | None) -> list[Division]:
        """The communities that are meant: by code as they are, by place those of one kind, or of both."""
        data = self.cleaned_data
        rows = Division.objects.communities().valid_on(clock.today()).order_by("code12")
        if data.get("codes"):
            return list(rows.filter(code12__in=data["codes"]))
        if place:
            kind = {"village_type__in": RURAL}
            rows = rows.filter(**kind) if place == Place.RURAL else rows.exclude(**kind)
        by = {DepartmentLevel.CITY: "unit__code__in", DepartmentLevel.STATION: "code12__in"}
        return list(rows.filter(**{by.get(self.department.level, "street__code12__in"): data["places"]}))

    def errors_from(self, error) -> None:
        """Communities that are refused are named where they were chosen."""
        fields = getattr(error, "fields", None) or {}
        for name in ("communities", "community"):
            if name in fields:
                fields["codes" if self.cleaned_data.get("codes") else "places"] = fields.pop(name)
        super().errors_from(error)


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=500, required=False)


class DemandForm(PlacesForm):
    """``department`` narrows items too. Everything else is the gate's to check."""

    item = ItemField(
        label="准入事项", queryset=AdmissionItem.objects.none(), empty_label="— 请选择 —",
        help_text="只列出本部门现行有效的准入事项；没有的，请先申请准入。",
        error_messages={"required": "请选择准入事项：没有准入号，不能向社区下达。", "invalid_choice": "这不是本部门现行有效的准入事项。"},
    )  # fmt: skip
    title = forms.CharField(label="标题", max_length=120)
    content = text_area("要求", most=4000, rows=4)
    due_on = forms.DateField(label="完成日期", widget=DateControl)
    places = forms.MultipleChoiceField(
        label="下达范围", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="按所选范围下达到事项适用的社区（城市社区或村）。",
    )  # fmt: skip
    codes = text_area(
        "只下达到部分社区", most=40_000, rows=2, required=False, help_text="每行一个 12 位社区代码；填写后以此为准。"
    )
    minutes = forms.IntegerField(
        label="每社区预计分钟", min_value=1, max_value=100_000, required=False,
        help_text="不是表格的要求填写；不得低于准入时核定的分钟数。",
    )  # fmt: skip
    form_code = forms.CharField(label="表号", max_length=40, required=False)
    issuer = forms.CharField(label="制定机关", max_length=80, required=False)
    approval_no = forms.CharField(label="批准或备案文号", max_length=80, required=False)
    form_valid_to = forms.DateField(label="有效期至", widget=DateControl, required=False)
    funded_yuan = forms.DecimalField(
        label="随事拨付经费（元）", min_value=0, max_value=100_000_000, max_digits=11, decimal_places=2, required=False
    )
    fund_number = forms.CharField(label="预算指标号", max_length=60, required=False)
    over_quota_reason = text_area(
        "增负说明", most=1000, rows=3, required=False, help_text="超出本年负担额度时填写，经社会工作部同意后才会下达。"
    )
    is_emergency = forms.BooleanField(label="应急（仅限应急通道的准入事项）", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items_for(self.department)
        for kind, label in KINDS.items():
            self.fields[f"n_{kind}"] = _count(label)

    def communities(self) -> list[Division]:
        """Of the item's kind of place."""
        return self.meant(self.cleaned_data["item"].place)

    def demand(self) -> dict:
        """The arguments of ``demand_send`` besides by, department and communities."""
        data = self.cleaned_data
        fields = {kind: data[f"n_{kind}"] for kind in KINDS if data.get(f"n_{kind}")}
        marks = Marks(data["form_code"], data["issuer"], data["approval_no"], data["form_valid_to"])
        return {
            "item": data["item"], "title": data["title"], "content": data["content"], "due_on": data["due_on"],
            "minutes": data["minutes"], "fields": fields or None, "marks": marks,
            "funded_fen": int((data["funded_yuan"] or 0) * 100), "fund_number": data["fund_number"],
            "over_quota_reason": data["over_quota_reason"], "is_emergency": data["is_emergency"],
        }  # fmt: skip


class DoneForm(PortalForm):
    """Done: a sentence, and how long it took if one cares to say."""

    result = forms.CharField(
        label="结果", max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="一句话即可，不要求照片。不写社区名，部门只看到结果，看不到是哪个社区。",
    )  # fmt: skip
    minutes = forms.IntegerField(
        label="实际用了几分钟（可不填）", min_value=1, max_value=10_000, required=False,
        help_text="只用来修正估算，不记录是谁、哪个社区、哪一天。",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class RefuseForm(PortalForm):
    """Refusing: the reason is chosen beforehand, the basis follows from it."""

    reason = forms.ChoiceField(label="理由", choices=RefusalReason.choices)
    words = forms.CharField(
        label="补充说明（可不填）", max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="会给部门看，请不要写社区名或人名。",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
