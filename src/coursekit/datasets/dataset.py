"""What a dataset is, and how to hold a part of it back for the test."""

from dataclasses import dataclass, field, replace

import numpy as np

from coursekit._checks import finite_array, first_index, one_of, real_number, whole_number
from coursekit.seeding import generator

KINDS = ("regression", "classification", "stream")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Examples with their targets. All arrays are read-only copies.

    Attributes:
        name: the name that `get` knows it by.
        title: the name to print in a heading.
        kind: "regression" (targets are numbers), "classification" (targets are the integers 0, 1, …
            of the classes), or "stream" (regression whose rows come in order of time).
        X: the features, an array of shape (n, features); float64, or float32 if made from that.
        y: the targets, of shape (n,); floats of the dtype of X, or int64 for classification.
        feature_names: one name for each column of X.
        target_names: the names of the classes; for regression, the one name of the target.
        source: where the data come from. Synthetic data say so.
        image_shape: (channels, height, width) if each row is an image, otherwise empty.
        truth: what is known about how synthetic data were made, such as ``"weights"``.
        rows: for each row, its position in the dataset that it was taken from, of shape (n,).

    Raises:
        TypeError: if X or y does not hold real numbers.
        ValueError: if they are empty or not finite, or do not fit each other or the names.
    """

    name: str
    title: str
    kind: str
    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    source: str
    image_shape: tuple[int, ...] = ()
    truth: dict = field(default_factory=dict)
    rows: np.ndarray | None = None

    def __post_init__(self):
        one_of("kind", self.kind, KINDS)
        dtype = np.float32 if getattr(self.X, "dtype", None) == np.float32 else np.float64
        X, y = finite_array("X", self.X), finite_array("y", self.y)
        if X.ndim != 2:
            raise ValueError(f"X must have shape (n, features), got shape {X.shape}")
        if y.shape != (len(X),):
            raise ValueError(f"y must have shape ({len(X)},), one target per row; got {y.shape}")
        if len(self.feature_names) != X.shape[1]:
            raise ValueError(
                f"feature_names must name {X.shape[1]} features, got {len(self.feature_names)}"
            )
        if self.kind == "classification":
            y = _labels("y", y, len(self.target_names))
        rows = np.arange(len(X)) if self.rows is None else self.rows
        self._set("truth", {name: _frozen(value) for name, value in self.truth.items()})
        self._set("X", read_only(X.astype(dtype)))
        self._set("y", read_only(y if y.dtype == np.int64 else y.astype(dtype)))
        self._set("rows", read_only(np.array(rows)))
        self._set("feature_names", tuple(map(str, self.feature_names)))
        self._set("target_names", tuple(map(str, self.target_names)))

    def _set(self, attribute, value):
        object.__setattr__(self, attribute, value)

    @property
    def n(self):
        """The number of examples."""
        return len(self.X)

    @property
    def features(self):
        """The number of features."""
        return self.X.shape[1]

    @property
    def classes(self):
        """The number of classes; 0 for regression."""
        return len(self.target_names) if self.kind == "classification" else 0

    @property
    def images(self):
        """The rows as images, of shape (n, channels, height, width).

        Raises:
            AttributeError: if the rows are not images.
        """
        if not self.image_shape:
            raise AttributeError(f"the rows of {self.name!r} are not images")
        return self.X.reshape(self.n, *self.image_shape)

    def take(self, rows):
        """Return a dataset of the given rows, an array of row numbers or of booleans."""
        return replace(self, X=self.X[rows], y=self.y[rows], rows=self.rows[rows])

    def with_features(self, X, feature_names=None):
        """Return a dataset with other features for the same targets.

        Args:
            X: the new features, of shape (n, features).
            feature_names: their names; by default the old ones, if there are as many. With new
                names the rows are no longer taken for images.

        Raises:
            TypeError: if ``X`` does not hold real numbers.
            ValueError: if it does not fit the targets or the names.
        """
        if feature_names is None:
            return replace(self, X=X)
        return replace(self, X=X, feature_names=feature_names, image_shape=())

    def split(self, test=0.25, seed=0, stratify=None):
        """Hold a part of the rows back for the test.

        Every row goes to one of the two parts, in random order; but a stream is cut in two at one
        moment, and what comes later is the test. Rows are told apart by their position: if a dataset
        holds the same row twice, its two copies may end up on either side. No dataset of this
        module does, except `xor` without noise.

        Args:
            test: the share of the test part, between 0 and 1. The number of rows is rounded to the
                nearest.
            seed: an integer, at least 0.
            stratify: whether each class has the same share in both parts, to the nearest row. By
                default yes for classification.

        Returns:
            (train, test), two datasets.

        Raises:
            TypeError: if ``test`` is not a number or ``seed`` not an integer.
            ValueError: if ``test`` is out of bounds, a part would be empty, stratifying leaves a
                class without rows in a part, or ``stratify=True`` and there are no classes.
        """
        test = real_number("test", test, above=0, below=1)
        n_test = round(test * self.n)
        if not 0 < n_test < self.n:
            raise ValueError(f"test={test:g} of {self.n} rows leaves a part without rows")
        if stratify and self.kind != "classification":
            raise ValueError(f"stratify=True needs classes; {self.name!r} is a {self.kind}")
        rng = generator(seed)  # for a stream, too: a wrong seed is a mistake
        if self.kind == "stream":
            return self.take(slice(self.n - n_test)), self.take(slice(self.n - n_test, None))

        order = rng.permutation(self.n)
        if self.kind == "classification" and stratify is not False:
            # The first rows now hold each class in proportion: they become the test part.
            order = order[np.argsort(_place_in_class(self.y[order]), kind="stable")]
            for part in (order[:n_test], order[n_test:]):
                missing = np.setdiff1d(self.y, self.y[part])
                if missing.size:
                    raise ValueError(
                        f"class {self.target_names[missing[0]]!r} of {self.name!r} has too few rows "
                        f"for test={test:g}; use stratify=False"
                    )
        train, held = rng.permutation(order[n_test:]), rng.permutation(order[:n_test])
        return self.take(train), self.take(held)

    def __repr__(self):
        classes = f", {self.classes} classes" if self.classes else ""
        return f"Dataset({self.name!r}, {self.n} rows, {self.features} features{classes})"


def one_hot(y, classes=None):
    """Return class numbers as rows with a 1 in the column of the class and 0 elsewhere.

    Args:
        y: integers from 0, of shape (n,).
        classes: the number of columns. By default one more than the largest of ``y``.

    Returns:
        A float64 array of shape (n, classes).

    Raises:
        TypeError: if ``y`` does not hold numbers.
        ValueError: if ``y`` is empty, not one-dimensional, or holds something else than integers
            from 0 to ``classes`` − 1.

    Example:
        >>> one_hot([2, 0])
        array([[0., 0., 1.],
               [1., 0., 0.]])
    """
    y = finite_array("y", y)
    if y.ndim != 1:
        raise ValueError(f"y must have shape (n,), got shape {y.shape}")
    classes = None if classes is None else whole_number("classes", classes, at_least=1)
    y = _labels("y", y, classes)
    rows = np.zeros((len(y), classes or y.max() + 1))
    rows[np.arange(len(y)), y] = 1
    return rows


def read_only(array):
    """Make an array unchangeable, and return it."""
    array.flags.writeable = False
    return array


def _frozen(value):
    """Return a read-only copy of an array (or itself, if it is read-only); others as they are."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        return read_only(value.copy())
    return value


def _labels(argument, y, classes):
    """Return class numbers as int64; ``classes`` is None if any number from 0 will do."""
    wrong = (y != np.floor(y)) | (y < 0) | (y >= (np.inf if classes is None else classes))
    if wrong.any():
        index = first_index(wrong)
        bound = "" if classes is None else f" below {classes}"
        raise ValueError(
            f"{argument} must hold integers from 0{bound}, got {y[index]:g} at index {index}"
        )
    return y.astype(np.int64)


def _place_in_class(y):
    """Return for each row where it stands among the rows of its class, from above 0 to below 1.

    Sorted by this, the first rows hold each class in proportion.
    """
    place = np.empty(len(y))
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return place
