"""The guide and the files of deploy/ name what there is: commands with their options, settings, files, limits."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from recruitment.cli import cli
from recruitment.web.limits import BODY_BYTES_MAX
from tests.docs.pages import ROOT, page
from tests.docs.test_reference import _commands, _settings

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
ENVIRONMENTS = sorted(DEPLOY.glob("*.env"))
_OURS = re.compile(r"^(?:\S*/)?(?:recruitment|first-mile) (.+)$")


def refused(words: list[str]) -> str | None:
    """Say what is wrong with the arguments of a command line of ours; None when there is such a command."""
    commands = {name.removeprefix("recruitment "): command for name, command in _commands(cli, "recruitment")}
    name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in commands), None)
    if name is None:
        return f"there is no command {' '.join(words[:2])}"
    known = {option for each in commands[name].params if isinstance(each, click.Option) for option in each.opts}
    wrong = [word for word in words if word.startswith("--") and word not in known]
    return f"{name} has no {', '.join(wrong)}" if wrong else None


def command_lines(text: str) -> list[list[str]]:
    """Return the arguments of every line that calls us, but for ``--version``."""
    found = [match.group(1) for line in text.splitlines() if (match := _OURS.match(line.strip()))]
    return [words for line in found if (words := shlex.split(line.partition(" #")[0]))[0] != "--version"]


def settings_of(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


class TestTheGuide:
    def test_calls_commands_that_there_are(self):
        lines = [words for fence in page("docs/installation.md").fences for words in command_lines(fence.text)]
        assert len(lines) >= 10
        assert [complaint for words in lines if (complaint := refused(words))] == []

    def test_a_command_that_there_is_not_is_noticed(self):
        assert refused(["ledger", "burn"]) == "there is no command ledger burn"
        assert refused(["ledger", "verify", "--gently"]) == "ledger verify has no --gently"
        assert refused(["ledger", "verify", "--head", "FILE"]) is None

    def test_names_every_file_of_the_folder(self):
        text = page("docs/installation.md").text
        assert [path.name for path in DEPLOY.iterdir() if not re.search(rf"\b{re.escape(path.name)}\b", text)] == []

    def test_explains_every_key_of_the_log_and_every_number(self):
        from recruitment.web.logs import ALLOWED

        codes = page("docs/installation.md").codes
        assert sorted(set(ALLOWED) - codes) == []
        app = (ROOT / "recruitment" / "app.py").read_text(encoding="utf-8")
        assert sorted(set(re.findall(r'"(recruitment_\w+)"', app)) - codes) == []


class TestUnits:
    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_start_a_command_that_there_is_with_settings_that_there_are(self, unit):
        facts = dict(line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line)
        program, *words = shlex.split(facts["ExecStart"])
        assert program.endswith("/recruitment")
        assert refused(words) is None
        assert (DEPLOY / Path(facts["EnvironmentFile"]).name).exists()
        assert f"`{facts['User']}`" in page("docs/installation.md").text

    def test_are_those_of_serve_and_work(self):
        assert [unit.name for unit in UNITS] == ["first-mile-work.service", "first-mile.service"]

    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_systemd_understands_them(self, unit):
        if (analyze := shutil.which("systemd-analyze")) is None:
            pytest.skip("systemd is not here")
        done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
        told = [line for line in done.stderr.splitlines() if unit.name in line and "is not executable" not in line]
        assert told == []


class TestSettings:
    @pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
    def test_are_read_by_us_and_can_be(self, path):
        from recruitment.core.settings import Settings

        found = settings_of(path)
        assert set(found) <= _settings()
        settings = Settings.from_environment(found)
        assert settings.public_url == "https://firstmile.example"
        assert settings.port == 8000

    def test_keep_the_pages_from_the_owner_and_from_the_seal_key(self):
        web, work = (settings_of(DEPLOY / name) for name in ("web.env", "work.env"))
        assert "first_mile_service:" in web["DATABASE_URL"]
        assert "first_mile_owner:" in work["DATABASE_URL"]
        assert "RECRUITMENT_SEAL_KEY" not in web
        assert web["RECRUITMENT_KEY_STORE"] == work["RECRUITMENT_KEY_STORE"]


class TestTheProxy:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

    def test_has_our_limit_and_our_port(self):
        assert f"client_max_body_size {BODY_BYTES_MAX // 1024 // 1024}m;" in self.text
        assert f"proxy_pass http://127.0.0.1:{settings_of(DEPLOY / 'web.env')['PORT']};" in self.text

    def test_says_itself_where_somebody_came_from_and_keeps_no_list_of_visitors(self):
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in self.text
        assert self.text.count("access_log off;") == self.text.count("server {")
        assert "Strict-Transport-Security" in self.text

    def test_is_understood(self, tmp_path):
        programs = (shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("openssl"))
        if None in programs:
            pytest.skip("nginx or openssl is not here")
        nginx, openssl = programs
        key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=firstmile.example"],
            capture_output=True, check=True,
        )  # fmt: skip
        text = self.text.replace("/etc/first-mile/tls", str(tmp_path))
        text = text.replace("/var/log/nginx", str(tmp_path))
        site, whole = tmp_path / "site.conf", tmp_path / "nginx.conf"
        site.write_text(text, encoding="utf-8")
        whole.write_text(
            f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\nhttp {{ include {site}; }}\n"
        )
        done = subprocess.run([nginx, "-t", "-q", "-c", whole], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TestTheCommandOfTheServer:
    def test_reads_the_settings_and_hands_on_its_arguments(self, tmp_path):
        """As the user of this test: giving rights away needs root and the users of the guide."""
        fake = tmp_path / "setpriv"
        fake.write_text('#!/bin/sh\nwhile [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n')
        program = tmp_path / "recruitment"
        program.write_text('#!/bin/sh\necho "$DATABASE_URL" "$@"\n')
        for path in (fake, program):
            path.chmod(0o755)
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "FIRST_MILE_SETTINGS": str(DEPLOY / "work.env"),
            "FIRST_MILE_PROGRAM": str(program),
        }
        done = subprocess.run(
            [DEPLOY / "first-mile", "ledger", "verify"], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == f"{settings_of(DEPLOY / 'work.env')['DATABASE_URL']} ledger verify"
