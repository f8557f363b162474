"""The operations of a graph in words and symbols: how each one is written, and its local derivative.

Symbols are templates: {a} and {b} stand for the inputs, {r} for the result, {p} for a constant that
belongs to the operation, such as an exponent. Filled with names they are a formula, filled with
numbers its arithmetic.
"""

import string
from dataclasses import dataclass

__all__ = ["Rule", "fill", "rule", "written"]

#: How an operation is written; any other one as a function of its inputs.
FORMS = {
    "add": "{a} + {b}",
    "sub": "{a} − {b}",
    "mul": "{a}·{b}",
    "div": "{a}/{b}",
    "neg": "−{a}",
    "pow": "{a}^{p}",
    "rpow": "{p}^{a}",
    "matmul": "{a} @ {b}",
    "transpose": "{a}ᵀ",
    "getitem": "{a}[{p}]",
    "sqrt": "√{a}",
    "abs": "|{a}|",
    "sigmoid": "σ({a})",
    "logsumexp": "log Σ exp {a}",
}
#: An input that is written by more than one letter or number is put in brackets in these.
_TIGHT = {"mul", "div", "neg", "pow", "rpow", "matmul", "transpose", "getitem", "sqrt"}
_POWERS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_FACTOR = "the slope of a product in one factor is the other factor"
_LARGER = "only the larger one counts"
_SAME = "the same numbers in another arrangement, and the gradient goes back where each came from"


@dataclass(frozen=True)
class Rule:
    """The local derivative of an operation for one of its inputs.

    Attributes:
        symbol: its template, or None where it has no short form.
        words: what it says.
        kind: ``"each"`` if it multiplies element by element, ``"whole"`` if arrays meet otherwise.
        product: for ``"whole"``, the template of the share that the input gets; {g} is the upstream
            gradient.
    """

    symbol: str | None
    words: str
    kind: str = "each"
    product: str | None = None


_RULES = {
    "add": [Rule("1", "a sum hands its gradient on as it is")] * 2,
    "sub": [
        Rule("1", "the first of a difference gets the gradient as it is"),
        Rule("−1", "what is subtracted gets the gradient with its sign turned"),
    ],
    "mul": [Rule("{b}", _FACTOR), Rule("{a}", _FACTOR)],
    "div": [
        Rule("1/{b}", "a numerator counts by 1 over the denominator"),
        Rule("−{a}/{b}²", "a denominator counts by minus the numerator over its own square"),
    ],
    "neg": [Rule("−1", "the sign turns")],
    "rpow": [Rule("{r}·ln {p}", "a power grows by itself times the logarithm of its base")],
    "exp": [Rule("{r}", "an exponential is its own slope")],
    "log": [Rule("1/{a}", "the slope of a logarithm is 1 over what stands in it")],
    "sqrt": [Rule("1/(2·{r})", "the slope of a root is 1 over twice the root")],
    "sin": [Rule("cos({a})", "the slope of the sine is the cosine")],
    "cos": [Rule("−sin({a})", "the slope of the cosine is minus the sine")],
    "abs": [Rule("sign of {a}", "the slope of a size is the sign")],
    "tanh": [Rule("1 − {r}²", "the slope of tanh is 1 minus the square of its value")],
    "sigmoid": [Rule("{r}·(1 − {r})", "the slope of σ is its value times 1 minus its value")],
    "softplus": [Rule("σ({a})", "the slope of softplus is the sigmoid")],
    "relu": [Rule("1 if {a} > 0, else 0", "ReLU lets all of it through above 0 and nothing below")],
    "clip": [Rule("1 within the bounds, else 0", "what was cut off gets nothing")],
    "maximum": [Rule("1 if {a} > {b}, else 0", _LARGER), Rule("1 if {b} > {a}, else 0", _LARGER)],
    "where": [
        Rule("1 where the condition holds", "only what was taken counts"),
        Rule("1 where the condition fails", "only what was taken counts"),
    ],
    "sum": [Rule("1 for each element", "each element counts once in the sum", "spread")],
    "mean": [Rule("1/{p} for each element", "each of the n elements counts 1/n", "spread")],
    "matmul": [
        Rule(None, "rows met columns, and meet them again on the way back", "whole", "{g} @ {b}ᵀ"),
        Rule(None, "rows met columns, and meet them again on the way back", "whole", "{a}ᵀ @ {g}"),
    ],
    "linear": [
        Rule(None, "the weights that led forward lead back", "whole", "{g} @ {b}"),
        Rule(None, "each example adds its inputs times its gradient", "whole", "{g}ᵀ @ {a}"),
        Rule(
            None, "the bias was added to each example", "whole", "{g}, added up over the examples"
        ),
    ],
    "reshape": [Rule(None, _SAME, "whole")],
    "transpose": [Rule(None, _SAME, "whole", "{g}ᵀ")],
    "getitem": [Rule(None, "what was taken gets the gradient, all else 0", "whole")],
    "max": [Rule(None, "only the largest counts", "whole")],
    "min": [Rule(None, "only the smallest counts", "whole")],
    "softmax": [Rule(None, "the weights share one total, so each one counts in all", "whole")],
    "log_softmax": [Rule(None, "it gets the gradient minus softmax times its sum", "whole")],
    "logsumexp": [Rule("softmax({a})", "the slope of log Σ exp is the softmax", "spread")],
}
_JOINED = Rule(None, "each part gets its own part of the gradient", "whole")
_UNKNOWN = Rule(None, "the backward rule of this operation", "whole")


def rule(op: str, place: int, exponent: float | None = None) -> Rule:
    """Return the local derivative of operation ``op`` for its input number ``place``.

    Args:
        op: the name of the operation, as `coursekit.autograd.export` gives it.
        place: 0 for the first input.
        exponent: of a power, where it is one number.

    Example:
        >>> rule("mul", 0).symbol, rule("pow", 0, 3.0).symbol, rule("pow", 0, 2.0).symbol
        ('{b}', '3·{a}²', '2·{a}')
    """
    if op == "pow":
        words = "the exponent comes down as a factor, and the power is lowered by 1"
        if exponent is None:
            return Rule("p·{a}^(p − 1)", words)
        lowered = power("{a}", exponent - 1)
        front = f"{exponent:g}".replace("-", "−")
        return Rule(front if exponent == 1 else f"{front}·{lowered}", words)
    if op in ("concatenate", "stack", "pad"):
        return _JOINED
    known = _RULES.get(op, [])
    return known[place] if place < len(known) else _UNKNOWN


def power(base: str, exponent: float) -> str:
    """Write a power with a raised exponent: x², x⁻¹, and x itself for the exponent 1."""
    if exponent == 1:
        return base
    text = f"{exponent:g}".replace("-", "−")
    return base + text.translate(_POWERS) if exponent == int(exponent) else f"{base}^{text}"


def written(op: str, inputs: list[str], constant: str = "", exponent: float | None = None) -> str:
    """Write what an operation does with its inputs, names or numbers.

    Example:
        >>> written("mul", ["w", "x"]), written("add", ["2", "−3"]), written("tanh", ["z"])
        ('w·x', '2 + (−3)', 'tanh(z)')
        >>> written("pow", ["−4"], exponent=2.0)
        '(−4)²'
    """
    if op == "pow" and exponent is not None:
        return power(tight(inputs[0]), exponent)
    if op in FORMS:
        some = dict(zip("ab", inputs, strict=False))
        if op in _TIGHT:
            some = {key: tight(text) for key, text in some.items()}
        elif op in ("add", "sub") and some["b"].startswith("−"):
            some["b"] = tight(some["b"])
        return FORMS[op].format(p=constant, **some)
    return f"{op}({', '.join(inputs)})"


def tight(text: str) -> str:
    """Put what is more than one word, or negative, in brackets."""
    return f"({text})" if text.startswith("−") or " " in text.strip("[]") else text


def fill(template: str, values: dict[str, str]) -> str:
    """Fill a template; within a formula, negative numbers stand in brackets.

    Example:
        >>> fill("1 − {r}²", {"r": "−0.5"}), fill("{b}", {"b": "−0.5"})
        ('1 − (−0.5)²', '−0.5')
        >>> fill("cos({a})", {"a": "−0.5"})
        'cos(−0.5)'
    """
    whole = len([1 for text, *_ in string.Formatter().parse(template) if text]) == 0
    put = values if whole else {key: tight(text) for key, text in values.items()}
    return template.format(**put).replace("((", "(").replace("))", ")")
