"""The same key: one effect, one answer."""

import pytest

from governance.kernel.errors import Conflict
from governance.kernel.idempotency import IdempotencyKey, run_once

pytestmark = pytest.mark.django_db
CALL = {"owner": "user:1", "endpoint": "whistles", "key": "k1"}


def test_a_repeat_gets_the_first_answer_and_has_no_effect():
    effects = []
    first = run_once(**CALL, body={"a": 1, "b": 2}, effect=lambda: effects.append(1) or {"id": 7})
    again = run_once(**CALL, body={"b": 2, "a": 1}, effect=lambda: effects.append(1) or {"id": 8})
    assert (first, again) == (({"id": 7}, False), ({"id": 7}, True))
    assert effects == [1]


def test_another_body_under_the_same_key_is_an_error():
    run_once(**CALL, body={"a": 1}, effect=dict)
    with pytest.raises(Conflict):
        run_once(**CALL, body={"a": 2}, effect=dict)


@pytest.mark.parametrize("other", [{"owner": "user:2"}, {"endpoint": "ratings"}, {"key": "k2"}])
def test_keys_of_others_do_not_collide(other):
    run_once(**CALL, body={}, effect=lambda: {"id": 1})
    assert run_once(**{**CALL, **other}, body={}, effect=lambda: {"id": 2}) == ({"id": 2}, False)


def test_a_failed_effect_leaves_the_key_free():
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        run_once(**CALL, body={}, effect=fail)
    assert not IdempotencyKey.objects.exists()
    assert run_once(**CALL, body={}, effect=lambda: {"id": 2}) == ({"id": 2}, False)
