"""Finds forms that ask nearly the same: sets of elements, where the communities overlap (domain-rules 5.4: 相似度 ≥ 60 % 必并)."""

from dataclasses import dataclass

from communities.admission.similarity import jaccard
from governance.kernel.policy import policy

from .models import Form, FormField
from .states import OPEN_FORMS


@dataclass(frozen=True)
class Alike:
    """An open form and how much it repeats, in percent."""

    form: Form
    percent: int


def alike(*, codes: set[str], community_ids: list[int], but: int | None = None) -> list[Alike]:
    """Open forms that must be joined, the most similar first."""
    rows = Form.objects.filter(status__in=OPEN_FORMS, community_ids__overlap=community_ids).exclude(pk=but)
    found = {row.pk: row for row in rows.select_related("department")}
    theirs: dict[int, set[str]] = {pk: set() for pk in found}
    fields = FormField.objects.filter(form_id__in=found).values_list("form_id", "element__code")
    for pk, code in fields:
        theirs[pk].add(code)
    least = policy("collection.merge_percent")
    pairs = [Alike(found[pk], round(100 * jaccard(frozenset(codes), frozenset(own)))) for pk, own in theirs.items()]
    return sorted((pair for pair in pairs if pair.percent >= least), key=lambda pair: (-pair.percent, pair.form.pk))
