"""The printing house, piece by piece, without a browser."""

import gzip
import io
import json
import re
import threading
import urllib.request
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx.errors import ExtensionError

from coursekit.plots import COLORS
from coursekit.site import (
    cache,
    clean,
    figures,
    head,
    katex,
    markup,
    modules,
    paths,
    printed,
    promises,
    serve,
    styles,
    tasks,
    widgets,
)
from coursekit.site.__main__ import book_root, main, reason
from coursekit.site.v8 import engine

ROOT = Path(__file__).parents[1]


class TestFormulas:
    def test_html_for_the_eye_and_mathml_for_the_ear(self):
        html = katex.render(r"\R^n", macros=((r"\R", r"\mathbb{R}"),))
        assert "<math" in html
        assert 'aria-hidden="true"' in html
        assert 'mathvariant="double-struck"' in html

    def test_bad_latex_names_the_formula(self):
        with pytest.raises(katex.FormulaError, match=r"Undefined control sequence.*nosuch\{x\}"):
            katex.render(r"\nosuch{x}")

    def test_style_sheet_is_of_the_same_version_as_the_script(self):
        css = (ROOT / "assets/katex/katex.min.css").read_text("utf8")
        assert f'content:"{katex.version()}"' in css

    def test_style_sheet_names_only_fonts_that_are_there(self):
        folder = ROOT / "assets/katex"
        named = set(re.findall(r"url\(([^)]+)\)", (folder / "katex.min.css").read_text("utf8")))
        assert named == {f"fonts/{path.name}" for path in (folder / "fonts").iterdir()}

    def test_environments_lose_their_own_numbers(self):
        assert (
            katex.unnumbered(r"\begin{multline}a\end{multline}") == r"\begin{gather*}a\end{gather*}"
        )
        assert katex.unnumbered(r"\begin{align*}a\end{align*}") == r"\begin{align*}a\end{align*}"

    @pytest.mark.parametrize(
        ("latex", "expected"),
        [
            ("a = b", "a = b"),
            (r"a \\ b", r"\begin{split}a \\ b\end{split}"),
            (r"\begin{cases}a \\ b\end{cases}", r"\begin{cases}a \\ b\end{cases}"),
            ("a\n\nb", r"\begin{aligned}a\\b\end{aligned}"),
        ],
    )
    def test_lines_are_aligned_where_they_break(self, latex, expected):
        assert katex.lines(latex) == expected
        katex.render(expected, display=True)


def svg(inside: str, title: str = "<title>A line that falls</title>") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="72pt" height="36pt" viewBox="0 0 72 36">{title}{inside}</svg>'
    )


class TestFigures:
    def test_title_becomes_the_label(self):
        shown = figures.inline(svg(""), "f0-", {})
        assert 'role="img"' in shown
        assert 'aria-label="A line that falls"' in shown
        assert "<title" not in shown
        assert "max-width:96px" in shown

    @pytest.mark.parametrize("title", ["", "<title> </title>"])
    def test_no_title_is_an_error(self, title):
        with pytest.raises(figures.FigureError, match="no alt text"):
            figures.inline(svg("", title), "f0-", {})

    def test_ids_are_unique_on_the_page_and_useless_ones_go(self):
        shown = figures.inline(
            svg('<defs><path id="m" d="M0 0"/></defs><g id="axes"><use xlink:href="#m"/></g>'
                '<clipPath id="c"/><g clip-path="url(#c)"/>'),
            "f7-", {},
        )  # fmt: skip
        assert set(re.findall(r'id="([^"]+)"', shown)) == {"f7-m", "f7-c"}
        assert 'href="#f7-m"' in shown
        assert "url(#f7-c)" in shown

    def test_colors_become_the_pages_tokens_and_unknown_ones_stay(self):
        colors = figures.tokens({"loss": "#0072B2"})
        drawn = '<path style="stroke: #0072b2; fill: #123456"/><path fill="#0072b2" style="x: 1"/>'
        shown = figures.inline(svg(drawn), "", colors)
        assert shown.count("var(--ck-loss)") == 2
        assert "#123456" in shown
        assert "#0072b2" not in shown

    def test_the_global_style_stays_inside_the_figure(self):
        shown = figures.inline(svg("<style>*{stroke-linecap: butt}</style>"), "", {})
        assert "<style" not in shown
        assert 'style="stroke-linecap:butt;' in shown

    def test_text_takes_the_pages_font_and_ink(self):
        shown = figures.inline(svg("<text style=\"font: 10px 'DejaVu Sans'\">x</text>"), "", {})
        assert "DejaVu" not in shown
        assert "font-size:calc(10px*var(--grow,1))" in shown
        assert "fill:currentColor" in shown

    def test_mathtext_flows_but_what_is_stacked_stays(self):
        def letters(*places: tuple[float, float]) -> str:
            spans = [f'<tspan x="{x}" y="{y}" style="font-size: 9px">a</tspan>' for x, y in places]
            return f"<g><text>{''.join(spans)}</text></g>"

        assert ">aa</tspan>" in figures.inline(svg(letters((0, -1), (6, -1))), "", {})
        stacked = figures.inline(svg(letters((0, -1), (0.2, 4))), "", {})
        assert stacked.count("<tspan") == 2
        assert 'x="0"' in stacked

    def test_a_picture_of_the_course_keeps_no_color_of_its_own(self):
        from coursekit.plots import picture

        figure, axes = picture(alt="A falling line from one to zero")
        axes.plot([0, 1], [1, 0], color=COLORS["loss"])
        axes.set_xlabel("$x_1$")
        shown = figures.inline(figure.svg(), "f0-", figures.course_tokens())
        assert not re.findall(r"#[0-9a-f]{6}\b", shown)
        assert "var(--ck-loss)" in shown


def walked(path: str) -> list[tuple[str, float, float]]:
    """The points that a path goes through, by any of its commands."""
    takes = {"m": 2, "l": 2, "q": 4, "c": 6}
    parts = re.findall(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)", path)
    points, here, start = [], (0.0, 0.0), (0.0, 0.0)
    command, place = "", 0
    while place < len(parts):
        if parts[place].isalpha():
            command = parts[place]
            place += 1
        if command in "zZ":
            points.append(("z", *start))
            here = start
            continue
        count = takes[command.lower()]
        x, y = here if command.islower() else (0.0, 0.0)
        numbers = [float(part) for part in parts[place : place + count]]
        pairs = [(x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        place += count
        points += [(command.lower(), *pair) for pair in pairs]
        here = pairs[-1]
        if command in "mM":
            start, command = here, "l" if command == "m" else "L"
    return points


NUMBERS = st.floats(-999, 999).map(lambda number: f"{number:.2f}")
COMMANDS = st.sampled_from([("M", 2), ("L", 2), ("Q", 4), ("C", 6), ("Z", 0)])


class TestPaths:
    @given(st.data(), st.lists(COMMANDS, max_size=12))
    def test_the_shorter_path_goes_through_the_same_points(self, data, commands):
        path = " ".join(
            " ".join([letter, *data.draw(st.lists(NUMBERS, min_size=count, max_size=count))])
            for letter, count in [("M", 2), *commands]
        )
        before, after = walked(path), walked(paths.relative(path))
        assert [kind for kind, *_ in after] == [kind for kind, *_ in before]
        for (_, *point), (_, *same) in zip(before, after, strict=True):
            assert same == pytest.approx(point, abs=1e-6)

    def test_it_is_shorter(self):
        wave = "M 100 50" + "".join(f" L {100 + i / 3:.2f} {50 + i % 7:.2f}" for i in range(99))
        assert len(paths.relative(wave)) < 0.7 * len(wave)

    @pytest.mark.parametrize("path", ["M 0 0 A 1 1 0 0 1 2 2", "m 1 1 l 2 2", "M 0 0 H 5"])
    def test_what_it_does_not_know_stays(self, path):
        assert paths.relative(path) == path


class TestWidgets:
    STATE = {
        "a": {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "state": {"_esm": "export default {}", "_css": "BUNDLE", "reserve": [300, 400], "layout": "x"},
            "buffers": [{"path": ["x"], "data": ""}],
        },
        "b": {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "state": {"_esm": "export default {}", "_css": "own", "_view_name": "V"},
        },
        "l": {"model_name": "LayoutModel", "model_module": "@jupyter-widgets/base", "state": {}},
        "j": {"model_name": "LinkModel", "model_module": "@jupyter-widgets/controls", "state": {}},
    }  # fmt: skip

    def test_lean_keeps_what_the_host_can_use(self):
        state = widgets.lean(self.STATE)
        assert set(state) == {"a", "b", "j"}
        assert "layout" not in state["a"]["state"]
        assert state["a"]["buffers"] == [{"path": ["x"], "data": ""}]

    def test_a_source_is_stored_once_and_the_bundles_style_not_at_all(self):
        state = widgets.lean(self.STATE)
        files = widgets.extract_sources(state, "BUNDLE\n")
        assert sorted(Path(name).suffix for name in files) == [".css", ".js"]
        key = state["a"]["state"]["_esm"]
        assert key == state["b"]["state"]["_esm"]
        assert files[f"{key}.js"].startswith(f'(window.ckModules ??= {{}})["{key}"] = function')
        assert self.STATE["a"]["state"]["_esm"] == "export default {}", "the original is left alone"

    @pytest.mark.parametrize(
        ("module", "exported"),
        [
            ("const w = 7;export{w as default};\n", 7),
            ("var $a=1;\nexport { $a as default }", 1),
            ("const one = 1;\nexport default\n  { sum: one + 1 }; ", {"sum": 2}),
            ("export default () => 3 // three", None),
            ("export default typeof this", "undefined"),
            ("export default (function () { return this === undefined; })()", True),
        ],
    )
    def test_a_module_becomes_a_function_that_returns_its_default(self, module, exported):
        engine().eval("var window = {}")
        key, script = modules.script(module)
        engine().eval(script)
        run = f"(0, window.ckModules[{json.dumps(key)}])()"  # as the host does
        if exported is None:
            assert engine().eval(f"{run}()") == 3
        else:
            assert json.loads(engine().eval(f"JSON.stringify({run})")) == exported

    @pytest.mark.parametrize(
        ("module", "wrong"),
        [
            ("import * as d3 from 'https://esm.sh/d3'; export default {}", "import statement"),
            ("export function render() {}", "found none"),
            ("export const a = 1; export default a", "Unexpected token 'export'"),
            ("export default {}; const after = 1", "Unexpected token ';'"),
            ("const x = await 1; export default x", "await is only valid"),
            ("x = 010; export default x", "Octal"),
        ],
    )
    def test_another_kind_of_module_is_refused(self, module, wrong):
        with pytest.raises(modules.ModuleError, match=f"one export, the default: .*{wrong}"):
            modules.script(module)

    def test_slots_reserve_height_and_speak(self):
        body = widgets.fill_slots(widgets.slot("a", "Bar <3"), widgets.lean(self.STATE))
        assert 'data-model="a" style="--wide:300;--narrow:400"' in body
        assert "Bar &lt;3" in body

    def test_code_is_no_sentence(self):
        assert widgets.sentence("VBox(children=())") == widgets.FALLBACK
        assert widgets.sentence("Slope  2 at x = 1.") == "Slope 2 at x = 1."
        assert widgets.sentence("Quiz\n1. Why?\n   - So\n\n") == "Quiz\n1. Why?\n- So"


class TestCache:
    @pytest.fixture
    def book(self, tmp_path):
        for name in (
            "kit/a.py",
            "kit/site/katex.py",
            "kit/editions.py",
            "book/claims.yml",
            "requirements.txt",
        ):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("1")
        return tmp_path

    def key(self, book: Path) -> str:
        return cache.execution_key(cache.execution_files(book / "kit", book / "book"))

    @pytest.mark.parametrize("name", ["kit/a.py", "book/claims.yml", "requirements.txt"])
    def test_what_chapters_depend_on_changes_the_key(self, book, name):
        before = self.key(book)
        (book / name).write_text("2")
        assert self.key(book) != before

    @pytest.mark.parametrize("name", ["kit/site/katex.py", "kit/editions.py"])
    def test_what_never_runs_in_a_chapter_does_not(self, book, name):
        before = self.key(book)
        (book / name).write_text("2")
        assert self.key(book) == before

    def test_prune_keeps_the_current_and_the_latest_other(self, tmp_path):
        import os

        for age, name in enumerate(["now", "old", "older", "oldest"]):
            (tmp_path / name).mkdir()
            os.utime(tmp_path / name, (1000 - age, 1000 - age))
        assert cache.prune(tmp_path, "now") == ["older", "oldest"]
        assert {path.name for path in tmp_path.iterdir()} == {"now", "old"}

    def test_the_ledger_is_read_again_and_last(self):
        class Env:
            found_docs = {"claims", "a", "b"}

        assert cache.reread(None, Env, set(), {"a"}, set()) == ["claims"]
        assert cache.reread(None, Env, set(), set(), set()) == []
        names = ["claims", "zebra"]
        cache.ledger_last(None, Env, names)
        assert names == ["zebra", "claims"]


class TestHead:
    def test_shorten_ends_with_a_sentence_or_a_word(self):
        assert head.shorten("One two. Three four five", 15) == "One two."
        assert head.shorten("One two three four", 12) == "One two…"
        assert len(head.shorten("word " * 100)) <= 160

    def test_site_url(self, monkeypatch):
        class Config:
            html_baseurl = "https://a.example/book"

        assert head.site_url(Config) == "https://a.example/book/"
        monkeypatch.setenv(head.URL_VARIABLE, "ftp://x")
        with pytest.raises(ValueError, match="GRADIENTS_SITE_URL must start with http"):
            head.site_url(Config)

    def test_a_sitemap_only_where_the_address_is_known(self, tmp_path):
        head.write_for_crawlers(tmp_path, "https://a.example/", ["intro", "p/slope"], "intro")
        places = re.findall("<loc>(.*?)</loc>", (tmp_path / "sitemap.xml").read_text())
        assert places == ["https://a.example/", "https://a.example/p/slope.html"]
        assert "Sitemap: https://a.example/sitemap.xml" in (tmp_path / "robots.txt").read_text()
        head.write_for_crawlers(tmp_path, "", ["intro"], "intro")
        assert not (tmp_path / "sitemap.xml").exists()


class TestPromises:
    WORDS = "**You will be able to**"

    @pytest.fixture
    def check(self):
        """Check a chapter, written in reStructuredText; returns how many objectives it has."""
        from docutils.core import publish_doctree

        class App:
            class env:  # noqa: N801
                metadata: ClassVar = {"slope": {"coursekit": {"minutes": 30}}, "claims": {}}
                docname = "slope"
                doc2path = "{}.ipynb".format

        def run(text: str, name: str = "slope", **said: object) -> int:
            App.env.docname = name
            App.env.metadata["slope"] = {"coursekit": {"minutes": 30} | said}
            doctree = publish_doctree(text)
            promises.check(App, doctree)
            return len(list(tasks.objectives(doctree)))

        return run

    def test_two_to_four_objectives_will_do(self, check):
        assert check(f"{self.WORDS}\n\n- one;\n- two.\n\nNext.\n\n- no objective") == 2
        assert check(f"Title\n=====\n\n{self.WORDS}\n\n- 1\n- 2\n- 3\n- 4") == 4
        assert check("The ledger.", name="claims") == 0

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("Text.\n\n- a list\n- of something else", 0),
            (f"{WORDS} see it all.\n\n- one;\n- two.", 0),
            (f"{WORDS}\n\nsee it all.", 0),
            (f"{WORDS}\n\n- see it all.", 1),
            (f"{WORDS}\n\n- 1\n- 2\n- 3\n- 4\n- 5", 5),
        ],
    )
    def test_fewer_and_more_are_an_error(self, check, text, count):
        with pytest.raises(ExtensionError, match=f"^slope: .*2 to 4 objectives; found {count}"):
            check(text)

    @pytest.mark.parametrize("minutes", [None, "30", 0, 12.5])
    def test_the_minutes_are_a_number(self, check, minutes):
        with pytest.raises(ExtensionError, match=f"^slope: .*whole number, got {minutes!r}"):
            check(f"{self.WORDS}\n\n- one;\n- two.", minutes=minutes)


class TestMarkup:
    def test_the_link_to_a_heading_stands_beside_it(self):
        body = '<h2>Slope<a class="headerlink" href="#slope" title="Link">#</a></h2>'
        assert "<h2>Slope</h2><a" in markup.headings(body)
        assert 'href="#slope"' in markup.headings(body)

    def test_tables_scroll(self):
        assert markup.tables("<table><tr></tr></table>").startswith('<div class="scroll"><table>')

    @pytest.mark.parametrize("body", ["<p><script src=x>", '<i class="fas fa-star">'])
    def test_what_the_site_cannot_serve_is_refused(self, body):
        with pytest.raises(ExtensionError, match="slope: "):
            markup.refuse_scripts(body, "slope")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step  loss\n   0  1.00\n   1  0.25\n", True),
        ("gradient descent  0.06\nAdam              0.04\nmeasured on 3 seeds\n", True),
        ("step  loss\n   0  1.00", False),
        ("loss 1.00\n  then 0.25\n  then 0.06", False),
    ],
)
def test_a_printed_table_is_told_from_prose(text, expected):
    assert printed.in_columns(text) is expected


class TestClean:
    def test_foreign_loads_are_found_and_links_are_not(self):
        page = (
            '<link rel="canonical" href="https://a.example/"><a href="https://b.example">'
            '<img src="//c.example/x.png"><link rel="stylesheet" href="https://d.example/s.css">'
        )
        assert clean.foreign_loads(page) == ["//c.example/x.png", "https://d.example/s.css"]

    def test_only_used_files_stay(self, tmp_path):
        for name in ("_static/katex/k.css", "_static/thebe.js", "_sources/intro.md", "intro.html"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("")
        assert clean.remove_unused(tmp_path) == ["thebe.js"]
        assert not (tmp_path / "_sources").exists()
        assert (tmp_path / "intro.html").exists()


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class TestStyles:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_code_can_be_read(self, theme):
        tokens = (ROOT / "widgets/src/tokens.css").read_text("utf8")
        code = (ROOT / "assets/css/50-code.css").read_text("utf8")
        found = []
        for css in (tokens, code):
            light, dark = re.findall(r"(?::root|dark\"\][^{]*|false\"\]) \{([^}]*)\}", css)[:2]
            found += re.findall(r"--([\w-]+): (#\w{6})", light if theme == "light" else dark)
        colors = dict(found)
        for name in ("code-keyword", "code-text", "code-number", "code-name", "ck-muted", "ck-ink"):
            assert contrast(colors[name], colors["ck-raised"]) >= 4.5, name

    def test_squeezing_keeps_every_rule(self):
        css = "\n".join(
            path.read_text("utf8") for path in sorted((ROOT / "assets/css").glob("*.css"))
        )
        small = styles.squeeze(css)
        assert small.count("{") == re.sub(r"/\*.*?\*/", "", css, flags=re.S).count("{")
        assert len(small) < 0.85 * len(css)
        assert "calc(100% + 1.5rem)" in small, "spaces that calc needs stay"


class TestServer:
    @pytest.fixture
    def address(self, tmp_path):
        (tmp_path / "index.html").write_text("<p>" + "slope " * 500)
        (tmp_path / "a.css").write_text("p{}")
        running = serve.server(tmp_path, 0)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://{serve.HOST}:{running.server_port}"
        running.shutdown()
        running.server_close()

    def get(self, address: str, **headers: str):
        return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=5)

    def test_text_is_compressed_for_those_who_take_it(self, address):
        with self.get(address + "/", **{"Accept-Encoding": "gzip"}) as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert len(body) < 200
            assert b"slope" in gzip.decompress(body)
        with self.get(address + "/") as answer:
            assert answer.read().startswith(b"<p>slope")

    def test_what_carries_a_hash_may_be_kept(self, address):
        with self.get(address + "/a.css?v=1") as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        with self.get(address + "/a.css") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"

    def test_no_site_and_a_taken_port_are_said_plainly(
        self, tmp_path, address, monkeypatch, capsys
    ):
        (tmp_path / "_config.yml").touch()
        (tmp_path / "_toc.yml").touch()
        monkeypatch.chdir(tmp_path)
        assert main(["serve"]) == 1
        assert "build it first" in capsys.readouterr().err
        (tmp_path / "_build/html").mkdir(parents=True)
        (tmp_path / "_build/html/index.html").touch()
        port = address.rsplit(":", 1)[1]
        assert main(["serve", "--port", port]) == 1
        assert f"port {port} is taken" in capsys.readouterr().err


def test_the_book_is_found_from_below(tmp_path, monkeypatch):
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "a/b").mkdir(parents=True)
    assert book_root(tmp_path / "a/b") == tmp_path


CLOSING = [
    "ERROR:tornado.application:Exception in callback functools.partial(<function ZMQStream>)",
    "Traceback (most recent call last):",
    "zmq.error.ZMQError: Socket operation on non-socket",
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
]
LOST_PAGE = "/book/intro.md:5: WARNING: 'nowhere.md' is not there [myst.xref_missing]"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [
                "WARNING: a",
                "Extension error:",
                "slope, line 3: Undefined control sequence",
                "Traceback",
            ],
            "Extension error: slope, line 3: Undefined control sequence",
        ),
        ([*CLOSING, LOST_PAGE], LOST_PAGE),
        ([LOST_PAGE, *CLOSING], LOST_PAGE),
        (
            [
                *CLOSING,
                LOST_PAGE,
                "Exception occurred:",
                'File "a.py", line 3, in f',
                "KeyError: 'x'",
            ],
            "Exception occurred: KeyError: 'x'",
        ),
        (
            [
                *CLOSING,
                "/book/slope.ipynb: WARNING: Executing notebook failed: CellExecutionError [mystnb.exec]",
                "nbclient.exceptions.CellExecutionError: An error occurred while executing:",
                "rate / 0",
                "ZeroDivisionError: float division by zero",
            ],
            "/book/slope.ipynb: WARNING: Executing notebook failed: CellExecutionError [mystnb.exec] "
            "ZeroDivisionError: float division by zero",
        ),
        (["Error: Invalid value for PATH"], "Error: Invalid value for PATH"),
        ([], "jupyter-book ended without a word"),
    ],
)
def test_the_reason_is_the_line_that_says_why(lines, said):
    assert reason(lines) == said


# --- a small book, really built ---------------------------------------------------------------

INTRO = """# A small book

A first paragraph with enough words to serve as the description of this page.

$$ a^2 $$ (square)

See {eq}`square`, and $\\R$.

:::{dropdown} A hint
Look closer.
:::
"""

PROMISE = "**You will be able to**\n\n- measure a slope;\n- say what it means."


def notebook(*outputs: dict) -> nbformat.NotebookNode:
    v4 = nbformat.v4
    metadata = {
        "coursekit": {"description": "About slopes.", "minutes": 30},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    cells = [v4.new_markdown_cell(f"# Slope\n\n{PROMISE}\n\n## One\n\nText.\n\n## Two\n\nText.")]
    for data in outputs:
        output = v4.new_output("display_data", data=data)
        cells.append(
            v4.new_code_cell("show()", outputs=[output], metadata={"tags": ["hide-input"]})
        )
    return v4.new_notebook(cells=cells, metadata=metadata)


@pytest.fixture
def build(tmp_path):
    """Build a small book with the project's own configuration; returns the folder of pages."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    book = tmp_path / "book"
    book.mkdir()
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    (book / "references.bib").touch()
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nparts:\n  - caption: Part\n    chapters:\n      - file: slope\n"
    )

    def run(intro: str = INTRO, chapter: nbformat.NotebookNode | None = None, **settings) -> Path:
        (book / "intro.md").write_text(intro)
        nbformat.write(chapter or notebook(), book / "slope.ipynb")
        toc = {"external_toc_path": str(tmp_path / "_toc.yml"), "latex_individualpages": False}
        config, _ = get_final_config(user_yaml=ROOT / "_config.yml", sourcedir=book, cli_config=toc)
        config |= {"nb_execution_mode": "off", **settings}
        output = tmp_path / "_build" / "html"
        warnings = io.StringIO()
        with patch_docutils(), docutils_namespace():
            doctrees = tmp_path / "_build" / ".doctrees"
            Sphinx(book, None, output, doctrees, "html", config, None, warnings).build()
        assert warnings.getvalue() == ""
        return output

    return run


class TestSmallBook:
    @pytest.fixture
    def widget(self):
        model = {"model_id": "m1", "version_major": 2, "version_minor": 0}
        shown = notebook({widgets.VIEW: model, "text/plain": "A bar of length 2."})
        state = {"_esm": "export default {}", "reserve": [300, 400]}
        shown.metadata["widgets"] = {
            widgets.STATE: {
                "state": {
                    "m1": {"model_name": "AnyModel", "model_module": "anywidget", "state": state}
                },
                "version_major": 2,
                "version_minor": 0,
            }
        }
        return shown

    def test_pages(self, build, widget, monkeypatch):
        monkeypatch.setenv(head.URL_VARIABLE, "https://a.example/book")
        output = build(chapter=widget)
        intro, slope = ((output / f"{name}.html").read_text("utf8") for name in ("intro", "slope"))
        # head
        assert 'content="About slopes."' in slope
        assert 'content="A first paragraph with enough words' in intro
        assert '<link rel="canonical" href="https://a.example/book/">' in intro
        assert '<link rel="canonical" href="https://a.example/book/slope.html">' in slope
        assert "https://a.example/book/_static/card.png" in slope
        assert (output / "index.html").read_text("utf8") == intro
        # formulas
        assert '<span class="eqno">(1)' in intro
        assert intro.count("<math ") == 2
        assert "katex.min.css" in intro
        assert "katex.min.css" not in slope
        # folds
        assert '<details class="fold"><summary>A hint</summary>' in intro
        assert '<details class="fold fold-cell"><summary>Code</summary>' in slope
        # navigation
        assert '<a aria-current="page" href="#">Slope</a>' in slope
        assert re.findall(r'<a href="#(\w+)">', slope.split('class="contents"')[1]) == [
            "one",
            "two",
        ]
        # widgets
        assert 'data-model="m1" style="--wide:300;--narrow:400"' in slope
        assert "A bar of length 2." in slope
        assert "host.js" in slope
        assert "host.js" not in intro
        stored = re.search(r"widget-state\+json\">(.*?)</script>", slope)[1]
        source = json.loads(stored)["state"]["m1"]["state"]["_esm"]
        assert (output / f"_static/widgets/{source}.js").is_file()
        # nothing that no page uses
        static = {path.name for path in (output / "_static").iterdir()}
        assert static <= set(clean.USED)
        assert not (output / "_sources").exists()

    def test_a_printed_table_keeps_its_columns(self, build):
        chapter = notebook({"text/plain": "An object."}, {"text/plain": "Another one."})
        table = nbformat.v4.new_output("stream", name="stdout", text="a  b\n1  2\n3  4\n")
        chapter.cells[-1].outputs = [table]
        page = (build(chapter=chapter) / "slope.html").read_text("utf8")
        found = re.findall(r'class="output [^"]*highlight[^"]*"', page)
        assert ["columns" in each for each in found] == [False, True]

    def test_a_figure_is_inlined(self, build):
        drawn = svg(f'<path style="stroke: {COLORS["loss"]}"/>')
        page = (build(chapter=notebook({"image/svg+xml": drawn})) / "slope.html").read_text("utf8")
        assert 'aria-label="A line that falls"' in page
        assert "stroke:var(--ck-loss)" in page
        assert "<img" not in page

    def test_a_widget_that_no_page_could_run_stops_the_build(self, build, widget):
        state = widget.metadata["widgets"][widgets.STATE]["state"]["m1"]["state"]
        state["_esm"] = "import 'https://esm.sh/d3'; export default {}"
        with pytest.raises(Exception, match=r"slope: a widget's script must import nothing"):
            build(chapter=widget)

    @pytest.mark.parametrize(
        ("intro", "outputs", "message"),
        [
            ("# A\n\n$\\nosuch$", [], r"intro, line 3: .*nosuch"),
            ("# A\n\n![](picture.png)", [], r"intro.*picture.png has no alt text"),
            (INTRO, [{"image/svg+xml": svg("", "")}], r"slope, figure 1: has no alt text"),
            (INTRO, [{"image/svg+xml": svg("<g/>" * 50_000)}], r"slope, figure 1: is \d+ kB"),
            (INTRO, [{"text/html": "<script>1</script>"}], r"slope: an output brings a script"),
            (INTRO, [{"text/html": "<style>p{}</style>"}], r"slope.html: a style element: <style>"),
        ],
    )
    def test_what_readers_could_not_use_stops_the_build(self, build, intro, outputs, message):
        with pytest.raises(Exception, match=message):
            build(intro=intro, chapter=notebook(*outputs))
