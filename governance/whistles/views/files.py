"""Downloads: a file is as visible as the case that it belongs to."""

from urllib.parse import quote

from django.http import FileResponse, Http404

from governance.kernel.files import StoredFile
from governance.kernel.ui.views import Page

from ..selectors.timeline import may_open


def file_response(stored: StoredFile) -> FileResponse:
    """Answer with a stored file: photos are shown, everything else is saved; never guessed at, never cached by others.

    The caller has checked that the reader may see it. Raises Http404 when the content is gone.
    """
    try:
        content = stored.content.open("rb")
    except FileNotFoundError:
        raise Http404("附件内容已不存在。") from None
    response = FileResponse(content, content_type=stored.mime)
    kind = "inline" if stored.is_photo else "attachment"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(stored.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


class FilePage(Page):
    """/files/<pk>/"""

    def get(self, request, pk):
        """The file, or 404 as if there were none."""
        stored = StoredFile.objects.filter(pk=pk).first()
        if stored is None or not may_open(stored, self.actor):
            raise Http404("没有这个附件，或不在您的范围内。")
        return file_response(stored)
