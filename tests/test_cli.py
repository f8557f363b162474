"""The command ``coursekit``, as a learner types it; and JupyterLab as it is started from there."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
from jupyter_client import BlockingKernelClient

from coursekit import __version__, cli, content
from coursekit.learner import chapters, lab, manifest
from coursekit.progress import MARK

CHAPTERS = len(chapters.find())


def coursekit(*arguments, cwd, **more):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "coursekit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, **more)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """A place with the whole course in ``gradients-course``, delivered by the command."""
    place = tmp_path_factory.mktemp("place")
    run = coursekit("update", cwd=place)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        f"gradients-course: {CHAPTERS + 1} notebooks, self-paced edition",
        f"  {CHAPTERS + 1} new in the folder",
    ]
    return place


@pytest.fixture
def place(delivered, tmp_path):
    """A copy of that place, for one test."""
    shutil.copytree(delivered, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_whole_course_is_delivered(delivered):
    folder = delivered / "gradients-course"
    for chapter in chapters.find():
        text = (folder / chapter.path).read_text("utf-8")
        assert "<details><summary>Solution</summary>" in text
        assert '"outputs": []' in text
    known = manifest.load(folder)
    assert (known.version, known.edition) == (__version__, "self-paced")
    page = json.loads((folder / chapters.START).read_text("utf-8"))
    text = "".join(page["cells"][0]["source"])
    assert "- 1.1 [Slope](gradients/slope.ipynb), 35 minutes\n" in text
    assert text.count("\n## ") == len({c.number[0] for c in chapters.find()})
    assert text.index("(gradients/slope.ipynb)") < text.index("(descent/update_rule.ipynb)")


def test_the_edition_is_kept_until_another_is_asked_for(place):
    folder = place / "gradients-course"
    other = coursekit("update", "--edition", "student", cwd=place)
    assert f"{CHAPTERS + 1} notebooks, student edition" in other.stdout
    assert "Solution</summary>" not in (folder / "gradients/slope.ipynb").read_text("utf-8")
    inside = coursekit("update", cwd=folder / "gradients")  # the folder one is in
    assert inside.stdout == f"{folder}: {CHAPTERS + 1} notebooks, student edition, all up to date\n"


def test_progress_as_a_table_and_for_programs(place):
    folder = place / "gradients-course"
    event = {
        "time": "2026-01-01T00:00:00Z",
        "exercise": "1.1.1",
        "status": "right",
        "mistake": None,
    }
    (folder / MARK / "progress.jsonl").write_text(json.dumps(event) + "\n" + '{"torn')
    table = coursekit("progress", cwd=place).stdout.splitlines()
    assert len(table) == CHAPTERS + 2
    assert table[1].split() == ["1.1", "Slope", "1", "1", "4"]
    data = json.loads(coursekit("progress", folder, "--json", cwd=place).stdout)
    assert len(data) == CHAPTERS
    assert {**data[0], "title": ""} == {
        "chapter": "1.1", "title": "", "path": "gradients/slope.ipynb", "right": 1, "tried": 1,
        "exercises": 4, "mistake": None, "mistake_in": None, "quiz": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["progress", "nowhere"], 1, "nowhere is not a folder of the course: say coursekit start nowhere"),
        (["update", "file"], 1, "file"),
        (["update", "--restore", "gradients/slop.ipynb"], 1, "the course has no gradients/slop.ipynb"),
        (["update", str(content.root() / "gradients")], 1, "holds the course's own sources"),
        (["update", "--", "--port=1"], 2, "only start passes on arguments after --"),
        (["updat"], 2, "invalid choice: 'updat'"),
        ([], 2, "required: COMMAND"),
    ],
)  # fmt: skip
def test_errors_are_one_line(arguments, status, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    monkeypatch.setattr(chapters, "make", lambda _: {})
    try:
        code = cli.main(arguments)
    except SystemExit as exit:
        code = exit.code
    error = capsys.readouterr().err
    assert (code, said in error) == (status, True), error
    assert "Traceback" not in error
    assert status == 2 or error.count("\n") == 1


def test_what_is_missing_is_named(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    find = lab.importlib.util.find_spec
    monkeypatch.setattr(
        lab.importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else find(name)
    )
    assert cli.main(["start"]) == 1
    error = capsys.readouterr().err
    assert 'say pip install "jupyterlab>=4.0"' in error
    assert error.count("\n") == 1
    monkeypatch.setitem(sys.modules, "coursekit.editions", None)
    monkeypatch.setitem(sys.modules, "nbformat", None)
    assert cli.main(["update"]) == 1
    assert "nbformat is missing, which the notebooks are made with" in capsys.readouterr().err


def test_something_in_the_way_is_no_success(place):
    slope = place / "gradients-course" / "gradients" / "slope.ipynb"
    slope.unlink()
    slope.mkdir()
    run = coursekit("update", cwd=place)
    assert run.returncode == 1
    assert "   1 not delivered, something is in the way: gradients/slope.ipynb\n" in run.stdout
    assert "slope.ipynb is a folder, where the course has a notebook: move it away" in run.stdout


def test_a_reader_that_goes_away_is_no_error(place):
    run = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m coursekit progress | true"],
        capture_output=True, text=True, cwd=place,
    )  # fmt: skip
    assert run.stderr == ""


def test_help_names_each_command_and_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; from coursekit import cli\n"
        "try: cli.main(['--help'])\n"
        "finally: print(*{'numpy', 'matplotlib', 'nbformat', 'IPython'} & set(sys.modules), 'loaded')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.endswith("\nloaded\n") or run.stdout.endswith("\n loaded\n")
    for name in ("doctor", "start", "update", "progress", "join", "leave"):
        assert f"\n    {name}" in run.stdout
        one = coursekit(name, "--help", cwd=tmp_path)
        assert (one.returncode, "usage: coursekit " + name in one.stdout) == (0, True)


@contextmanager
def jupyterlab(place):
    """Start the course with JupyterLab on a free port; yields a function that asks its server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "coursekit", "start", "--no-browser", "--",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=secret", *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    log = place / "lab.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=place, stdout=file, stderr=subprocess.STDOUT)

    def ask(path, data=None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            body,
            {"Authorization": "token secret"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    try:
        for _ in range(240):
            assert process.poll() is None, log.read_text()
            try:
                ask("api/status")
                break
            except OSError:
                time.sleep(0.25)
        yield ask
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_in(client, source):
    """Run a cell; return what it showed, each output's data."""
    shown = []

    def hook(message):
        content_ = message["content"]
        shown.append(content_.get("data") or content_.get("text") or content_.get("evalue"))

    reply = client.execute_interactive(source, timeout=120, output_hook=hook)["content"]
    assert reply["status"] == "ok", reply
    return [data for data in shown if isinstance(data, dict)]


def test_start_opens_jupyterlab_where_a_chapter_runs_and_progress_is_noted(place):
    folder = place / "gradients-course"
    with jupyterlab(place) as ask:
        listed = json.loads(ask("api/contents/gradients"))["content"]
        names = {c.path.split("/")[1] for c in chapters.find() if c.path.startswith("gradients/")}
        assert {entry["name"] for entry in listed} == names
        assert b"jupyter-config-data" in ask("lab/tree/start.ipynb")
        notebook = json.loads(ask("api/contents/gradients/slope.ipynb"))["content"]
        session = json.loads(
            ask("api/sessions", {
                "path": "gradients/slope.ipynb", "type": "notebook", "name": "",
                "kernel": {"name": "python3"},
            })
        )  # fmt: skip
        files = subprocess.run(
            [sys.executable, "-m", "jupyter", "--runtime-dir"], capture_output=True, text=True
        ).stdout.strip()
        client = BlockingKernelClient()
        client.load_connection_file(f"{files}/kernel-{session['kernel']['id']}.json")
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            shown = [
                data
                for cell in notebook["cells"]
                if cell["cell_type"] == "code"
                for data in run_in(client, cell["source"])
            ]
            (pid,) = run_in(client, "import os\nos.getpid()")
            run_in(client, 'check("1.1.4", 2 / 8)')
        finally:
            client.stop_channels()
        assert any("ck-check" in data.get("text/html", "") for data in shown)
        assert any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    for _ in range(40):  # the end of JupyterLab is the end of its kernels
        if not alive(int(pid["text/plain"])):
            break
        time.sleep(0.25)
    assert not alive(int(pid["text/plain"]))
    first = json.loads(coursekit("progress", "--json", cwd=place).stdout)[0]
    assert (first["right"], first["tried"]) == (1, 4)
    assert "all up to date" in coursekit("update", folder, cwd=place).stdout


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
