"""Datasets: small real ones that ship with scikit-learn, and synthetic ones that say so.

Nothing is downloaded. A dataset is split before anything is learned from it, the scale of its
features included:

>>> from coursekit import datasets
>>> data = datasets.breast_cancer()
>>> data
Dataset('breast_cancer', 569 rows, 30 features, 2 classes)
>>> train, test = datasets.standardize(*data.split(test=0.25, seed=0))
>>> train.X.shape, test.y.shape
((427, 30), (142,))

Besides datasets there are photographs (`photo`), sounds (`vowels`) and text (`character_names`,
`python_reference`).
"""

from coursekit._checks import make
from coursekit.datasets.bars import bars
from coursekit.datasets.bundled import PHOTOS, breast_cancer, diabetes, digits, photo, wine
from coursekit.datasets.dataset import Dataset, one_hot
from coursekit.datasets.planes import blobs, informative, moons, spirals, xor
from coursekit.datasets.regressions import drifting, friedman, linear
from coursekit.datasets.scaling import Normalizer, standardize
from coursekit.datasets.tables import anomalies, ratings
from coursekit.datasets.text import character_names, python_reference
from coursekit.datasets.vowels import log_spectrum, vowels

_MAKERS = {
    "digits": digits,
    "diabetes": diabetes,
    "breast_cancer": breast_cancer,
    "wine": wine,
    "linear": linear,
    "friedman": friedman,
    "drifting": drifting,
    "blobs": blobs,
    "moons": moons,
    "spirals": spirals,
    "xor": xor,
    "informative": informative,
    "bars": bars,
    "vowels": vowels,
    "ratings": ratings,
    "anomalies": anomalies,
}

NAMES = tuple(_MAKERS)

__all__ = [
    "NAMES",
    "PHOTOS",
    "Dataset",
    "Normalizer",
    "character_names",
    "get",
    "log_spectrum",
    "one_hot",
    "photo",
    "python_reference",
    "standardize",
    *_MAKERS,
]


def get(name, **params):
    """Return the dataset called ``name``, made with the given parameters.

    Args:
        name: one of ``NAMES``.
        **params: the arguments of the function of that name.

    Example:
        >>> get("moons", n=500, noise=0.2)
        Dataset('moons', 500 rows, 2 features, 2 classes)

    Raises:
        ValueError: if there is no such dataset, it has no such parameter, or a parameter's value is
            not allowed.
        TypeError: if a parameter has the wrong type.
        ImportError: if it ships with scikit-learn, and that is not installed.
    """
    return make("dataset", _MAKERS, name, params)
