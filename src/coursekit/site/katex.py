r"""Formulas as ready HTML and MathML: KaTeX runs while the book is built, not in the reader's browser.

The script comes from the sphinxcontrib-katex wheel (its Sphinx extension is not used) and runs
inside this process in V8 (mini-racer). A formula KaTeX cannot read stops the build.
"""

import json
import re
from functools import cache
from importlib import util
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from coursekit.site.v8 import JSEvalException, engine

RENDERER = "coursekit"
#: amsmath's environments number their lines by themselves; on a page the book's numbers count.
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|alignat|multline)\*?\}")
#: multline is unknown to KaTeX; gather keeps its lines, centered.
_ALIASES = {"multline": "gather"}


class FormulaError(ExtensionError):
    """A formula that KaTeX cannot read; the message names the document and the formula."""


@cache
def _katex() -> str:
    """Load the script once; return the name that it goes by."""
    spec = util.find_spec("sphinxcontrib.katex")
    if spec is None or spec.origin is None:
        raise ExtensionError("formulas need the package sphinxcontrib-katex (pip install it)")
    engine().eval(Path(spec.origin).with_name("katex.min.js").read_text("utf8"))
    return "katex"


def version() -> str:
    """Return KaTeX's version; ``assets/katex`` must hold the style sheet of the same one."""
    return engine().eval(f"{_katex()}.version")


@cache
def render(latex: str, display: bool = False, macros: tuple[tuple[str, str], ...] = ()) -> str:
    r"""Typeset one formula.

    Args:
        latex: LaTeX without delimiters.
        display: A formula on lines of its own instead of one within a sentence.
        macros: Pairs of a macro and what it stands for, such as ``(r"\R", r"\mathbb{R}")``.

    Returns:
        HTML for the eye and MathML for screen readers.

    Raises:
        FormulaError: KaTeX cannot read the formula.

    Example:
        >>> "katex-mathml" in render(r"\frac{a}{b}")
        True
    """
    options = {
        "displayMode": display,
        "output": "htmlAndMathml",
        "throwOnError": True,
        "strict": False,
        "macros": dict(macros),
    }
    try:
        return engine().eval(
            f"{_katex()}.renderToString({json.dumps(latex)}, {json.dumps(options)})"
        )
    except JSEvalException as error:
        # One line says what is wrong (with underlined letters); the rest is a trace of the script.
        said = next((line for line in str(error).splitlines() if "ParseError" in line), str(error))
        reason = said.split("ParseError: ")[-1].replace("\u0332", "").strip()
        raise FormulaError(f"{reason} in the formula {latex!r}") from error


def unnumbered(latex: str) -> str:
    r"""Return amsmath's environments in their starred form, which carries no number of its own.

    Example:
        >>> unnumbered(r"\begin{align}a\end{align}")
        '\\begin{align*}a\\end{align*}'
    """
    return _NUMBERED.sub(lambda m: rf"\{m[1]}{{{_ALIASES.get(m[2], m[2])}*}}", latex)


def lines(latex: str) -> str:
    r"""Return a displayed formula, its blank-line separated or ``\\`` broken lines aligned."""
    parts = [part.strip() for part in latex.split("\n\n") if part.strip()]
    bare = [rf"\begin{{split}}{p}\end{{split}}" if _breaks(p) else p for p in parts]
    if len(bare) == 1:
        return bare[0]
    return r"\begin{aligned}" + r"\\".join(bare) + r"\end{aligned}"


def _breaks(latex: str) -> bool:
    """Say whether the formula breaks lines outside any environment."""
    outside = re.sub(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", "", latex, flags=re.S)
    return r"\\" in outside


def _typeset(translator: HTML5Translator, node: nodes.Element, latex: str, display: bool) -> str:
    macros = tuple(sorted(translator.builder.config.coursekit_macros.items()))
    try:
        return render(latex, display, macros)
    except FormulaError as error:
        where = translator.builder.current_docname
        raise FormulaError(f"{where}, line {node.line or '?'}: {error}") from error


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    tag = translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    translator.body.append(tag + _typeset(translator, node, node.astext(), False) + "</span>")
    raise nodes.SkipNode


def visit_display(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, with its number and a link to it when it has one."""
    latex = node.astext()
    latex = unnumbered(latex) if node.get("nowrap") else lines(latex)
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    translator.body.append(
        f'<div class="math-line">{_typeset(translator, node, latex, True)}</div>'
    )
    if node.get("number"):
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer; ``html_math_renderer: coursekit`` chooses it."""
    app.add_config_value("coursekit_macros", {}, "env")
    app.add_html_math_renderer(RENDERER, (visit_inline, None), (visit_display, None))
