"""`make test` fails at the first step that fails, and says which."""

import sys

import pytest

from ops import check


@pytest.fixture
def no_browser(monkeypatch):
    """A machine without Chromium where nothing may be installed."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(check, "BROWSERS", ("browser-of-nowhere",))
    monkeypatch.setattr(check.os, "geteuid", lambda: 1000)


def test_missing_browser_is_a_failure_with_a_remedy(no_browser):
    with pytest.raises(check.CheckFailed, match=r"need Chromium.*\n.*apt install chromium fonts-noto-cjk"):
        check.need_browser()


def test_browser_named_wrongly_is_not_replaced(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(check.CheckFailed, match="need Chromium"):
        check.need_browser()


def test_named_browser_is_taken(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert check.need_browser() == sys.executable


def test_browser_is_installed_by_root_where_apt_is(no_browser, monkeypatch):
    done = []
    monkeypatch.setattr(check.os, "geteuid", lambda: 0)
    monkeypatch.setattr(check.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(check, "step", lambda title, command, env: done.append(command))
    with pytest.raises(check.CheckFailed, match="need Chromium"):
        check.need_browser()
    assert [command[1] for command in done] == ["update", "install"]
    assert done[1][-2:] == ["chromium", "fonts-noto-cjk"]


def test_a_failed_step_ends_the_check(capfd):
    assert check.guarded(check.step, "Style", [sys.executable, "-c", "print('the reason'); exit(3)"]) == 1
    shown = capfd.readouterr()
    assert "the reason" in shown.out
    assert "Style failed" in shown.err and "exit code 3" in shown.err


def test_deployment_is_judged_as_production(tmp_path):
    env = check.deployment({}, tmp_path)
    assert (env["DEBUG"], env["DEMO"], env["HTTPS"], env["PLAIN_STATIC"]) == ("0", "0", "1", "0")
