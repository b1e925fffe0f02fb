"""Safe repeats: the same key with the same body has one effect and one answer (reliability.md 8)."""

import hashlib
import json
from collections.abc import Callable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction

from . import clock
from .errors import Conflict


class IdempotencyKey(models.Model):
    """A creating request that was carried out, with its answer."""

    owner = models.CharField(max_length=80)
    endpoint = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [models.UniqueConstraint(fields=["owner", "endpoint", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]


def body_hash(body) -> str:
    """A hash of a request's content that does not depend on the order of its fields."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def run_once(*, owner: str, endpoint: str, key: str, body: object, effect: Callable[[], object]) -> tuple[object, bool]:
    """Run ``effect`` once for this key, in one transaction with the key itself. Returns (answer, replayed).

    ``effect`` returns something JSON can keep. A parallel twin waits for the first one. The same key with another body
    raises Conflict (409). When the effect raises, nothing is kept and the key may be used again.
    """
    digest = body_hash(body)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(owner=owner, endpoint=endpoint, key=key[:100], body_hash=digest)
        except IntegrityError:
            kept = IdempotencyKey.objects.get(owner=owner, endpoint=endpoint, key=key[:100])
            if kept.body_hash != digest:
                raise Conflict("同一个请求编号已用于不同的内容，请重新打开页面再提交。") from None
            return kept.answer, True
        row.answer = effect()
        row.save(update_fields=["answer"])
        return row.answer, False
