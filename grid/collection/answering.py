"""The page behind the link in a department's mail: the answers of its form, without an account, to read and to keep as a file.

GET and HEAD only show, and register nothing: what a form gives its department is registered when it is dispatched. A token that
is unknown, expired, revoked, or of something else answers the one 404.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from governance.accounts.offices import addresses_of, office_actor
from governance.kernel.ui.exports import export_response
from governance.kernel.ui.link_view import LinkView

from .models import Form, FormField
from .selectors import answers_of, corrections_of, missing_cells
from .sheets import answers_sheet, marks_line, prefill_of
from .states import WITH_ANSWERS, FormStatus

SUBJECT = "form"
SHOWN_ROWS = 100  # as on the signed-in page; the file has all


class FormAnswers(LinkView):
    """/answer-form/<token>/: the answers as the department reads them signed in; ``?export=xlsx`` the same as a file."""

    subject_type, limited = SUBJECT, True
    http_method_names = ["get", "head", "options"]

    def find(self) -> None:
        """The form and its department, as they are now."""
        rows = Form.objects.select_related("department", "item", "joined_into")
        self.form = rows.filter(pk=self.link.subject_id).first()
        self.actor = office_actor(self.link, addresses_of(self.form.department)) if self.form else None

    def is_open(self) -> bool:
        """Whether there are answers, and the link is still this department's."""
        return self.link.is_live and self.actor is not None and self.form.status in WITH_ANSWERS

    def closed(self) -> HttpResponse:
        """As if there had never been one."""
        raise Http404

    def get(self, request):
        """The page, or the file."""
        form = self.form
        if request.GET.get("export") == "xlsx":
            return export_response(answers_sheet(form, answers_of(form, self.actor)), "xlsx")
        rows = answers_of(form, self.actor, SHOWN_ROWS)
        codes = list(FormField.objects.filter(form=form).values_list("element__code", flat=True))
        names = {
            "form": form, "rows": rows, "more": max(form.communities - SHOWN_ROWS, 0), "facts": self.facts(),
            "missing": missing_cells(form), "wrong": corrections_of(codes, form.community_ids, form.dispatched_at),
        }  # fmt: skip
        return render(request, "grid/collection/answers.html", names)

    def facts(self) -> list[tuple[str, object]]:
        """What it is, for whom, what nobody had to type."""
        form = self.form
        joined = [("并入", form.joined_into)] if form.status == FormStatus.JOINED else []
        return [
            ("编号", form.number), ("部门", form.department), ("四要素", marks_line(form)), ("用途", form.purpose), *joined,
            ("范围", f"{form.fields_count} 个数据项，{form.communities} 个社区"),
            ("预填率", f"{prefill_of(form)}%" if form.cells else "—"), ("链接有效期至", self.link.expires_at),
        ]  # fmt: skip
