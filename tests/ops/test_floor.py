"""The floor of the benches is pgbench's own word: transactions that failed or were tried again are not hidden."""

from types import SimpleNamespace

import pytest

from bench.floor import Floor

CROWD = "BEGIN ISOLATION LEVEL SERIALIZABLE;\nUPDATE bench_incident SET title = 'x' WHERE id = 1;\nEND;\n"
NEVER = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$;\n"


@pytest.fixture
def floor(engines, tmp_path):
    """The benches' floor on a database of its own, with two scripts that get into each other's way."""
    engines.start()
    floor = Floor(SimpleNamespace(run=SimpleNamespace(engines=engines)), tmp_path)
    for name, script in (("crowd", CROWD), ("never", NEVER)):
        floor.scripts[name] = tmp_path / f"{name}.sql"
        floor.scripts[name].write_text(script)
    return floor


def test_a_quiet_floor_is_a_figure(floor, capsys):
    assert floor.tps("select", 1) > 0
    assert capsys.readouterr().out == ""


def test_what_was_tried_again_is_said(floor, capsys):
    try:
        assert floor.tps("crowd", 1) > 0
    except RuntimeError as error:  # ten tries were not enough for one of them
        assert "tried again" in str(error)
    else:
        assert "transactions tried again, none failed" in capsys.readouterr().out


def test_a_floor_that_gives_up_is_none(floor):
    with pytest.raises(RuntimeError, match="failed after ten tries"):
        floor.tps("never", 1)
