"""The filters of the grid list, the same for page, export and API."""

import django_filters as filters

from governance.territory.choices import GridKind
from governance.territory.filters import SearchFilterSet, street_filter, unit_filter
from governance.territory.models import Grid

from .models import GridPost

ALL = {"empty_label": "全部"}


class GridFilter(SearchFilterSet):
    """Grids by name, kind, unit, street, community, and whether somebody serves them."""

    search = ("name", "code15", "unit_grid_code")
    unit = unit_filter(**ALL)
    street = street_filter(**ALL)
    community = filters.CharFilter(label="社区代码", field_name="community__code12", max_length=12)
    kind = filters.ChoiceFilter(label="类型", choices=GridKind.choices, **ALL)
    staffed = filters.ChoiceFilter(
        label="专职网格员", method="by_staff", choices=[("yes", "已配备"), ("no", "空缺")], **ALL
    )
    shape = filters.ChoiceFilter(
        label="边界", method="by_shape", choices=[("sketch", "示意"), ("surveyed", "实测"), ("none", "没有边界")], **ALL
    )

    state = filters.ChoiceFilter(label="状态", method="by_state", choices=[("use", "在用"), ("ended", "已停用")], **ALL)

    def by_state(self, queryset, name, value):
        """In use, or ended."""
        return queryset.filter(ended_on__isnull=value == "use")

    def by_staff(self, queryset, name, value):
        """With or without a full-time worker today."""
        served = GridPost.objects.in_force().full_time().values("grid")
        return queryset.filter(pk__in=served) if value == "yes" else queryset.exclude(pk__in=served)

    def by_shape(self, queryset, name, value):
        """By what is known of the boundary."""
        if value == "none":
            return queryset.filter(shape=None)
        return queryset.filter(shape__is_sketch=value == "sketch")

    class Meta:
        model = Grid
        fields = []
