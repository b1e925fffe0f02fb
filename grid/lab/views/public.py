"""/open-data/: what was published, for anybody, without login and without JavaScript. Reading leaves nothing behind."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from governance.kernel.ui.pages import Page

from .. import licence, selectors
from ..dictionary import SOURCES
from ..limits import too_many
from ..models import OpenDataset, OpenDatasetFile

TYPES = {"csv": "application/zip", "parquet": "application/vnd.apache.parquet"}


class _PublicPage(Page):
    """The base of what anybody reads here: visitors are counted, refusals are drawn for them."""

    public = limited = True
    icon, refused = "archive", "grid/lab/gone.html"


class OpenDataPage(_PublicPage):
    """/open-data/: the published data sets, the newest first; ``?source=`` narrows, ``?before=`` pages."""

    title = "开放数据"
    subtitle = "供高校和公众研究基层治理：去标识、每组至少 k 件、附数据字典和查询"
    template_name = "grid/lab/open_data.html"

    def get(self, request):
        """Draw the list."""
        source, before = request.GET.get("source", ""), request.GET.get("before", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
        page = selectors.public_page(source, number)
        chosen = source if source in SOURCES else ""
        return self.draw({"page": page, "sources": SOURCES.values(), "chosen": chosen, "terms": licence.TERMS})


class DictionaryPage(_PublicPage):
    """/open-data/dictionary/: every column that can be had, and what never leaves."""

    title, icon, subtitle = "数据字典", "list", "每一列的含义、类型、单位、取值，以及怎样概化；哪些从不开放"
    template_name = "grid/lab/dictionary.html"

    def get(self, request):
        """Draw all kinds of data."""
        return self.draw({"dictionaries": selectors.dictionaries()})


class _OnePage(_PublicPage):
    """The base of a data set's public pages: ``self.row`` or 404; 410 with the reason for a withdrawn one."""

    title = "开放数据"

    def check_permission(self) -> None:
        """Find it, or say that it is gone."""
        super().check_permission()
        self.row = get_object_or_404(OpenDataset.objects.known(), pk=self.kwargs["pk"])
        self.title, self.subtitle = self.row.title, self.row.source_label
        selectors.demand_public(self.row)


class OpenDatasetPage(_OnePage):
    """/open-data/<pk>/: what it is, its dictionary, licence and query, and the files with their hashes."""

    template_name = "grid/lab/public.html"

    def get(self, request, pk: int):
        """Draw it as it was published."""
        return self.draw(
            {
                "row": self.row, "package": self.row.package, "privacy": self.row.package["privacy"],
                "columns": self.row.package["resources"][0]["schema"]["fields"], "files": selectors.files_of(self.row),
                "machine": selectors.machine(self.row.query.as_json()),
                "terms": licence.TERMS, "standard": licence.STANDARD, "note": licence.NOTE, "licence_name": licence.NAME,
            }
        )  # fmt: skip


class OpenDataFile(_OnePage):
    """/open-data/<pk>/<kind>/: the frozen bytes; 429 when one address takes too many, 500 when they are not what was published."""

    def get(self, request, pk: int, kind: str):
        """Send the file."""
        if too_many(request):
            self.template_name = self.refused
            answer = self.draw({"error": "这个地址下载得太频繁，请过一小时再试。"}, status=429)
            answer["Retry-After"] = "3600"
            return answer
        file = get_object_or_404(OpenDatasetFile, dataset=self.row, kind=kind)
        answer = HttpResponse(selectors.content_of(file), content_type=TYPES[file.kind])
        answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
        answer["ETag"] = f'"{file.sha256}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
