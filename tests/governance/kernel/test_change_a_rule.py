"""Rules as data: versions in time, and what the database refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from governance.kernel.policy import PolicyRule, forget_rules, policy, policy_change, policy_load, rule_for
from governance.kernel.setup import rules_load

pytestmark = pytest.mark.django_db
KEY = "whistle.arrive.joint_enforce"


def test_the_next_version_takes_effect_on_its_day():
    policy_change(key=KEY, value=2, effective_from=date(2027, 1, 1), document="大连市办法")
    assert policy(KEY, at=date(2026, 12, 31)) == 3
    assert policy(KEY, at=date(2027, 1, 1)) == 2
    assert rule_for(KEY, at=date(2027, 1, 1)).document == "大连市办法"


def test_versions_may_not_overlap():
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyRule.objects.create(key=KEY, title="重叠", value=1, effective_from=date(2025, 1, 1))


def test_a_version_cannot_begin_before_the_last():
    with pytest.raises(ValueError, match="after the last"):
        policy_change(key=KEY, value=2, effective_from=date(2019, 1, 1))


def test_an_unknown_rule_is_an_error_not_a_default():
    with pytest.raises(LookupError):
        policy("no.such.rule")


def test_loading_again_changes_nothing_and_keeps_local_values():
    PolicyRule.objects.filter(key=KEY).update(value=9)
    forget_rules()
    assert rules_load() == 0
    assert policy(KEY) == 9


def test_a_new_key_in_a_file_is_added(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[a.b]\ntitle = "试验"\nvalue = 5\nunit = "天"\n', encoding="utf-8")
    assert policy_load(path=path) == 1
    assert policy("a.b") == 5


def test_every_rule_names_its_source_and_how_sure_we_are():
    for rule in PolicyRule.objects.all():
        assert rule.title, rule.key
        assert rule.source_mark, rule.key
        assert 0 <= rule.confidence <= 100, rule.key
