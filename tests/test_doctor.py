"""The doctor finds each fault, says what to type, and never fails itself."""

import errno
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from coursekit import content, doctor
from coursekit.doctor import kernel, machine, packages, widgets
from coursekit.doctor.finding import NOTE, OK, TROUBLE, Finding
from coursekit.learner import chapters

REQUIRES = [
    "numpy>=1.26",
    "traitlets>=5.9",
    'jupyterlab>=4.0; extra == "lab"',
    'torch; extra == "torch"',
]


@pytest.fixture
def installed(monkeypatch):
    """Packages and their versions, as the doctor sees them; a test changes them."""
    versions = {
        "numpy": "2.4.6",
        "traitlets": "5.16.1",
        "jupyterlab": "4.6.6",
        "coursekit": "0.1.0",
    }

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(packages.metadata, "version", version)
    monkeypatch.setattr(packages.metadata, "requires", lambda _: REQUIRES)
    return versions


class TestPackages:
    def test_all_well(self, installed):
        assert packages.python().grade == OK
        assert packages.required() == Finding(
            OK, "packages", "numpy, traitlets: there, and new enough"
        )
        assert packages.for_lab().said == "jupyterlab: there, and new enough"

    def test_an_old_python(self, monkeypatch):
        monkeypatch.setattr(sys, "version_info", (3, 10, 2))
        assert packages.python().said == "3.10.2 is too old"

    def test_missing_and_old_packages_in_one_command(self, installed):
        installed["numpy"] = "1.9"
        del installed["traitlets"], installed["jupyterlab"]
        found = packages.required()
        assert (found.grade, found.said) == (
            TROUBLE, "numpy 1.9 is not >=1.26; traitlets is missing",
        )  # fmt: skip
        assert found.mend == f"{sys.executable} -m pip install 'numpy>=1.26' 'traitlets>=5.9'"
        assert packages.for_lab().mend.endswith("-m pip install 'jupyterlab>=4.0'")

    def test_a_library_that_is_not_installed(self, monkeypatch):
        def nothing(_):
            raise metadata.PackageNotFoundError("coursekit")

        monkeypatch.setattr(packages.metadata, "requires", nothing)
        assert packages.required().said == "coursekit is not installed, only found"

    def test_this_projects_own_bounds_are_met(self):
        assert packages.required().grade == OK

    def test_chapters_that_lack_a_package(self, monkeypatch):
        assert packages.optional().grade == OK
        find = packages.importlib.util.find_spec
        monkeypatch.setattr(
            packages.importlib.util,
            "find_spec",
            lambda name: None if name in ("jax", "xgboost") else find(name),
        )
        found = packages.optional()
        assert found.grade == NOTE
        assert found.said == "jax is missing for 7.3, 7.4; xgboost is missing for 6.2"
        assert found.mend.endswith("-m pip install jax xgboost")


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """Register a kernel "python3" of one's own, as people do and forget."""

    def register(*command):
        folder = tmp_path / "share" / "kernels" / "python3"
        folder.mkdir(parents=True)
        said = {"argv": [*command], "display_name": "Python 3", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(said))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
        return folder

    return register


class TestKernel:
    def test_a_real_one(self, tmp_path):
        assert kernel.kernel(tmp_path / "not there yet") == Finding(
            OK, "kernel", "starts, is this Python's, and runs the library"
        )

    def test_another_pythons(self, tmp_path, spec):
        other = tmp_path / "other"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", other], check=True)
        # It finds the same packages, so that it starts as well as ours.
        starter = (
            f"import sys; sys.path[:0] = {[path for path in sys.path if path]!r}\n"
            "from ipykernel.kernelapp import launch_new_instance as start; start()"
        )
        where = spec(str(other / "bin" / "python"), "-c", starter, "-f", "{connection_file}")
        found = kernel.kernel(tmp_path)
        assert found.grade == TROUBLE
        assert found.said == f"it is another Python's: {other / 'bin' / 'python'} (set in {where})"
        assert found.mend.endswith("-m jupyter kernelspec remove -f python3")

    def test_one_that_ends_at_once_says_why(self, tmp_path, spec):
        spec(sys.executable, "-c", "raise SystemExit('no module named ipykernel')")
        found = kernel.kernel(tmp_path)
        assert (found.grade, found.said) == (
            TROUBLE, "it does not start: no module named ipykernel",
        )  # fmt: skip
        assert "--force-reinstall ipykernel" in found.mend

    def test_one_that_never_answers_or_is_no_program(self, tmp_path, spec):
        folder = spec("sleep", "60")
        assert "didn't respond in 1 seconds" in kernel.kernel(tmp_path, timeout=1).said
        said = {"argv": ["/no/such/python"], "display_name": "", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(said))
        assert "No such file or directory: '/no/such/python'" in kernel.kernel(tmp_path).said

    def test_a_file_that_hides_a_package(self, tmp_path):
        (tmp_path / "yaml.py").write_text("raise RuntimeError('this is my yaml.py')")
        found = kernel.kernel(tmp_path)
        assert found.said == "the library does not load: RuntimeError: this is my yaml.py"


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """JupyterLab's folders, with the two extensions in them; a test breaks them."""
    for name, version in (("anywidget", "0.11.0"), (widgets.MANAGER, "5.0.16")):
        folder = tmp_path / "labextensions" / name
        (folder / "static").mkdir(parents=True)
        (folder / "static" / "entry.js").write_text("//")
        said = {"version": version, "jupyterlab": {"_build": {"load": "./static/entry.js"}}}
        (folder / "package.json").write_text(json.dumps(said))
    versions = {"anywidget": "0.11.0", "ipywidgets": "8.1.9"}
    monkeypatch.setattr(widgets.metadata, "version", versions.__getitem__)
    monkeypatch.setattr(
        "jupyter_core.paths.jupyter_path", lambda _: [str(tmp_path / "labextensions")]
    )
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path)])
    return tmp_path


class TestWidgets:
    def test_as_installed(self):
        assert widgets.widgets().grade == OK

    def test_the_copy_is_well(self, lab):
        assert widgets.widgets().grade == OK

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("anywidget/package.json", None, "would not find its extension anywidget"),
            (f"{widgets.MANAGER}/package.json", None, f"not find its extension {widgets.MANAGER}"),
            ("anywidget/static/entry.js", None, "anywidget lacks its script"),
            ("anywidget/package.json", "{}", "package.json is damaged"),
        ],
    )
    def test_files_that_are_missing_or_damaged(self, lab, name, text, said):
        path = lab / "labextensions" / name
        path.unlink() if text is None else path.write_text(text)
        found = widgets.widgets()
        assert found.grade == TROUBLE
        assert said in found.said
        assert "--force-reinstall anywidget ipywidgets jupyterlab_widgets" in found.mend

    @pytest.mark.parametrize(
        ("name", "version", "said"),
        [
            ("anywidget", "0.9.13", "anywidget 0.11.0 would meet its extension 0.9.13"),
            (widgets.MANAGER, "3.1.1", "ipywidgets 8.1.9 would meet"),
        ],
    )
    def test_versions_that_do_not_fit(self, lab, name, version, said):
        path = lab / "labextensions" / name / "package.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "version": version}))
        assert said in widgets.widgets().said

    @pytest.mark.parametrize("state", [{widgets.MANAGER: True}, [widgets.MANAGER]])
    def test_an_extension_that_is_disabled(self, lab, state):
        (lab / "labconfig").mkdir()
        (lab / "labconfig" / "page_config.json").write_text(
            json.dumps({"disabledExtensions": state})
        )
        found = widgets.widgets()
        assert found.said == f"the extension {widgets.MANAGER} is disabled"
        assert found.mend.endswith(f"labextension enable {widgets.MANAGER}")

    def test_a_script_of_the_courses_own_that_is_empty(self, lab, tmp_path, monkeypatch):
        (tmp_path / "static").mkdir()
        (tmp_path / "static" / "tangent.js").touch()
        monkeypatch.setattr("coursekit.widgets.base.STATIC", tmp_path / "static")
        assert widgets.widgets().said.endswith("tangent.js is empty")


class TestMachine:
    def memory(self, folder, available, limit="max"):
        (folder / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable:  {available * 1024} kB\n")
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{600 << 20}\n")
        (folder / "memory.stat").write_text(f"anon 1\ninactive_file {100 << 20}\n")
        return machine.memory(folder / "meminfo", folder)

    def test_memory(self, tmp_path):
        assert self.memory(tmp_path, 8000).grade == OK
        assert self.memory(tmp_path, 900).grade == NOTE
        assert self.memory(tmp_path, 300).grade == TROUBLE
        boxed = self.memory(tmp_path, 8000, limit=800 << 20)
        assert (boxed.grade, boxed.said[:11]) == (TROUBLE, "300 MB free")
        unknown = machine.memory(tmp_path / "nothing", tmp_path / "nothing")
        assert (unknown.grade, "does not say" in unknown.said) == (NOTE, True)

    @pytest.mark.parametrize(("free", "grade"), [(1e9, OK), (1e8, NOTE), (1e7, TROUBLE)])
    def test_disk(self, tmp_path, monkeypatch, free, grade):
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("", (), {"free": free}))
        assert machine.disk(tmp_path / "not there yet").grade == grade

    def test_a_folder_to_write_in(self, tmp_path, monkeypatch):
        new = machine.writable(tmp_path / "new")
        assert (new.grade, "will be made there" in new.said) == (OK, True)
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "file").touch()
        assert machine.writable(tmp_path / "file").grade == TROUBLE

        def refuse(**_):
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(machine.tempfile, "NamedTemporaryFile", refuse)
        found = machine.writable(tmp_path)
        assert found.said == f"{tmp_path} can't be written: Read-only file system"
        assert "coursekit start ~/" in found.mend

    def test_fonts(self, monkeypatch):
        assert machine.fonts().grade == OK

        def lost(*_, **__):
            raise ValueError("no font")

        monkeypatch.setattr("matplotlib.font_manager.findfont", lost)
        assert machine.fonts().said == "matplotlib finds no font for 'sans-serif'"
        monkeypatch.setattr("matplotlib.font_manager.findfont", lambda *_, **__: "/gone.ttf")
        assert machine.fonts().grade == TROUBLE

    def test_the_course(self, tmp_path, monkeypatch):
        assert machine.course().said.startswith(f"{len(chapters.find())} chapters in ")
        monkeypatch.setattr(content, "root", lambda: tmp_path)
        assert machine.course().said == f"there is no chapter in {tmp_path}"

        def gone():
            raise FileNotFoundError("the course's content is neither here nor there")

        monkeypatch.setattr(content, "root", gone)
        assert machine.course().said == "the course's content is neither here nor there"


def test_a_check_that_fails_itself_is_a_line_like_the_others():
    def broken():
        raise RuntimeError("two\nlines")

    (found,) = doctor.examine({"fonts": broken})
    assert found.grade == TROUBLE
    assert found.said == "could not be looked at: RuntimeError: two lines"


def test_the_report_is_one_line_a_check_and_decides_the_exit_status(tmp_path, monkeypatch, capsys):
    healthy = {"a": lambda: Finding(OK, "a", "well"), "b": lambda: Finding(NOTE, "b", "so", "type")}
    monkeypatch.setattr(doctor, "checks", lambda _: healthy)
    assert doctor.main(tmp_path) == 0
    said = capsys.readouterr().out
    assert re.match(
        r"ok +a +well\nnote +b +so\n +-> type\n\nAll is well but for what is noted", said
    )
    monkeypatch.setattr(
        doctor, "checks", lambda _: {**healthy, "c": lambda: Finding(TROUBLE, "c", "bad", "x")}
    )
    assert doctor.main(tmp_path) == 1
    assert "Trouble in 1 of 3 checks." in capsys.readouterr().out


def test_each_check_is_run_by_the_doctor():
    named = list(doctor.checks(Path()))
    assert named == [
        "Python", "packages", "JupyterLab", "course", "chapters", "kernel", "widgets", "fonts",
        "memory", "disk", "folder",
    ]  # fmt: skip
