"""The catalogue, and the figures of one's own place with the way to put one right."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage

from ..filters import ElementFilter, FactFilter
from ..forms import CorrectForm, ReviseForm
from ..models import DataElement, DataTaking, Fact
from ..selectors import history_of
from ..services import element_revise, fact_correct
from ..services.elements import REVISABLE
from . import FOLDER

SHOWN_TAKINGS = 20
PLACES = (*UNIT_ROLES, *STREET_ROLES, *COMMUNITY_ROLES, Role.CITY_OFFICE, Role.AUDITOR)


def has_place(actor: Actor) -> bool:
    """Whether the actor's post opens figures of a place."""
    return bool(actor.posts_in(*PLACES))


def covered():
    """Communities with a valid fact, as a subquery."""
    rows = Fact.objects.valid(clock.today()).filter(code=OuterRef("code")).order_by().values("code")
    count = rows.annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


class ElementList(ListPage):
    """/elements/"""

    title, icon, model, filterset_class = "数据项目录", "list", DataElement, ElementFilter
    subtitle = "每一项都有权威来源。系统里有的，不再让社区填；没有来源的，十二个月内最多填一次。"
    order, export_name, page_size = "code", "数据项目录", 100
    columns = [
        Column("name", "数据项", primary=True, width=28),
        Column("code", "代码", kind="code", sort="code"),
        Column("theme", "主题", kind="status", sort="theme"),
        Column("kind", "类型", export=lambda row: row.get_kind_display(), render=lambda row: row.get_kind_display()),
        Column("source", "权威来源", kind="status"),
        Column("source_name", "来源系统", wide=True, width=24),
        Column("trade", "更新责任", render=lambda row: row.get_trade_display(), export=lambda row: row.get_trade_display()),
        Column("frequency", "更新频率", render=lambda row: row.get_frequency_display(), wide=True,
               export=lambda row: row.get_frequency_display()),
        Column("days", "有效期（天）", kind="number", wide=True),
        Column("sharing", "共享级别", kind="status"),
        Column("sensitivity", "个人信息", render=lambda row: row.get_sensitivity_display(), wide=True,
               export=lambda row: row.get_sensitivity_display()),
        Column("covered", "有效社区数", kind="number"),
    ]  # fmt: skip

    def get_queryset(self):
        """What is in force, with its coverage."""
        return DataElement.objects.in_force().annotate(covered=covered())


class ElementPage(DetailPage):
    """/elements/<code>/: today's version, earlier ones, how far it is known."""

    model, lookup, icon, badge_field = DataElement, ("code", "code"), "list", ""
    template_name = f"{FOLDER}element.html"

    def get_object(self):
        """Today's version; 404 when there is none."""
        row = DataElement.objects.in_force().visible_to(self.actor).filter(code=self.kwargs["code"]).first()
        if row is None:
            raise Http404
        return row

    def crumbs(self):
        """From the list."""
        return [("数据项目录", reverse("elements")), (self.object.code, "")]

    def facts(self) -> list:
        """What the catalogue says."""
        row = self.object
        return [
            ("代码", row.code), ("主题", row.get_theme_display()), ("类型", row.get_kind_display()),
            ("计量单位", row.measure or "—"), ("选项", "、".join(row.choices) or "—"), ("权威来源", row.get_source_display()),
            ("来源系统", row.source_name), ("更新责任", row.get_trade_display()), ("更新频率", row.get_frequency_display()),
            ("有效期", f"{row.days} 天"), ("共享级别", row.get_sharing_display()), ("个人信息", row.get_sensitivity_display()),
            ("启用日期", row.valid_from),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """Coverage by unit and all versions."""
        rows = Fact.objects.valid().filter(code=self.object.code).order_by()
        units = rows.values("unit__short_name").annotate(count=Count("pk")).order_by("unit__short_name")
        versions = DataElement.objects.filter(code=self.object.code).order_by("-valid_from")
        return {"units": units, "versions": versions, "expired": Fact.objects.current().filter(
            code=self.object.code, valid_until__lt=clock.today()).count(), "may_revise": self.may("element.revise")}  # fmt: skip


class ElementRevise(FormPage):
    """/elements/<code>/revise/: the next version, from a day to come."""

    model, icon, permission, form_class = DataElement, "edit", "element.revise", ReviseForm
    submit_label, success_message = "存为新版", "已存为新版，到启用日生效；在那之前按现行版。"
    consequence = (
        "到启用日起，起草、取数和推送按新版；在那之前按现行版。已登记的数据、已起草和已下发的表不变。"
        "类型、主题和计量单位随代码不变，另有含义请用新代码。每一版都保留，存后不能改动，只能再修订。"
    )  # fmt: skip

    def get_object(self):
        """Its newest version, which may not be in force yet."""
        rows = DataElement.objects.visible_to(self.actor).filter(code=self.kwargs["code"])
        row = rows.order_by("-valid_from").first()
        if row is None:
            raise Http404
        return row

    @property
    def title(self) -> str:
        """What is revised."""
        return f"修订{self.object.name}" if self.object else "修订数据项"

    @property
    def subtitle(self) -> str:
        """Which version it follows, and what stays."""
        row = self.object
        measure = f" · {row.measure}" if row.measure else ""
        since = f"{row.valid_from:%Y-%m-%d} 启用的一版" + ("" if row.valid_from <= clock.today() else "（尚未启用）")
        return f"{row.code} · {row.get_theme_display()} · {row.get_kind_display()}{measure}。上一版：{since}"

    def crumbs(self):
        """From the element."""
        return [("数据项目录", reverse("elements")), (self.object.code, self.object.get_absolute_url()), ("修订", "")]

    def form_kwargs(self) -> dict:
        """Options only where there are any."""
        return {"element": self.object}

    def initial(self) -> dict:
        """What the last version says."""
        row = self.object
        words = {name: getattr(row, name) for name in REVISABLE}
        return words | {"choices": "\n".join(row.choices), "seen": row.valid_from}

    def run(self, form):
        """Add the version."""
        return element_revise(by=self.actor, code=self.object.code, **form.facts())


def _correct(row) -> str:
    return reverse("fact-correct", args=[row.pk])


class FactList(ListPage):
    """/facts/: what the portal knows of one's own place, and where it comes from."""

    title, icon, model, filterset_class = "本地数据", "chart", Fact, FactFilter
    subtitle = "平台掌握的社区层面数据。发现有误，在这里更正一次，所有用到它的表都随之更新。"
    template_name, export_name = f"{FOLDER}facts.html", "本地数据"
    columns = [
        Column("element.name", "数据项", primary=True, width=28),
        Column("shown", "取值", width=24),
        Column("community.name", "社区（村）", sort="community__code12"),
        Column("origin", "来历", kind="status"),
        Column("recorded_at", "登记时间", kind="date", sort="recorded_at", wide=True),
        Column("valid_until", "有效期至", kind="date", sort="valid_until"),
    ]

    def check_permission(self):
        """For places; departments take data instead."""
        super().check_permission()
        if not has_place(self.actor) and not self.actor.is_system:
            from governance.kernel.errors import Forbidden

            raise Forbidden("部门请通过“取数登记”取数。")

    def get_queryset(self):
        """What holds now."""
        return Fact.objects.current().select_related("element", "community")

    def extra_context(self) -> dict:
        """Whether one may correct here."""
        return {"may_correct": self.may("fact.correct")}


class CommunityFactList(FactList):
    """The same with the way to put a figure right, for who may."""

    def setup(self, request, *args, **kwargs):
        """One more column for communities."""
        super().setup(request, *args, **kwargs)
        if request.actor.posts_in(Role.COMMUNITY):
            self.columns = [
                *FactList.columns,
                Column("pk", "操作", render=lambda row: "更正", url=_correct, export=lambda row: ""),
            ]


class FactPage(DetailPage):
    """/facts/<pk>/: a figure, where it comes from, all its versions, and who took it."""

    model, icon, badge_field = Fact, "chart", ""
    template_name = f"{FOLDER}fact.html"

    def get_queryset(self):
        """Ended ones too: they are the history."""
        return Fact.objects.select_related("element", "community", "department", "form")

    def crumbs(self):
        """From the list."""
        return [("本地数据", reverse("facts")), (self.object.element.name, "")]

    def head(self):
        """What it is about."""
        return super().head() | {"title": self.object.element.name, "subtitle": self.object.community.name}

    def facts(self) -> list:
        """Both times: for which days it holds, since when the city knows it."""
        row = self.object
        form = [("由哪张表", row.form, row.form.get_absolute_url())] if row.form_id else []
        return [
            ("取值", row.shown), ("数据项", row.element, row.element.get_absolute_url()), ("来历", row.get_origin_display()),
            ("来源", row.department or row.element.source_name), *form, ("数据时点", row.as_of), ("有效期至", row.valid_until),
            ("登记时间", row.recorded_at), *([("被替代时间", row.ended_at)] if row.ended_at else []),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """The history and the register."""
        row = self.object
        taken = DataTaking.objects.visible_to(self.actor).filter(
            community_ids__contains=[row.community_id], elements__contains=[row.code]
        )
        return {
            "versions": history_of(row), "takings": taken.select_related("department").order_by("-pk")[:SHOWN_TAKINGS],
            "may_correct": row.ended_at is None and self.may("fact.correct", row),
        }  # fmt: skip


class FactCorrect(FormPage):
    """/facts/<pk>/correct/: one correction mends every use."""

    model, icon, object_permission, form_class = Fact, "edit", "fact.correct", CorrectForm
    submit_label, success_message = "更正", "已更正。用到它的表和今后的取数都显示新值。"
    consequence = "更正一次，处处生效：正在填报和已经汇总的表随之更新，有效期内用过旧值的部门会看到“更正”标记。"

    @property
    def title(self) -> str:
        """What is corrected."""
        return f"更正{self.object.element.name}" if self.object else "更正"

    @property
    def subtitle(self) -> str:
        """What it says now."""
        return f"现在的值：{self.object.shown}（{self.object.community.name}）" if self.object else ""

    def get_queryset(self):
        """What holds now."""
        return Fact.objects.current().select_related("element", "community")

    def form_kwargs(self) -> dict:
        """The figure decides the control."""
        return {"fact": self.object}

    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("facts")

    def run(self, form):
        """Record it."""
        return fact_correct(by=self.actor, fact=self.object, value=form.cleaned_data["value"])
