"""A management command gets the environment of the portal that runs from the same folder."""

import json

from ops import manage, run
from ops.lock import Lock
from ops.services import Choice


def test_command_before_the_first_start(monkeypatch, folder, capsys):
    monkeypatch.setattr(manage, "read_choice", lambda: Choice(8000, True, folder))
    assert manage.main() == 1
    assert "make run first" in capsys.readouterr().err


def test_command_while_the_portal_runs(monkeypatch, folder, engines, query):
    portal = Choice(8765, True, engines.data)
    engines.start()
    kept = run.kept_values(engines.data)
    (engines.data / "set-up.json").write_text("{}")
    held = Lock(engines.data / "run.lock")
    held.take({"url": portal.url})
    monkeypatch.setattr(manage, "read_choice", lambda: Choice(8000, True, engines.data))
    monkeypatch.setattr(manage, "manage", lambda *words: ["sh", "-c", f"env > '{folder}/seen'; exit 3"])
    assert manage.main() == 3
    seen = dict(line.split("=", 1) for line in (folder / "seen").read_text().splitlines() if "=" in line)
    assert seen["BASE_URL"] == portal.url
    assert seen["DATABASE_URL"] == engines.env()["DATABASE_URL"]
    assert seen["EMAIL_URL"].endswith(f":{kept['mailbox_port']}")
    assert "DATABASE_OWNER_URL" not in seen
    assert json.loads((engines.data / "secrets.json").read_text()) == kept
