"""The red lines of forms (domain-rules 13.3): read from what was dispatched, besides what the database refuses anyway."""

from django.db.models import F, Q

from governance.redlines import Breach

from .models import Asking, Form
from .states import SENT_FORMS


def form_rule_breaches() -> list[Breach]:
    """B02: too many manual fields without approval. B06: obligatory material. B09: typed in although a system has it."""
    sent = Form.objects.filter(status__in=SENT_FORMS).order_by("pk")
    over = sent.filter(approved_at=None).filter(Q(cap=None) | Q(manual_count__gt=F("cap")))
    found = [Breach("B02 填写项过多", row.number, f"{row.manual_count} > {row.cap}") for row in over]
    asked = Asking.objects.filter(released=False).order_by("form__number").values_list("form__number", "code")
    must = asked.filter(is_required=True, element__kind="file", form__approved_at=None).distinct()
    found += [Breach("B06 必填材料", number, code) for number, code in must]
    typed = asked.exclude(element__source="none").distinct()
    return found + [Breach("B09 自动与人工并行", number, code) for number, code in typed]
