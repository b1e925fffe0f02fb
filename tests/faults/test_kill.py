"""kill -9 of every part in mid-loop: nothing is lost, nothing happens twice (reliability.md, goals)."""

import os

import pytest

from tests_support.faults import FAULTS, Drill, Hands

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]  # with the start of a portal on a busy machine
SEED = int(os.environ.get("FAULT_SEED", "20261123"))
EXTRA = 3  # faults beyond one of each


def test_kill_every_part_in_mid_loop(doomed, django_db_blocker, settings):
    from tests_support.stubborn import Writer, busy_office
    from tests_support.verdict import verdict

    settings.SECRET_KEY = doomed.run.env["SECRET_KEY"]  # links are made here and mailed by the portal's worker
    with django_db_blocker.unblock(), doomed.database():
        busy_office()
        writers = [Writer(f"drill{SEED}-{number}", doomed) for number in range(2)]
        drill = Drill(doomed, SEED)
        with Hands(*(writer.work for writer in writers)):
            drill.play(len(FAULTS) + EXTRA, most=2.0)
        result = verdict(writers)
    print(result)
    assert {name for name, _ in drill.told} == set(FAULTS)
    assert result.wrong == {}
    assert result.whistles >= 10 and result.mails >= 20
    assert result.p95 <= 60
