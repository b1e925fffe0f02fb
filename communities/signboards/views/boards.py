"""The register: list, one board, registering, and what can be done with a board."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from governance.kernel.files import StoredFile
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage, ObjectPage
from governance.whistles.views.files import file_response

from .. import columns, forms, selectors, services
from ..filters import SignboardFilter
from ..models import Rectification, Signboard
from ..workflow import SIGNBOARD_FLOW

PAGED = {"keep": "signboard-keep", "remove": "signboard-remove"}
RELATED = ("community", "street", "department", "entry", "item")


def root_crumb() -> tuple[str, str]:
    """The way back to the register."""
    return "牌子", reverse("signboards")


class SignboardListPage(ListPage):
    """/signboards/"""

    title, icon, model = "牌子登记", "flag", Signboard
    columns, filterset_class = columns.BOARD_COLUMNS, SignboardFilter
    subtitle = "城市社区与村各有上限；没有名录依据或准入号的不能在册。"
    empty_title = "还没有登记牌子"
    empty_text = "由街道登记，或从摸底表导入；社区不用填报、不用拍照。"

    def get_queryset(self):
        """With what the columns show."""
        return Signboard.objects.select_related(*RELATED)

    def actions(self) -> list[dict]:
        """Register, import, figures."""
        buttons = [
            ("signboard.register", "登记牌子", "signboard-new", "plus", True),
            ("signboard.import", "导入摸底表", "signboard-import", "upload", False),
            ("signboard.report", "清牌报表", "signboard-report", "chart", False),
        ]
        found = [
            {"label": label, "url": reverse(name), "icon": icon, "primary": primary}
            for key, label, name, icon, primary in buttons
            if self.may(key)
        ]
        return [*found, {"label": "名录", "url": reverse("signboard-lists"), "icon": "list"}]


class SignboardPage(DetailPage):
    """/signboards/<pk>/"""

    model, flow, icon = Signboard, SIGNBOARD_FLOW, "flag"
    template_name = "communities/signboards/board.html"

    def get_queryset(self):
        """With everything that the page shows."""
        more = ("unit", "item__catalogue", "merged_into", "rectification", "photo", "before_photo", "after_photo")
        return Signboard.objects.select_related(*RELATED, *more)

    def crumbs(self) -> list:
        """From the register."""
        return [root_crumb(), (self.object.name, "")]

    def facts(self) -> list:
        """What is known."""
        board = self.object
        basis = board.item or board.entry
        return [
            ("社区（村）", board.community), ("街道（乡镇）", board.street), ("责任部门", board.department, board.department.get_absolute_url()),
            ("名录条目或准入号", basis or "无"), ("类型", board.entry.get_klass_display() if board.entry else "名录外"),
            ("规格（长×宽）", board.size), ("材质", board.get_material_display()), ("位置", board.get_position_display()),
            ("首次挂牌日", board.first_hung_on or "不详"), ("登记日期", board.registered_on),
            *([("摘除日期", board.removed_on)] if board.removed_on else []),
            *([("并入", board.merged_into, board.merged_into.get_absolute_url())] if board.merged_into else []),
            *([("整改单", board.rectification, board.rectification.get_absolute_url())] if board.rectification else []),
            ("社区意见", board.proposal or "无"),
        ]  # fmt: skip

    def events(self) -> list:
        """What happened to it."""
        return selectors.history(self.object.thread)

    def moves(self) -> list:
        """The flow's steps; those with a form of their own are links."""
        return [
            {"name": step.name, "label": step.label, "icon": step.icon, "hint": step.hint, "link": True,
             "url": reverse(PAGED[step.name], args=[self.object.pk])}
            if step.name in PAGED else step
            for step in super().moves()
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """Photos, and what the department or the community may add."""
        board = self.object
        shown = (("现状", board.photo), ("摘除前", board.before_photo), ("摘除后", board.after_photo))
        return {
            "photos": [{"label": label, "url": reverse("signboard-file", args=[board.pk, file.pk])} for label, file in shown if file],
            "may_photo": self.may("signboard.photo", board), "may_propose": self.may("signboard.propose", board),
        }  # fmt: skip


class SignboardNew(FormPage):
    """/signboards/new/"""

    title, icon, permission, form_class = "登记牌子", "flag", "signboard.register", forms.SignboardForm
    consequence = (
        "有依据且不超上限的登记在册；没有依据的登记为违规，超过上限的不登记，都向责任部门开整改单。社区不用做任何事。"
    )
    success_message, submit_label, draft = "", "登记", "signboard-new"

    def form_kwargs(self) -> dict:
        """Places and departments of the street."""
        return {"actor": self.actor}

    def run(self, form):
        """A board, or the rectification when the cap is reached."""
        return services.signboard_register(by=self.actor, facts=form.board_facts())

    def success_url(self, result) -> str:
        """To the board, or to the rectification with the reason."""
        if isinstance(result, Rectification):
            messages.warning(self.request, f"没有登记：{result.content}已开整改单 {result.number}。")
        else:
            messages.success(self.request, f"“{result.name}”已登记为{result.get_status_display()}。")
        return result.get_absolute_url()

    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("signboards")

    def crumbs(self) -> list:
        """From the register."""
        return [root_crumb(), (self.title, "")]


class _OnBoard(FormPage):
    """A form about one board."""

    model, icon = Signboard, "flag"

    def get_queryset(self):
        """With its places."""
        return Signboard.objects.select_related("community", "department", "rectification", "entry", "item__catalogue")

    def crumbs(self) -> list:
        """From the board."""
        return [root_crumb(), (self.object.name, self.object.get_absolute_url()), (self.title, "")]


class SignboardKeep(_OnBoard):
    """/signboards/<pk>/keep/"""

    title, form_class, object_permission = "保留在册", forms.KeepForm, "signboard.check"
    consequence, success_message = SIGNBOARD_FLOW.transitions["keep"].hint, "已保留在册。"

    def form_kwargs(self) -> dict:
        """What its district admits."""
        return {"signboard": self.object}

    def run(self, form):
        """Keep it."""
        return services.signboard_keep(board=self.object, by=self.actor, version=form.version, **form.content())


class SignboardRemove(_OnBoard):
    """/signboards/<pk>/remove/"""

    title, form_class, object_permission = "摘除", forms.RemoveForm, "signboard.remove"
    consequence, success_message = SIGNBOARD_FLOW.transitions["remove"].hint, "已记录摘除，到期自动安排复查。"

    def run(self, form):
        """Both photos and the step together."""
        facts = form.facts()
        before, after = forms.content_of(facts["before"]), forms.content_of(facts["after"])
        return services.signboard_remove(
            board=self.object, by=self.actor, before=before, after=after, note=facts["note"]
        )


class SignboardPhoto(_OnBoard):
    """/signboards/<pk>/photo/"""

    title, form_class, object_permission = "上传照片", forms.PhotoForm, "signboard.photo"
    success_message = "照片已保存。"

    def run(self, form):
        """Keep it."""
        photo = forms.content_of(form.cleaned_data["photo"])
        return services.signboard_photo(board=self.object, by=self.actor, photo=photo)


class SignboardPropose(_OnBoard):
    """/signboards/<pk>/propose/"""

    title, form_class, object_permission = "社区意见", forms.ProposalForm, "signboard.propose"
    consequence, success_message = "供街道和区里参考，不产生任何任务。", "意见已保存。"

    def initial(self) -> dict:
        """What it said before."""
        return {"proposal": self.object.proposal}

    def run(self, form):
        """Keep it."""
        return services.signboard_propose(board=self.object, by=self.actor, proposal=form.cleaned_data["proposal"])


class SignboardAction(ActionView):
    """/signboards/<pk>/actions/<action>/"""

    model, flow = Signboard, SIGNBOARD_FLOW

    def get_queryset(self):
        """With its places."""
        return Signboard.objects.select_related("community", "department", "rectification", "entry", "item__catalogue")

    def run(self, action, note, version):
        """The steps that need no more than a note; keeping on the ground that it has."""
        if action == "remove":
            raise Http404
        if action == "keep":
            return services.signboard_keep(board=self.object, by=self.actor, note=note, version=version)
        return services.signboard_step(board=self.object, action=action, by=self.actor, note=note, version=version)


class SignboardFile(ObjectPage):
    """/signboards/<pk>/files/<file>/: a photo is as visible as its board."""

    model = Signboard

    def get(self, request, pk, file):
        """The photo, or 404."""
        stored = StoredFile.objects.filter(pk=file, thread=self.object.thread).first()
        if stored is None:
            raise Http404("没有这张照片。")
        return file_response(stored)
