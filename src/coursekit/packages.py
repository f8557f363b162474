"""The packages that only some chapters run on."""

import importlib.util
import os

__all__ = ["MissingPackageError", "needs"]

#: How to install what has another name for pip than for Python.
PIP_NAMES = {"sklearn": "scikit-learn"}
#: Keeps TensorFlow's log off the page, and its sums in one order on every processor.
TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


class MissingPackageError(ImportError):
    """A package is missing; a notebook shows the message without the trace of calls."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def needs(*packages: str) -> None:
    """Say what is missing, and how to get it, before a notebook imports what it runs on.

    TensorFlow, when named, is told to be quiet and to compute alike on every processor; this has
    to happen before it is imported.

    Args:
        packages: names as in ``import``, for example ``"tensorflow"``.

    Raises:
        MissingPackageError: If one is not installed; an ``ImportError`` that names all that are missing.

    Example:
        >>> needs("numpy")
        >>> needs("numpy", "tensorglow")
        Traceback (most recent call last):
        ...
        coursekit.packages.MissingPackageError: This notebook runs on tensorglow, which is not installed here.
        To install it, run this in a cell, then restart the kernel:
            %pip install tensorglow
        The other notebooks of the course work without it.
    """
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        one = len(missing) == 1
        raise MissingPackageError(
            f"This notebook runs on {' and '.join(missing)}, which {'is' if one else 'are'} not "
            f"installed here.\nTo install {'it' if one else 'them'}, run this in a cell, then restart "
            f"the kernel:\n    %pip install {' '.join(PIP_NAMES.get(name, name) for name in missing)}\n"
            f"The other notebooks of the course work without {'it' if one else 'them'}."
        )
    if "tensorflow" in packages:
        for name, value in TENSORFLOW.items():
            os.environ.setdefault(name, value)
