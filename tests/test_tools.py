"""How the tests choose their browser, on machines that have one, can get one, or cannot."""

import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.site import browsers
from tests import tools


@pytest.fixture
def machine(monkeypatch):
    """A machine without any browser; a test changes it as it likes and reads what was done."""

    class Machine:
        system: list[Path] = []
        downloaded: list[Path] = []
        shells: list[Path] = []
        broken: set[Path] = set()
        done: list[str] = []
        may: dict[str, list[Path]] = {}

    self = Machine()
    self.done, self.may = [], {}
    monkeypatch.setattr(browsers, "system_browsers", lambda: iter(self.system))
    monkeypatch.setattr(browsers, "playwrights_browsers", lambda: iter(self.downloaded))
    monkeypatch.setattr(browsers, "system_shells", lambda: iter(self.shells))
    monkeypatch.setattr(browsers, "starts", lambda path: path not in self.broken)

    def installer(name, place):
        def install():
            self.done.append(name)
            setattr(self, place, self.may.get(name, []))
            return name in self.may

        return install

    monkeypatch.setattr(browsers, "download_with_playwright", installer("playwright", "downloaded"))
    monkeypatch.setattr(browsers, "install_with_apt", installer("apt", "system"))
    return self


CHROME, OWN = Path("/usr/bin/google-chrome"), Path("/cache/chrome")
SHELL = Path("/usr/bin/chromium-headless-shell")


def test_the_systems_browser_comes_first_and_nothing_is_installed(machine):
    machine.system, machine.downloaded = [CHROME], [OWN]
    assert browsers.ensure_chromium() == CHROME
    assert machine.done == []


def test_a_browser_that_does_not_start_is_passed_over(machine):
    machine.system, machine.downloaded, machine.broken = [CHROME], [OWN], {CHROME}
    assert browsers.chromium() == OWN


def test_without_a_browser_playwright_downloads_one(machine):
    machine.may = {"playwright": [OWN], "apt": [CHROME]}
    assert browsers.ensure_chromium() == OWN
    assert machine.done == ["playwright"]


@pytest.mark.parametrize("downloads", [{}, {"playwright": [OWN]}])
def test_where_the_download_fails_or_does_not_start_apt_installs_one(machine, downloads):
    machine.may = {**downloads, "apt": [CHROME]}
    machine.broken = {OWN}
    assert browsers.ensure_chromium() == CHROME
    assert machine.done == ["playwright", "apt"]


def test_where_nothing_works_the_message_says_which_command_to_run(machine, monkeypatch, capsys):
    monkeypatch.setattr(tools, "install_packages", lambda folder, whose: None)
    assert tools.main() == 1
    assert machine.done == ["playwright", "apt"]
    said = capsys.readouterr().err
    assert "sudo apt-get install chromium" in said
    assert f"{sys.executable} -m playwright install" in said


def test_for_the_tests_a_browser_without_windows_comes_first(machine, tmp_path):
    own = tmp_path / "chromium-1255" / "chrome-linux64" / "chrome"
    machine.system, machine.downloaded = [CHROME], [own]
    assert browsers.headless() == CHROME
    beside = tmp_path / "chromium_headless_shell-1255" / "chrome-headless-shell-linux64"
    beside.mkdir(parents=True)
    (beside / "chrome-headless-shell").touch()
    (beside / "LICENSE.headless_shell").touch()
    assert browsers.headless() == beside / "chrome-headless-shell"
    machine.shells = [SHELL]
    assert browsers.headless() == SHELL
    machine.broken = {SHELL, beside / "chrome-headless-shell"}
    assert browsers.headless() == CHROME


@pytest.mark.parametrize(
    ("root", "sudo", "rights"),
    [(True, None, []), (False, 0, ["/bin/sudo", "-n"]), (False, 1, None), (False, None, None)],
)
def test_apt_is_used_only_with_rights(monkeypatch, root, sudo, rights):
    commands = []
    found = {"apt-get": "/bin/apt-get", "sudo": None if sudo is None else "/bin/sudo"}
    monkeypatch.setattr(browsers.os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(browsers.shutil, "which", lambda name, **_: found[name])
    monkeypatch.setattr(
        browsers.subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, sudo or 0),
    )
    monkeypatch.setattr(browsers, "run", lambda command, **_: commands.append(command) or True)
    assert browsers.rights_of_root() == rights
    assert browsers.install_with_apt() is (rights is not None)
    for command in commands:
        assert command[: len(rights)] == rights
        assert "DEBIAN_FRONTEND=noninteractive" in command
    assert [command[-1] for command in commands] == (
        [] if rights is None else ["update", "chromium", "chromium-headless-shell"]
    )


def test_where_apt_has_none_without_windows_the_browser_is_there_all_the_same(monkeypatch):
    monkeypatch.setattr(browsers.shutil, "which", lambda name, **_: f"/bin/{name}")
    monkeypatch.setattr(browsers, "rights_of_root", lambda: [])
    monkeypatch.setattr(browsers, "run", lambda command, **_: "shell" not in command[-1])
    assert browsers.install_with_apt() is True
    monkeypatch.setattr(browsers, "run", lambda command, **_: command[-1] != "chromium")
    assert browsers.install_with_apt() is False


def test_without_apt_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(browsers.shutil, "which", lambda name, **_: None)
    monkeypatch.setattr(tools, "run", lambda *_, **__: pytest.fail("nothing to run"))
    assert browsers.install_with_apt() is False


def test_a_failed_npm_says_so_and_the_browser_is_not_reached(machine, monkeypatch, capsys):
    monkeypatch.setattr(tools, "run", lambda *_, **__: False)
    assert tools.main() == 1
    assert "npm ci" in capsys.readouterr().err
    assert machine.done == []


def test_a_missing_node_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(tools.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(tools.ToolError, match="run: make test"):
        tools.node()


def test_the_real_probe_knows_a_program_that_fails_or_is_not_there(tmp_path):
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho needs the snap >&2\nexit 1\n")
    stub.chmod(0o755)
    assert not browsers.starts(stub)
    assert not browsers.starts(tmp_path / "missing")
    assert browsers.starts(sys.executable)


def test_a_command_that_cannot_start_is_a_failure_and_not_an_exception(capsys):
    assert browsers.run(["/no/such/program"]) is False
    assert "/no/such/program did not start" in capsys.readouterr().out
