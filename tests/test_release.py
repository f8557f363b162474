"""The archive for use without a network: complete, the same each time, and alive from a USB stick."""

import hashlib
import subprocess
import sys
import zipfile

import nbformat
import pytest

from coursekit import editions
from coursekit.site import release
from tests.browser import opened, settle
from tests.tools import ROOT


@pytest.mark.site
def test_the_archive(site, browser, tmp_path):
    """One test, since the archive is made for it."""
    book = tmp_path / "book.pdf"
    book.write_bytes(b"%PDF-1.7 stands for the printed book")
    archive = release.pack(ROOT, tmp_path / "one", book)
    again = release.pack(ROOT, tmp_path / "two", book)
    name = f"gradients-{release.version(ROOT)}"
    assert archive.name == f"{name}.zip"
    assert archive.read_bytes() == again.read_bytes()
    digest, named = (tmp_path / "one" / f"{name}.zip.sha256").read_text("utf8").split()
    assert (digest, named) == (hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)

    stick = tmp_path / "Stick für unterwegs"
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == sorted(packed.namelist())
        packed.extractall(stick)
    course = stick / name
    assert {path.name for path in course.iterdir()} == {
        "LICENSE", "LICENSE-TEXT", "README.txt", "START-HERE.html", "gradients.pdf",
        next(course.glob("coursekit-*.whl")).name, "notebooks", "site",
    }  # fmt: skip
    on_site = {p.relative_to(site) for p in site.rglob("*") if p.is_file() and p.name[0] != "."}
    there = course / "site"
    assert {p.relative_to(there) for p in there.rglob("*") if p.is_file()} == on_site

    # by hand, with no network: the first page, a chapter whose widget answers, the search
    with opened(browser, course.as_uri() + "/", "START-HERE.html", offline=True) as page:
        command = page.locator("pre").inner_text()
        assert command in (course / "README.txt").read_text("utf8")
        page.get_by_role("link", name="site/index.html").click()
        settle(page)
        page.locator("article").get_by_role("link", name="Slope", exact=True).first.click()
        settle(page)
        said = page.locator(".ck-tangent .ck-sentence")
        before = said.inner_text()
        page.locator(".ck-tangent input[type=range]").first.press("End")
        page.wait_for_function(
            "(text) => document.querySelector('.ck-tangent .ck-sentence').innerText !== text",
            arg=before,
        )
        page.locator("#search-field").fill("saturated")
        page.locator("#search-field").press("Enter")
        page.wait_for_selector('#search-results a[href*="saturation.html"]')
        assert page.watch.faults == []

    notebooks = sorted((course / "notebooks").rglob("*.ipynb"))
    assert {p.relative_to(course / "notebooks").parts[0] for p in notebooks} == set(
        editions.EDITIONS
    )
    assert len(notebooks) == len(editions.chapters(ROOT / "book")) * len(editions.EDITIONS)
    for path in notebooks:
        nbformat.validate(nbformat.read(path, as_version=4))

    target = tmp_path / "installed"
    built = next(course.glob("*.whl"))
    assert f'"{built.name}[torch]"' in command
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(built)], check=True)
    asked = "import coursekit.content as c; print(c.root())"
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(target)!r}); {asked}"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert run.stdout.strip() == str(target / "coursekit" / "book")
    assert (target / "coursekit" / "book" / "gradients" / "slope.ipynb").is_file()


def test_what_is_missing_is_told(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    assert release.main(["--tag", "v1.1"]) == 1
    assert "the tag is v1.1, but pyproject.toml says 1.2" in capsys.readouterr().err
    assert release.main(["--tag", "v1.2"]) == 1
    assert "run: make book" in capsys.readouterr().err
    (tmp_path / "_build" / "html").mkdir(parents=True)
    (tmp_path / "_build" / "html" / "index.html").touch()
    assert release.main([]) == 1
    assert "run: make pdf" in capsys.readouterr().err
