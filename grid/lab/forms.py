"""The form of a cut: who asks for what, and how coarse. Its columns come from the dictionary."""

from datetime import date

from django import forms

from governance.kernel.ui.forms import PortalForm
from governance.territory.models import Category, ManagementUnit

from .cuts import Cut, last_closed, month_end, month_of
from .dictionary import SOURCES, DataSource
from .services import Application
from .states import Shape

YEARS_BACK = 5
LEVELLED = ("period", "place", "category")
ABOUT = ("title", "institution", "purpose", "until", "licence_accepted")


def months() -> list[tuple[str, str]]:
    """The closed months, the newest first."""
    last = last_closed()
    numbers = range(month_of(last), month_of(last) - YEARS_BACK * 12, -1)
    return [(f"{n // 12}-{n % 12 + 1:02d}", f"{n // 12} 年 {n % 12 + 1} 月") for n in numbers]


class CutForm(PortalForm):
    """申请和切片 on one page; the kind of data stands in the address."""

    title = forms.CharField(label="数据名称", max_length=80, help_text="例如：网格事件用时（2026 年第二、三季度）")
    institution = forms.CharField(label="申请单位", max_length=80)
    purpose = forms.CharField(label="研究用途", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
                              help_text="随数据公开，请不要写个人的姓名、电话。")  # fmt: skip
    until = forms.DateField(label="使用期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    licence_accepted = forms.BooleanField(
        label="申请单位已接受使用许可", required=False, help_text="许可全文在本页下方，包括不得重新识别个人。"
    )
    shape = forms.ChoiceField(label="形式", choices=Shape.choices, widget=forms.RadioSelect, initial=Shape.RECORDS)
    start = forms.ChoiceField(label="起月", choices=months)
    end = forms.ChoiceField(label="止月", choices=months, help_text="刚结束的月份还在变化，暂不开放。")
    unit = forms.ChoiceField(label="区县", required=False)
    large = forms.ChoiceField(label="只要一个大类", required=False)
    period = forms.ChoiceField(label="时间", required=False)
    place = forms.ChoiceField(label="地点", required=False)
    category = forms.ChoiceField(label="类别", required=False)
    columns = forms.MultipleChoiceField(
        label="其他列", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="列越多、越细，每一组就越小，越可能被拒绝。敏感列只能选一个。",
    )  # fmt: skip

    def __init__(self, *args, source: DataSource, **kwargs):
        """Choices from the dictionary of one kind of data."""
        super().__init__(*args, **kwargs)
        self.source = source
        for name in LEVELLED:
            levels = [(level.key, level.label) for level in source.dimension(name).levels]
            self.fields[name].choices = [*levels, ("", "不要这一列")]
        self.fields["columns"].choices = [
            (one.name, f"{one.label}{'（敏感列）' if one.sensitive else ''}")
            for one in source.dimensions
            if one.name not in LEVELLED and not one.fixed
        ]
        units = ManagementUnit.objects.order_by("code").values_list("code", "short_name")
        self.fields["unit"].choices = [("", "全市"), *units]
        large = Category.objects.filter(parent=None, is_active=True).order_by("code").values_list("code", "name")
        self.fields["large"].choices = [("", "全部类别"), *large]

    def application(self) -> Application:
        """Who asks."""
        return Application(**{name: self.cleaned_data[name] for name in ABOUT})

    def cut(self) -> Cut:
        """What is asked for."""
        sent = self.cleaned_data
        levels = [(name, sent[name]) for name in LEVELLED if sent[name]]
        levels += [(name, self.source.dimension(name).levels[0].key) for name in sent["columns"]]
        return Cut(
            self.source.key, tuple(levels), _first(sent["start"]), month_end(_first(sent["end"])), sent["unit"], sent["large"], sent["shape"]
        )  # fmt: skip

    def errors_from(self, error) -> None:
        """The cut's category filter is the field ``large`` here."""
        fields = getattr(error, "fields", {})
        if "category" in fields:
            fields["large"] = fields.pop("category")
        super().errors_from(error)


def _first(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def initial_of(cut: Cut) -> dict:
    """First values of the form for a cut."""
    levels = dict(cut.levels)
    return {
        **{name: levels.get(name, "") for name in LEVELLED}, "columns": [name for name in levels if name not in LEVELLED],
        "start": f"{cut.start:%Y-%m}", "end": f"{cut.end:%Y-%m}", "unit": cut.unit, "large": cut.category, "shape": cut.shape,
    }  # fmt: skip


def first_cut(source: DataSource) -> dict:
    """What the form proposes: the last closed quarter or so, by month and street."""
    last = last_closed()
    begin = month_of(last) - 2
    return {
        "period": "month", "place": "street", "category": "", "shape": Shape.RECORDS, "end": f"{last:%Y-%m}",
        "start": f"{begin // 12}-{begin % 12 + 1:02d}",
    }  # fmt: skip


def known_sources() -> list[DataSource]:
    """Kinds to choose from."""
    return list(SOURCES.values())
