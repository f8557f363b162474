"""A widget's module as a classic script: a page opened as a file may import no module, and text is not run.

anywidget hands a widget's JavaScript over as the text of an ES module. Here it becomes a function, filed
under a key, that does what the module does and returns what it exports by default.
"""

import hashlib
import json
import re
from functools import cache

from sphinx.errors import ExtensionError

from coursekit.site.v8 import JSEvalException, engine

_AS_DEFAULT = re.compile(r"\bexport\s*\{\s*([\w$]+)\s+as\s+default\s*,?\s*\}\s*;?\s*\Z")
_DEFAULT = re.compile(r"\bexport\s+default\b")
EXPECTED = "a widget's script must import nothing and end with its one export, the default"


class ModuleError(ExtensionError):
    """A widget's module that cannot become a classic script; the message shows how it begins."""


@cache
def script(module: str) -> tuple[str, str]:
    """Return the key of a module and the script that files its function under ``window.ckModules``.

    Args:
        module: Text of an ES module without imports, at whose end stands ``export default …`` or
            ``export { name as default }``, and no other export anywhere.

    Raises:
        ModuleError: it is none.

    Example:
        >>> script("const w = {}; export { w as default };")[1].split(" = ")[1][:26]
        'function () {"use strict";'
    """
    body = _function(module)
    if (wrong := syntax_error(body)) is not None:
        raise ModuleError(f"{EXPECTED}: {wrong} in {_start(module)}")
    key = hashlib.sha256(body.encode()).hexdigest()[:12]
    return key, f"(window.ckModules ??= {{}})[{json.dumps(key)}] = {body};\n"


def _function(module: str) -> str:
    # A module is strict and has no `this`: so is a strict function that is called without one.
    text = module.rstrip()
    if named := _AS_DEFAULT.search(text):
        return f'function () {{"use strict";\n{text[: named.start()]}\nreturn {named[1]};\n}}'
    exports = list(_DEFAULT.finditer(text))
    if not exports:
        raise ModuleError(f"{EXPECTED}: found none in {_start(module)}")
    place = exports[-1]
    value = text[place.end() :].rstrip().removesuffix(";")
    # The brackets let the value begin on the next line, and let nothing follow it.
    return f'function () {{"use strict";\n{text[: place.start()]}\nreturn (\n{value}\n);\n}}'


def syntax_error(function: str) -> str | None:
    """Return what V8 has against a function's text, without running it; None when it has nothing."""
    try:
        engine().eval(f"new Function({json.dumps('return ' + function)}); 0")
    except JSEvalException as error:
        said = [line.strip() for line in str(error).splitlines() if "SyntaxError" in line]
        return said[0] if said else str(error)
    return None


def _start(module: str) -> str:
    return repr(" ".join(module.split())[:80])
