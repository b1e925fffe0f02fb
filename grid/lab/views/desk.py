"""/open-datasets/: the office composes a cut, reads what the check found, publishes and withdraws."""

from django.http import Http404
from django.urls import reverse

from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage

from .. import licence, selectors, services
from ..columns import DATASET_COLUMNS
from ..cuts import cut_from
from ..dictionary import SOURCES, entries, entries_at, omitted
from ..filters import DatasetFilter
from ..forms import ABOUT, CutForm, first_cut, initial_of, known_sources
from ..models import OpenDataset
from ..states import DatasetStatus, Shape
from ..workflow import DATASET_FLOW

LIST = ("开放数据", "open-datasets")


class DatasetList(ListPage):
    """/open-datasets/"""

    title, icon, model, permission = "开放数据", "archive", OpenDataset, "open_data.view"
    subtitle = "为高校提供去标识的数据：每一组至少 k 件，认得出人的切片不能发布"
    columns, filterset_class = DATASET_COLUMNS, DatasetFilter
    empty_title, empty_text = "还没有开放数据", "收到高校申请后，从右上角编制一份切片。"

    def get_queryset(self):
        """Without the dictionaries."""
        return OpenDataset.objects.defer("package")

    def actions(self) -> list:
        """One for each kind of data."""
        if not self.may("open_data.compose"):
            return []
        return [
            {"label": f"编制{one.label}", "url": reverse("open-dataset-new", args=[one.key]), "icon": "plus", "primary": True}
            for one in known_sources()
        ]  # fmt: skip


class _CutPage(FormPage):
    """What composing and editing share: the form and the dictionary beside it."""

    form_class, icon, template_name = CutForm, "archive", "grid/lab/cut.html"
    submit_label = "保存并检核"
    consequence = "保存后立即检核：按准标识列分组，每组至少 k 件。检核不会说出是哪一组。"
    success_message = "已保存，检核结果在下面。"

    @property
    def source(self):
        """The kind of data; 404 for an unknown one."""
        raise NotImplementedError

    def form_kwargs(self) -> dict:
        """The kind of data decides the columns."""
        return {"source": self.source}

    def extra_context(self) -> dict:
        """The dictionary."""
        return {"dictionary": entries(self.source), "dropped": omitted(self.source), "terms": licence.TERMS}


class DatasetNew(_CutPage):
    """/open-datasets/new/<source>/"""

    permission = "open_data.compose"

    @property
    def source(self):
        if self.kwargs["source"] not in SOURCES:
            raise Http404
        return SOURCES[self.kwargs["source"]]

    def head(self) -> dict:
        """Which kind."""
        return super().head() | {"title": f"编制{self.source.label}", "subtitle": self.source.about}

    def crumbs(self) -> list:
        """From the list."""
        return [(LIST[0], reverse(LIST[1])), ("编制", "")]

    def initial(self) -> dict:
        """A middling cut."""
        return first_cut(self.source)

    def cancel_url(self) -> str:
        """The list."""
        return reverse(LIST[1])

    def run(self, form):
        """Draft and check."""
        return services.dataset_draft(by=self.actor, application=form.application(), cut=form.cut())


class DatasetEdit(_CutPage):
    """/open-datasets/<pk>/edit/: ``?advice=1`` starts from the coarser cut that would pass."""

    model, object_permission = OpenDataset, "open_data.compose"

    @property
    def source(self):
        return self.object.query.data

    def crumbs(self) -> list:
        """From the draft."""
        return [(LIST[0], reverse(LIST[1])), (str(self.object), self.object.get_absolute_url()), ("修改切片", "")]

    def initial(self) -> dict:
        """The draft as it is, or as it is advised."""
        row = self.object
        advice = row.finding.get("advice") if self.request.GET.get("advice") else None
        cut = cut_from(advice["cut"]) if advice else row.query
        return {name: getattr(row, name) for name in ABOUT} | initial_of(cut)

    def run(self, form):
        """Change and check."""
        return services.dataset_edit(dataset=self.object, by=self.actor, application=form.application(), cut=form.cut())


class DatasetPage(DetailPage):
    """/open-datasets/<pk>/: the query, what the check found, and what to widen."""

    model, flow, icon, permission = OpenDataset, DATASET_FLOW, "archive", "open_data.view"
    template_name = "grid/lab/dataset.html"

    def crumbs(self) -> list:
        """From the list."""
        return [(LIST[0], reverse(LIST[1])), (str(self.object), "")]

    def facts(self) -> list:
        """Who asked, for what."""
        row = self.object
        public = [("公开页", "公众看到的页面", row.public_url)] if row.status != DatasetStatus.DRAFT else []
        return [
            ("申请单位", row.institution), ("研究用途", row.purpose), ("使用期限", row.until), ("使用许可", "已接受"),
            ("编制", row.created_label), ("检核时间", row.checked_at),
            ("发布", f"{row.published_label} {row.published_at:%Y-%m-%d}" if row.published_at else "—"), *public,
        ]  # fmt: skip

    def events(self) -> list:
        """What happened."""
        return selectors.history(self.object.thread)

    def extra_context(self) -> dict:
        """The cut in words, its columns, its files."""
        row = self.object
        cut = row.query
        return {
            "query": cut.words(), "cut": cut.as_json(), "finding": row.finding,
            "columns": entries_at(cut.dimensions(), counted=cut.shape == Shape.COUNTS), "files": selectors.files_of(row),
            "can_edit": row.status == DatasetStatus.DRAFT and self.may("open_data.compose", row),
        }  # fmt: skip


class DatasetAction(ActionView):
    """/open-datasets/<pk>/actions/<action>/"""

    model, flow = OpenDataset, DATASET_FLOW
    messages_by_action = {"publish": "已发布，任何人现在就能下载。", "withdraw": "已撤回，公开页只留撤回说明。"}

    def run(self, action, note, version):
        """Publish or withdraw."""
        if action == "publish":
            return services.dataset_publish(dataset=self.object, by=self.actor, version=version, note=note)
        return services.dataset_withdraw(dataset=self.object, by=self.actor, version=version, note=note)
