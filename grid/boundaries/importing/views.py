"""The pages of boundary imports: the portal's import pages, each with one's own uploads."""

from django.urls import reverse

from governance.territory.batches import ImportBatch
from governance.territory.importing import views as generic

from ..drawing import Part, draw
from ..forms import BoundaryUpload
from . import examine

KIND = ImportBatch.Kind.GRIDS
PERMISSION = "grid.draw"
DRAWN_MOST = 600


def crumbs(last: str) -> list:
    """From the list."""
    return [("网格", reverse("grids")), (last, "")]


class _Own:
    """Only uploads of this kind."""

    permission = PERMISSION

    def get_queryset(self):
        """Boundaries."""
        return ImportBatch.objects.filter(kind=KIND)


class UploadPage(generic.UploadPage):
    """/grids/import/"""

    permission, form_class = PERMISSION, BoundaryUpload
    template_name = "grid/boundaries/import.html"

    def setup(self, request, *args, **kwargs):
        """One kind only."""
        super().setup(request, *args, kind=KIND, **kwargs)

    def crumbs(self) -> list:
        """From the list."""
        return crumbs("导入网格边界")

    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("grids")

    def success_url(self, result) -> str:
        """The preview."""
        return reverse("grid-import-batch", args=[result.pk])

    def extra_context(self) -> dict:
        """An export is the best template: what the properties mean stands below."""
        return super().extra_context() | {"template_url": reverse("grids")}


class BatchPage(_Own, generic.BatchPage):
    """/grids/import/<pk>/: what each boundary will do, or what is wrong with it."""

    def crumbs(self) -> list:
        """From the list."""
        return crumbs(self.object.filename)

    template_name = "grid/boundaries/batch.html"

    def drawing(self):
        """What the file holds, those with a fault standing out; nothing for what cannot be drawn."""
        wrong = {error["row"] for error in self.object.errors}
        parts = []
        for row in self.object.rows[:DRAWN_MOST]:
            shape = examine.drawable(row["values"])
            if shape is not None and not examine.is_frame(row["values"]):
                tone = "wrong" if row["number"] in wrong else ""
                parts.append(Part(shape, row["values"]["name"] or "", "", tone, str(row["number"])))
        return draw(parts)

    def moves(self) -> list:
        """Confirm under this address."""
        return [move | {"url": reverse("grid-import-confirm", args=[self.object.pk])} for move in super().moves()]

    def extra_context(self) -> dict:
        """Errors and another try under these addresses; without the columns that say the same in every row."""
        context = super().extra_context()
        ending = any(row["values"]["ended"] for row in self.object.rows)
        hidden = {"community", "source"} | (set() if ending else {"ended"})
        return context | {
            "row_columns": [column for column in context["row_columns"] if column.name not in hidden],
            "drawing": self.drawing(),
            "again_url": reverse("grid-import"),
            "errors_url": reverse("grid-import-errors", args=[self.object.pk]),
        }


class ErrorsPage(_Own, generic.ErrorsDownload):
    """/grids/import/<pk>/errors/"""


class ConfirmPage(_Own, generic.ConfirmImport):
    """/grids/import/<pk>/confirm/"""

    def success_url(self, result) -> str:
        """Back to the batch."""
        return reverse("grid-import-batch", args=[self.object.pk])

    def back(self) -> str:
        """A refusal is shown there too."""
        return self.success_url(None)
