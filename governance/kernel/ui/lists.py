"""The generic list: filter, sort, page by key, export; a new one is ten lines (docs/components.md)."""

from itertools import islice

from django.utils.html import strip_tags

from .columns import Column
from .exports import EXPORT_ROWS, Sheet, export_response
from .pages import Page
from .paging import BadCursor, KeysetPage, KeysetPager, capped_count


class ListPage(Page):
    """A list of what the actor may see.

    Set ``model`` (or override ``get_queryset``; its queryset answers ``visible_to``), ``columns``, and as needed
    ``filterset_class``, ``order``
    (``-id``), ``page_size`` (50, at most 100), ``exportable``, ``export_name``. Statements per page are constant:
    count, rows, and what
    ``get_queryset`` prefetches.
    """

    template_name = "generic/list.html"
    model = None
    columns: list[Column] = []
    filterset_class = None
    order = "-id"
    page_size = 50
    exportable = True
    export_name = ""
    synthetic = False
    empty_title = "没有符合条件的记录"
    empty_text = "可以放宽筛选条件再试。"
    empty_action: tuple[str, str] = ("", "")  # label, address

    def get_queryset(self):
        """All rows with select_related/prefetch_related for the columns; scope is added by the page."""
        return self.model._default_manager.all()

    def actions(self) -> list[dict]:
        """Buttons in the head: dicts with label, url and may have icon, primary."""
        return []

    def tabs(self) -> list[dict]:
        """Tabs above the list: dicts with key, label, url, count."""
        return []

    current_tab = ""

    def sort(self) -> str:
        """The order asked for when a column offers it, else the list's own."""
        wanted = self.request.GET.get("sort", "")
        return (
            wanted
            if wanted.removeprefix("-") in {column.sort for column in self.columns if column.sort}
            else self.order
        )

    def filtered(self):
        """Return (filterset or None, queryset in scope and filtered); a malformed filter finds nothing and says why."""
        queryset = self.get_queryset().visible_to(self.actor)
        if self.filterset_class is None:
            return None, queryset
        filterset = self.filterset_class(self.request.GET, queryset=queryset, request=self.request)
        return filterset, filterset.qs if filterset.is_valid() else queryset.none()

    def get(self, request, *args, **kwargs):
        """Draw a page of the list, or export all of it."""
        filterset, queryset = self.filtered()
        ending = request.GET.get("export", "")
        if self.exportable and ending in ("xlsx", "csv"):
            return self.export(filterset, queryset, ending)
        page = self.page(queryset)
        names = {
            "filterset": filterset,
            "page": page,
            "count": capped_count(queryset),
            "columns": self.columns,
            "sort": self.sort(),
        }
        names |= {
            "actions": self.actions(),
            "tabs": self.tabs(),
            "current_tab": self.current_tab,
            "exportable": self.exportable,
        }
        return self.draw({**names, "filtered": bool(filterset and self.filters_in_force(filterset))})

    def page(self, queryset) -> KeysetPage:
        """The page that ``?cursor=`` names; a broken cursor starts over."""
        pager = KeysetPager(queryset, order=self.sort(), size=self.page_size)
        try:
            return pager.page(self.request.GET.get("cursor", ""))
        except BadCursor:
            return pager.page()

    @staticmethod
    def filters_in_force(filterset) -> list[tuple[str, str]]:
        """The filters that are set, as (label, what was chosen) for the export's head."""
        form, chosen = filterset.form, []
        form.is_valid()
        for name, value in getattr(form, "cleaned_data", {}).items():
            if value in (None, "", [], ()) or (hasattr(value, "__len__") and not len(value)):
                continue
            labels = dict(getattr(form.fields[name], "choices", None) or {}) if not hasattr(value, "pk") else {}
            chosen.append((str(form.fields[name].label or name), str(labels.get(value, value))))
        return chosen

    def export(self, filterset, queryset, ending: str):
        """The filtered list as a file, at most 10,000 rows."""
        descending = self.sort().startswith("-")
        queryset = queryset.order_by(self.sort(), "-pk" if descending else "pk")
        rows = list(islice(queryset[: EXPORT_ROWS + 1].iterator(chunk_size=1000), EXPORT_ROWS + 1))
        return export_response(
            Sheet(
                title=strip_tags(self.export_name or self.title or "清单"),
                columns=self.columns,
                rows=rows,
                filters=self.filters_in_force(filterset) if filterset else [],
                synthetic=self.synthetic or any(getattr(row, "is_synthetic", False) for row in rows),
                more=len(rows) > EXPORT_ROWS,
            ),
            ending,
        )
