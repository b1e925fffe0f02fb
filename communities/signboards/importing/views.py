"""The survey sheet's pages: the portal's import pages for those who may import boards, each with his own uploads."""

from django.urls import reverse

from governance.territory.batches import ImportBatch
from governance.territory.importing import views as generic

KIND = ImportBatch.Kind.SIGNBOARDS
PERMISSION = "signboard.import"


def crumbs(last: str) -> list:
    """From the register."""
    return [("牌子", reverse("signboards")), (last, "")]


class _Own:
    """Only uploads of this kind."""

    permission = PERMISSION

    def get_queryset(self):
        """Boards."""
        return ImportBatch.objects.filter(kind=KIND)


class UploadPage(generic.UploadPage):
    """/signboards/import/"""

    permission = PERMISSION

    def setup(self, request, *args, **kwargs):
        """One kind only."""
        super().setup(request, *args, kind=KIND, **kwargs)

    def crumbs(self) -> list:
        """From the register."""
        return crumbs("导入摸底表")

    def cancel_url(self) -> str:
        """Back to the register."""
        return reverse("signboards")

    def success_url(self, result) -> str:
        """The preview."""
        return reverse("signboard-import-batch", args=[result.pk])

    def extra_context(self) -> dict:
        """The template under this address."""
        return super().extra_context() | {"template_url": reverse("signboard-import-template")}


class TemplatePage(generic.TemplateDownload):
    """/signboards/import/template/"""

    permission = PERMISSION

    def get(self, request):
        """The workbook with its data dictionary."""
        return super().get(request, KIND)


class BatchPage(_Own, generic.BatchPage):
    """/signboards/import/<pk>/: what each row will do, or what is wrong cell by cell."""

    def crumbs(self) -> list:
        """From the register."""
        return crumbs(self.object.filename)

    def moves(self) -> list:
        """Confirm under this address."""
        return [move | {"url": reverse("signboard-import-confirm", args=[self.object.pk])} for move in super().moves()]

    def extra_context(self) -> dict:
        """Errors and another try under these addresses."""
        return super().extra_context() | {
            "again_url": reverse("signboard-import"),
            "errors_url": reverse("signboard-import-errors", args=[self.object.pk]),
        }


class ErrorsPage(_Own, generic.ErrorsDownload):
    """/signboards/import/<pk>/errors/"""


class ConfirmPage(_Own, generic.ConfirmImport):
    """/signboards/import/<pk>/confirm/"""

    def success_url(self, result) -> str:
        """Back to the batch."""
        return reverse("signboard-import-batch", args=[self.object.pk])

    def back(self) -> str:
        """A refusal is shown there too."""
        return self.success_url(None)
