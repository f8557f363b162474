"""Real data that ship inside scikit-learn: nothing is downloaded.

Each function reads its data once; datasets cannot be changed, so all callers share them.
"""

import functools

import numpy as np

from coursekit._checks import one_of
from coursekit.datasets.dataset import Dataset, read_only


@functools.cache
def digits():
    """1,797 handwritten digits of 8×8 pixels, with gray values from 0 (paper) to 1 (ink)."""
    bunch = _sklearn().load_digits()
    return Dataset(
        name="digits",
        title="Handwritten digits",
        kind="classification",
        X=bunch.data / 16,  # stored as counts from 0 to 16
        y=bunch.target,
        feature_names=bunch.feature_names,
        target_names=bunch.target_names,
        source=(
            "E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
            "UCI Machine Learning Repository: the test part, as in scikit-learn"
        ),
        image_shape=(1, 8, 8),
    )


@functools.cache
def diabetes():
    """442 diabetes patients: ten measurements, and how far the disease was a year later.

    The features are in their own units: years, kg/m², mm Hg, and so on.
    """
    bunch = _sklearn().load_diabetes(scaled=False)
    return Dataset(
        name="diabetes",
        title="Diabetes",
        kind="regression",
        X=bunch.data,
        y=bunch.target,
        feature_names=bunch.feature_names,
        target_names=("progression after one year",),
        source=(
            "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004), Least Angle Regression, "
            "Annals of Statistics 32"
        ),
    )


@functools.cache
def breast_cancer():
    """569 tumors: thirty measurements of cell nuclei, malignant (0) or benign (1)."""
    bunch = _sklearn().load_breast_cancer()
    return Dataset(
        name="breast_cancer",
        title="Breast cancer",
        kind="classification",
        X=bunch.data,
        y=bunch.target,
        feature_names=bunch.feature_names,
        target_names=bunch.target_names,
        source=(
            "W. Wolberg, O. Mangasarian, N. Street and W. Street (1995), Breast Cancer Wisconsin "
            "(Diagnostic), UCI Machine Learning Repository"
        ),
    )


@functools.cache
def wine():
    """178 wines from three growers: thirteen chemical measurements."""
    bunch = _sklearn().load_wine()
    return Dataset(
        name="wine",
        title="Wine",
        kind="classification",
        X=bunch.data,
        y=bunch.target,
        feature_names=bunch.feature_names,
        target_names=[f"grower {i + 1}" for i in range(3)],
        source="S. Aeberhard and M. Forina (1991), Wine, UCI Machine Learning Repository",
    )


PHOTOS = ("china", "flower")


@functools.cache
def photo(name, gray=True):
    """Return a photograph of 427×640 pixels, to run filters over.

    Both are under the Creative Commons license CC BY 2.0: "china", a temple, by danielbuechele, and
    "flower", a dahlia, by vultilion (flickr.com).

    Args:
        name: ``"china"`` or ``"flower"``.
        gray: whether to mix the colors to gray: 0.299 red + 0.587 green + 0.114 blue, the weights
            of the luma of ITU-R BT.601. Otherwise there are three channels, red, green and blue.

    Returns:
        A read-only float64 array of shape (427, 640), or (3, 427, 640) in color, with values from
        0 to 1. Reading JPEG files is not specified to the last digit: another version of Pillow
        may give values that differ by 1/255.

    Raises:
        ValueError: if there is no such photograph.
        ImportError: if scikit-learn or Pillow is not installed.
    """
    one_of("photo", name, PHOTOS)
    pixels = _sklearn().load_sample_image(f"{name}.jpg") / 255.0
    if gray:
        return read_only(pixels @ [0.299, 0.587, 0.114])
    return read_only(np.ascontiguousarray(np.moveaxis(pixels, -1, 0)))


def _sklearn():
    try:
        from sklearn import datasets
    except ImportError as error:
        message = "this dataset ships with scikit-learn: pip install scikit-learn"
        raise ImportError(message) from error
    return datasets
