"""The public pages. They are light (no picture, no chart) and name no person and no community."""

from django.http import Http404

from governance.kernel import clock
from governance.kernel.metrics import CARDS
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.pages import Page
from governance.kernel.ui.views import Column

from .certificates import DOCUMENT, certificate_find, certificates_matching
from .selectors import white_paper, years

WORDS_MOST = 40


class CertificatesPage(Page):
    """应由谁开: find the office that issues what a community must not."""

    public = True
    title, icon = "这些证明不由社区开具", "file"
    subtitle = "找到应当开具的机关，打印告知单"
    template_name = "communities/disclosure/certificates.html"

    def get(self, request):
        """Draw the guide, narrowed to ``q``."""
        words = request.GET.get("q", "")[:WORDS_MOST].replace("\x00", "")
        return self.draw({"rows": certificates_matching(words), "words": words, "document": DOCUMENT})


class CertificateNoticePage(Page):
    """一键告知单: one printable page to hand over."""

    public = True
    template_name = "communities/disclosure/notice.html"

    def get(self, request, slug: str):
        """Draw the notice; 404 for another slug."""
        row = certificate_find(slug)
        if row is None:
            raise Http404
        self.title = row.name
        return self.draw({"row": row, "document": DOCUMENT, "today": clock.today()})

    def crumbs(self) -> list:
        """Back to the guide."""
        return []


class WhitePaperPage(Page):
    """系统减负白皮书: the burden that the portal itself caused in a year."""

    public = True
    title, icon = "系统减负白皮书", "chart"
    subtitle = "本平台这一年给社区带来多少负担，又挡住了多少"
    template_name = "communities/disclosure/white_paper.html"

    def get(self, request):
        """Draw the year (``?year=``, this one by default) or export it (``?export=xlsx``)."""
        year = self.year(request.GET.get("year", ""))
        paper = white_paper(year)
        if request.GET.get("export") in ("xlsx", "csv"):
            if key := request.GET.get("table"):
                return self.export_table(paper, key, request.GET["export"])
            columns = [
                Column("label", "指标"),
                Column("value", "数值", kind="number"),
                Column("unit", "单位"),
                Column("note", "口径"),
            ]
            sheet = Sheet(
                title=f"{year} 年系统减负白皮书",
                columns=columns,
                rows=paper.lines,
                filters=[],
                synthetic=paper.synthetic,
            )
            return export_response(sheet, request.GET["export"])
        return self.draw({"paper": paper, "year": year, "years": years(), "today": clock.today()})

    def export_table(self, paper, key: str, ending: str):
        """One of the paper's tables as a file; 404 for another key."""
        table = next((row for row in paper.tables if row.key == key), None)
        if table is None:
            raise Http404
        columns = [
            Column(str(at), head, export=lambda row, at=at: row[at], width=36 if at == 0 else 18)
            for at, head in enumerate(table.heads)
        ]
        card = CARDS[f"paper.{key}"]
        title = f"{paper.year} 年系统减负白皮书：{table.title}"
        sheet = Sheet(title, columns, table.rows, [("年度", str(paper.year))], table.synthetic, notes=card.lines())
        return export_response(sheet, ending)

    @staticmethod
    def year(text: str) -> int:
        """A year that has a paper; 404 otherwise."""
        this = clock.today().year
        if not text:
            return this
        year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
        if year not in years():
            raise Http404
        return year
