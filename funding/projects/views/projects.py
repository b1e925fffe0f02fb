"""Projects: list, idea, page, meetings, publications, acceptance, steps, findings."""

from django.http import Http404
from django.urls import reverse

from governance.kernel.policy import policy
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage
from governance.whistles.views.conflicts import NewestVersion

from .. import columns, selectors, services
from ..filters import ProjectFilter
from ..forms import AcceptanceForm, ExtendForm, MeetingForm, NoticeForm, ProjectForm
from ..limits import clock_of
from ..models import Finding, Project
from ..states import RURAL, FindingStatus, PaymentStatus, ProjectStatus, Step
from ..thresholds import in_words
from ..workflow import FINDING_FLOW, PROJECT_FLOW

FOLDER = "funding/projects/"
STEP = f"{FOLDER}step.html"
MEETINGS = set(Step.values)
ON_PAGES = {"publish": "project-notice", "announce": "project-notice", "extend": "project-extend"}


def with_places():
    """Projects with what their pages show."""
    return Project.objects.select_related("community", "street", "unit")


class ProjectListPage(ListPage):
    """/projects/"""

    title, icon, model, permission = "服务群众项目", "list", Project, "project.view"
    subtitle = "居民提议、四议两公开、审核备案、支付、验收、公示"
    columns, filterset_class = columns.PROJECT_COLUMNS, ProjectFilter
    empty_title, empty_text = "还没有项目", "居民有想办的事，由社区登记为项目提议。"

    def get_queryset(self):
        """With the community."""
        return Project.objects.select_related("community")

    def actions(self) -> list[dict]:
        """A new idea."""
        if not self.may("project.draft"):
            return []
        return [{"label": "登记居民提议", "url": reverse("project-new"), "icon": "plus", "primary": True}]


class ProjectNew(FormPage):
    """/projects/new/"""

    title, icon, permission, form_class = "登记居民提议", "edit", "project.draft", ProjectForm
    template_name, submit_label, success_message = f"{FOLDER}form.html", "保存", "提议已登记，可以开始议事。"
    consequence = "只登记提议和预算，不动钱；触及“七不用”的会提示理由，可以修改或申诉。"

    def form_kwargs(self) -> dict:
        """Whose communities."""
        return {"actor": self.actor}

    def run(self, form):
        """Draft."""
        facts = form.facts()
        place = facts.pop("community", None) or form.own.first()
        return services.project_draft(by=self.actor, community=place, **facts)

    def cancel_url(self) -> str:
        """The list."""
        return reverse("projects")

    def crumbs(self) -> list:
        """From the list."""
        return [("服务群众项目", reverse("projects")), (self.title, "")]


class OfProject:
    """What the pages of one project share."""

    model = Project

    def get_queryset(self):
        """With its places."""
        return with_places()

    def crumbs(self) -> list:
        """From the list through the project."""
        row = self.object
        return [("服务群众项目", reverse("projects")), (row.title, row.get_absolute_url()), (self.head_title(), "")]

    def head_title(self) -> str:
        """The last crumb."""
        return self.title


class ProjectEdit(OfProject, NewestVersion, FormPage):
    """/projects/<pk>/edit/"""

    title, icon, object_permission, form_class = "修改项目提议", "edit", "project.draft", ProjectForm
    template_name, submit_label = f"{FOLDER}form.html", "保存"

    def form_kwargs(self) -> dict:
        """The fund stays."""
        return {"actor": self.actor, "editing": True}

    def initial(self) -> dict:
        """As it is."""
        row = self.object
        first = {name: getattr(row, name) for name in ("title", "category", "idea_from", "purpose", "version")}
        for number, line in enumerate(row.lines.all(), 1):
            first |= {f"code{number}": line.economic_code, f"words{number}": line.words, f"fen{number}": line.fen}
        return first

    def run(self, form):
        """Edit."""
        return services.project_edit(project=self.object, by=self.actor, version=form.version, **form.facts())


class ProjectPage(DetailPage):
    """/projects/<pk>/"""

    model, flow, icon, permission = Project, PROJECT_FLOW, "list", "project.view"
    template_name = f"{FOLDER}project.html"

    def get_queryset(self):
        """With its places."""
        return with_places()

    def head(self) -> dict:
        """Title above number."""
        row = self.object
        return super().head() | {"title": row.title, "subtitle": f"{row.number} · {row.community}"}

    def crumbs(self) -> list:
        """From the list."""
        return [("服务群众项目", reverse("projects")), (self.object.title, "")]

    def facts(self) -> list:
        """Who wants what."""
        row = self.object
        return [
            ("社区（村）", row.community), ("街道", row.street), ("经费", f"{row.year} 年{row.get_fund_display()}"),
            ("类别", row.get_category_display()), ("谁提出的", row.idea_from), ("登记", row.created_label),
            ("第几轮议事", f"第 {row.round} 轮"),
            *([("验收未通过", f"{row.rework_count} 次")] if row.rework_count else []),
        ]  # fmt: skip

    def events(self) -> list:
        """What happened to it."""
        return selectors.history(self.object.thread)

    def clock(self) -> dict | None:
        """The limit of the street or of the finance office; a community has none."""
        return clock_of("project", self.object.pk)

    def moves(self) -> list:
        """Meetings, publications and acceptance have pages of their own."""
        row, found = self.object, []
        for step in super().moves():
            if step.name in ("accept", "rework"):
                continue
            url = ""
            if step.name in MEETINGS:
                url = reverse("project-meeting", args=[row.pk, step.name])
            elif step.name in ON_PAGES:
                url = reverse(ON_PAGES[step.name], args=[row.pk])
            found.append(link_to(step, url) if url else step)
        if row.status == ProjectStatus.IMPLEMENTING and self.may("project.accept", row):
            step = PROJECT_FLOW.transitions["accept"]
            found.insert(0, link_to(step, reverse("project-acceptance", args=[row.pk])) | {"label": "居民验收"})
        return found

    def waiting(self) -> str:
        """Why the next step is not to be had yet, where a guard says so."""
        for step in PROJECT_FLOW.transitions.values():
            if self.object.status in step.sources and step.guards and step.name != "accept":
                reason = PROJECT_FLOW.refusal(self.object, step, self.actor)
                if reason and not reason.startswith(("当前状态", "您的岗位")):
                    return f"{step.label}：{reason}"
        return ""

    def extra_context(self) -> dict:
        """Budget against money, meetings, publications, payments, findings, files."""
        row = self.object
        fen = selectors.money_of(row)
        path = row.get_absolute_url()
        return {
            "lines": list(row.lines.all()), "fen": fen, "spent": fen["paid"] + fen["reserved"],
            "meetings": list(row.deliberations.order_by("-id")), "notices": list(row.notices.order_by("-id")),
            "acceptances": list(row.acceptances.order_by("-id")),
            "payments": [
                {"row": one, "status": PaymentStatus(one.status)}
                for one in row.payments.select_related("supplier").order_by("-id")
            ],
            "findings": finding_cards(row.findings.all(), self.actor), "files": selectors.files_of(row.thread),
            "waiting": self.waiting(), "may_edit": row.status == ProjectStatus.IDEA and self.may("project.draft", row),
            "may_pay": row.status == ProjectStatus.IMPLEMENTING and self.may("payment.ask", row), "path": path,
            # Addresses and permissions of the slices above, by name only.
            "pack": self.may("audit_pack.make", row) and row.filed_at,
            "public": reverse("money-project", args=[row.community.code12, row.number]) if row.filed_at else "",
            "accounts_url": f"{reverse('accounts')}?project={row.number}&empty=yes",
        }  # fmt: skip


def finding_cards(rows, actor) -> list[dict]:
    """Findings with the buttons that the actor has."""
    return [
        {"row": row, "status": FindingStatus(row.status), "moves": [
            step for step in FINDING_FLOW.available(row, actor) if step.name != "clear"
        ], "prefix": reverse("finding-action", args=[row.pk, "x"]).removesuffix("x/")}
        for row in rows
    ]  # fmt: skip


def link_to(step, url: str) -> dict:
    """A step that leads to a form."""
    return {"name": step.name, "label": step.label, "icon": step.icon, "hint": step.hint, "link": True, "url": url}


class MeetingPage(OfProject, NewestVersion, FormPage):
    """/projects/<pk>/meetings/<step>/"""

    icon, object_permission, form_class, submit_label = "users", "project.deliberate", MeetingForm, "记录并进入下一步"
    template_name = STEP

    def check_permission(self) -> None:
        """404 for another step."""
        if self.kwargs["step"] not in MEETINGS:
            raise Http404
        super().check_permission()

    def head_title(self) -> str:
        """Which of the four."""
        return Step(self.kwargs["step"]).label

    def head(self) -> dict:
        """With the threshold, said beforehand."""
        place = self.object.community.village_type
        share = policy("funding.thresholds.rural" if place in RURAL else "funding.thresholds.urban")[
            self.kwargs["step"]
        ]
        rule = f"须有{in_words(share)}的人到会，到会人员过半数同意"
        return super().head() | {"title": self.head_title(), "subtitle": f"{self.object.title}：{rule}"}

    def initial(self) -> dict:
        """The version that was looked at."""
        return {"version": self.object.version}

    def run(self, form):
        """Record."""
        return services.deliberation_record(
            project=self.object, by=self.actor, step=self.kwargs["step"], files=form.uploads(), version=form.version,
            **form.content(),
        )  # fmt: skip


class NoticePage(OfProject, NewestVersion, FormPage):
    """/projects/<pk>/notice/: of the decision, or of the final account."""

    icon, object_permission, form_class, submit_label = "eye", "project.publish", NoticeForm, "登记公示"
    template_name = STEP

    def head_title(self) -> str:
        """Which of the two."""
        return "公示决算" if self.object.status == ProjectStatus.ACCEPTED else "公示决议"

    def head(self) -> dict:
        """With the days, said beforehand."""
        final = self.object.status == ProjectStatus.ACCEPTED
        days = policy("funding.final_notice_days" if final else "funding.decision_notice_days")
        return super().head() | {"title": self.head_title(), "subtitle": f"{self.object.title}：公示不少于 {days} 天"}

    def initial(self) -> dict:
        """The version that was looked at."""
        return {"version": self.object.version}

    def run(self, form):
        """Open it."""
        return services.notice_open(project=self.object, by=self.actor, version=form.version, **form.content())


class ExtendPage(OfProject, NewestVersion, FormPage):
    """/projects/<pk>/extend/: a publication hangs longer; what residents said."""

    title, icon, object_permission, form_class, submit_label = (
        "延长公示、补记意见",
        "eye",
        "project.publish",
        ExtendForm,
        "登记",
    )
    template_name = STEP

    def initial(self) -> dict:
        """Until when it hangs now."""
        last = self.object.notices.filter(round=self.object.round).order_by("-id").first()
        return {"version": self.object.version, "to_on": last.to_on if last else None}

    def run(self, form):
        """Write it down."""
        return services.notice_extend(project=self.object, by=self.actor, version=form.version, **form.content())


class AcceptancePage(OfProject, NewestVersion, FormPage):
    """/projects/<pk>/acceptance/"""

    title, icon, object_permission, form_class = "居民验收", "check", "project.accept", AcceptanceForm
    submit_label, template_name = "记录验收", STEP
    consequence = "通过后项目不再支付；未通过的记一次，整改后再验收。"

    def initial(self) -> dict:
        """The version that was looked at."""
        return {"version": self.object.version}

    def run(self, form):
        """Record."""
        return services.acceptance_record(
            project=self.object, by=self.actor, files=form.uploads(), version=form.version, **form.content()
        )


class ProjectAction(ActionView):
    """/projects/<pk>/actions/<action>/"""

    model, flow = Project, PROJECT_FLOW
    messages_by_action = {"file": "已备案，项目额度已记账。", "archive": "项目已归档。"}
    BY_BUTTON = {"submit", "review", "return", "file", "change", "archive", "withdraw", "terminate", "reject"}

    def get_queryset(self):
        """With its places."""
        return with_places()

    def run(self, action, note, version):
        """The step with what belongs to it; those with a form have no button."""
        if action not in self.BY_BUTTON:
            raise Http404
        return services.project_step(project=self.object, action=action, by=self.actor, note=note, version=version)


class FindingAction(ActionView):
    """/findings/<pk>/actions/<action>/"""

    model, flow = Finding, FINDING_FLOW
    messages_by_action = {"appeal": "已申诉，由区县财政部门裁定。"}

    def get_queryset(self):
        """With what it was found in."""
        return Finding.objects.select_related("project", "payment")

    def run(self, action, note, version):
        """Appeal or rule."""
        if action == "appeal":
            return services.finding_appeal(finding=self.object, by=self.actor, note=note, version=version)
        if action not in ("allow", "uphold"):
            raise Http404
        return services.finding_rule(
            finding=self.object, by=self.actor, allow=action == "allow", note=note, version=version
        )
