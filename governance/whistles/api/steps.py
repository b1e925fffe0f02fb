"""How a POST becomes a service call: visible or 404, permitted or 403, possible or 409, well-formed or 400, then once."""

import re
from collections.abc import Callable

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.api import IDEMPOTENCY_HEADER, ScopedViewSet
from governance.kernel.errors import IllegalTransition, Invalid
from governance.kernel.idempotency import IdempotencyKey
from governance.kernel.permission import require
from governance.kernel.ui.actions import ActionSpec

from .bodies import body_of, fill

KEY_SHAPE = re.compile(r"[\x21-\x7e]{1,100}")


class PostingViewSet(ScopedViewSet):
    """Creating and acting with Idempotency-Key; ``endpoint`` is the request's own path."""

    def key(self, request: Request) -> str:
        """The key that was sent, "" without one. Raises Invalid."""
        sent = request.headers.get(IDEMPOTENCY_HEADER, "")
        if sent and not KEY_SHAPE.fullmatch(sent):
            raise Invalid(f"{IDEMPOTENCY_HEADER} 须为 1 至 100 个可见的 ASCII 字符。")
        return sent

    def is_repeat(self, request: Request) -> bool:
        """Whether a request with this key was carried out before."""
        kept = IdempotencyKey.objects.filter(
            owner=f"user:{request.user.pk}", endpoint=self.endpoint(request), key=self.key(request)
        )
        return bool(self.key(request)) and kept.exists()

    @staticmethod
    def endpoint(request: Request) -> str:
        """The name under which keys are kept."""
        return request.path[-80:]

    def facts(self, request: Request) -> dict:
        """The checked body."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def take(self, request: Request, spec: ActionSpec, about, refuse: Callable[[], str | None]):
        """Run an action on ``about``; ``refuse`` says why it is not the time for it."""
        require(self.actor, spec.permission, about)
        self.key(request)
        if (reason := refuse()) and not self.is_repeat(request):
            raise IllegalTransition(reason)
        facts = self.facts(request)

        def effect() -> dict:
            form = fill(spec.form_class, facts, **{about._meta.model_name: about})
            result = spec.run(about, self.actor, form.content(), form.uploads(), form.version)
            return self.shown(result if isinstance(result, type(about)) else about)

        return self.once(request, self.endpoint(request), effect, code=200)

    def shown(self, row) -> dict:
        """The answer after an action: the object as this actor sees it now."""
        raise NotImplementedError


def with_steps(table: dict[str, ActionSpec], kind: str, answer: type):
    """Class decorator: one documented POST …/{id}/<step>/ for every action of the pages' own table."""

    def decorate(viewset: type[PostingViewSet]) -> type[PostingViewSet]:
        for spec in table.values():
            setattr(viewset, f"step_{spec.name}", _step(spec, kind, answer))
        return viewset

    return decorate


def _step(spec: ActionSpec, kind: str, answer: type) -> Callable:
    """The view method of one action."""
    body = body_of(spec.form_class, f"{kind.title()}{spec.name.title().replace('_', '')}")

    def step(self, request: Request, pk: int) -> Response:
        row = self.get_object()
        return self.take(request, spec, row, lambda: self.refusal(row, spec.name))

    step.__name__ = f"step_{spec.name}"
    step.__doc__ = spec.hint
    # The schema goes on last: ``action`` would throw it away.
    routed = action(
        detail=True, methods=["post"], url_path=spec.name, url_name=spec.name.replace("_", "-"), serializer_class=body
    )(step)
    return extend_schema(
        operation_id=f"{kind}_{spec.name}", summary=spec.label, description=spec.hint or spec.label, request=body,
        responses={200: answer},
    )(routed)  # fmt: skip
