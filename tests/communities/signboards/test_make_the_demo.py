"""The demo's boards: plausible, marked, deterministic, sound."""

import time

import pytest

from communities.signboards.demo import signboards_demo
from communities.signboards.models import Rectification, Signboard, SignboardAudit, SignboardRecheck
from governance.invariants import broken

pytestmark = pytest.mark.django_db


def test_the_demo_district(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    begin = time.perf_counter()
    count = signboards_demo()
    assert time.perf_counter() - begin < 30
    assert count > 500
    assert signboards_demo() == 0
    assert set(Signboard.objects.values_list("status", flat=True)) >= {
        "registered",
        "to_clear",
        "removed",
        "unadmitted",
    }
    assert set(SignboardAudit.objects.values_list("kind", "status")) == {
        ("self_check", "rectifying"), ("spot_check", "comparing"),
    }  # fmt: skip
    assert set(SignboardRecheck.objects.values_list("status", flat=True)) >= {"clean", "reappeared"}
    assert set(Rectification.objects.values_list("status", flat=True)) >= {"open", "done", "pressed"}
    for model in (Signboard, SignboardAudit, Rectification, SignboardRecheck):
        assert not model.objects.filter(is_synthetic=False).exists()
    assert {name: rows for name, rows in broken().items() if "signboard" in name} == {}
