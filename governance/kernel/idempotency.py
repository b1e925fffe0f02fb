"""Safe repeats: the same key with the same body has one effect and one answer (reliability.md 8)."""

import hashlib
import json
from collections.abc import Callable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from . import clock
from .errors import Conflict
from .prepared import execute
from .transactions import together


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
    with together():
        number = _take(owner, endpoint, key[:100], digest)
        if number is None:
            kept = IdempotencyKey.objects.get(owner=owner, endpoint=endpoint, key=key[:100])
            if kept.body_hash != digest:
                raise Conflict("同一个请求编号已用于不同的内容，请重新打开页面再提交。")
            return kept.answer, True
        answer = effect()
        with connection.cursor() as cursor:
            text = json.dumps(answer, cls=DjangoJSONEncoder)
            execute(cursor, "idempotency_answer", _ANSWER, [text, number])
        return answer, False


_TAKE = """
INSERT INTO governance_idempotencykey (owner, endpoint, key, body_hash, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (owner, endpoint, key) DO NOTHING RETURNING id
"""
_ANSWER = "UPDATE governance_idempotencykey SET answer = $1 WHERE id = $2"


def _take(owner: str, endpoint: str, key: str, digest: str) -> int | None:
    """Store the key; None when somebody has it. Waits for a twin that is at work, without a savepoint for the failure."""
    with connection.cursor() as cursor:
        execute(cursor, "idempotency_take", _TAKE, [owner, endpoint, key, digest, clock.now()])
        row = cursor.fetchone()
    return row and row[0]
