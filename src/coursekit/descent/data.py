"""Losses that are averages over data, seen whole, in mini-batches, one by one, or as a stream.

==================  ====================================================================
variant             objective
==================  ====================================================================
batch               ``DataObjective(loss_and_gradient, X, y)``
mini-batch          ``DataObjective(loss_and_gradient, X, y, batch_size=32, seed=0)``
stochastic          ``DataObjective(loss_and_gradient, X, y, batch_size=1, seed=0)``
online, streaming   ``StreamObjective(loss_and_gradient, source)``
==================  ====================================================================
"""

import numpy as np

from coursekit._checks import whole_number
from coursekit.descent.objectives import Sampler
from coursekit.seeding import generator


class DataObjective:
    """The mean loss over the rows of a data set; each step of a descent sees the next mini-batch.

    Called with w, it returns the loss on all the data, and `gradient` the gradient of that. A
    descent goes through the data in epochs: each one is a new shuffle, cut into batches. If the
    size of the data is no multiple of the batch size, the last batch of an epoch is smaller. It is
    used like the others, so its rows weigh more, unless ``drop_last`` leaves it out.

    Args:
        loss_and_gradient: a function of ``(w, *rows)``, such as ``(w, X, y)``, that returns the
            mean loss over these rows and its gradient with respect to w (one array, or a list of
            arrays if w is one).
        *data: arrays with one row for each example along their first axis. They are not copied.
        batch_size: examples in a batch; None for all of them at each step.
        seed: an integer, from which the order of the examples follows. Each descent goes through
            them in the same order.
        shuffle: whether to draw a new order for each epoch; otherwise it is that of the rows.
        replacement: whether to draw the examples of each batch independently, with replacement,
            instead of going through the data. Then batches may be larger than the data.
        drop_last: whether to leave out a last batch that is smaller than the others.

    Raises:
        TypeError: if ``loss_and_gradient`` cannot be called.
        ValueError: if there are no data, their lengths differ, or ``batch_size`` is out of bounds.

    Example:
        >>> def mean_squared_error(w, x, y):
        ...     error = w * x - y
        ...     return np.mean(error**2), np.mean(2 * error * x)
        >>> f = DataObjective(mean_squared_error, np.array([1.0, 2.0]), np.array([2.0, 4.0]))
        >>> float(f(0.0)), float(f.gradient(0.0))
        (10.0, -10.0)
    """

    def __init__(
        self,
        loss_and_gradient,
        *data,
        batch_size=None,
        seed=0,
        shuffle=True,
        replacement=False,
        drop_last=False,
    ):
        if not callable(loss_and_gradient):
            raise TypeError(f"loss_and_gradient must be a function, got {loss_and_gradient!r}")
        self.loss_and_gradient = loss_and_gradient
        self.data = _checked_data(data)
        self.size = len(self.data[0])  # N, the number of examples
        if batch_size is not None:
            batch_size = whole_number("batch_size", batch_size, at_least=1)
            if batch_size > self.size and not replacement:
                raise ValueError(
                    f"batch_size must be at most the number of examples, {self.size}, "
                    f"got {batch_size}; or draw with replacement=True"
                )
        self.batch_size = batch_size
        self.seed, self.shuffle = seed, shuffle
        self.replacement, self.drop_last = replacement, drop_last
        generator(seed)  # complains about a seed that is none

    @property
    def steps_per_epoch(self):
        """The number of batches that go once through the data."""
        if self.batch_size is None:
            return 1
        whole, rest = divmod(self.size, self.batch_size)
        return max(1, whole + (rest > 0 and not self.drop_last))

    def __call__(self, w):
        """Return the mean loss over all the data."""
        return self.loss_and_gradient(w, *self.data)[0]

    def gradient(self, w):
        """Return the gradient of the mean loss over all the data."""
        return self.loss_and_gradient(w, *self.data)[1]

    def example_gradients(self, w):
        """Return the gradient of each example's loss, of shape (N, *w.shape), for one array w."""
        gradients = [
            self.loss_and_gradient(w, *(array[i : i + 1] for array in self.data))[1]
            for i in range(self.size)
        ]
        return np.stack(gradients)

    def batches(self):
        """Yield mini-batches without end, each a tuple of arrays, in the order of the seed."""
        if self.batch_size is None:
            while True:
                yield self.data
        rng = generator(self.seed)
        while True:
            for rows in self._epoch(rng):
                yield tuple(array[rows] for array in self.data)

    def _epoch(self, rng):
        """Yield the row numbers of each batch of one epoch."""
        steps, size = self.steps_per_epoch, self.batch_size
        if self.replacement:
            yield from (rng.integers(self.size, size=size) for _ in range(steps))
            return
        order = rng.permutation(self.size) if self.shuffle else np.arange(self.size)
        yield from (order[i * size : (i + 1) * size] for i in range(steps))

    def sampler(self):
        """Return a function of w: the loss and the gradient on the next mini-batch at each call."""
        return _BatchSampler(self.loss_and_gradient, self.batches())


class StreamObjective:
    """A loss over data that arrive once, and may end: each step sees what comes next.

    Nothing is stored but the last batch, so the source may be larger than the memory. There is no
    loss on all the data to call for.

    Args:
        loss_and_gradient: a function of ``(w, *rows)`` as in `DataObjective`.
        source: an iterable of batches, each a tuple of arrays with one row for each example; or a
            function without arguments that returns one, for several descents over the same data. A
            generator is used up by the first descent, which then ends with "data ended".

    Raises:
        TypeError: if ``loss_and_gradient`` cannot be called, or ``source`` is not iterable.
    """

    def __init__(self, loss_and_gradient, source):
        if not callable(loss_and_gradient):
            raise TypeError(f"loss_and_gradient must be a function, got {loss_and_gradient!r}")
        if not callable(source) and not hasattr(source, "__iter__"):
            raise TypeError(f"source must be an iterable of batches, got {source!r}")
        self.loss_and_gradient = loss_and_gradient
        self.source = source

    def sampler(self):
        """Return a function of w: the loss and the gradient on the next batch at each call."""
        source = self.source() if callable(self.source) else self.source
        return _BatchSampler(self.loss_and_gradient, iter(source))


class _BatchSampler(Sampler):
    """Takes a batch from an iterator at each call."""

    def __init__(self, loss_and_gradient, batches):
        super().__init__(loss_and_gradient)
        self._batches = batches
        self._batch = None

    def __call__(self, w):
        try:
            batch = next(self._batches)
        except StopIteration:
            self.ended = True
            return self.again(w)
        if self._batch is None:
            _check_batch(batch)
        self._batch = batch
        self.examples = len(batch[0])
        return self._loss_and_gradient(w, *batch)

    def again(self, w):
        if self._batch is not None:
            return self._loss_and_gradient(w, *self._batch)
        if self.ended:
            raise ValueError("the stream of data was empty: there is no batch to begin with")
        return self(w)


def _checked_data(data):
    if not data:
        raise ValueError("there must be at least one array of data")
    data = tuple(np.asarray(array) for array in data)
    shapes = [array.shape for array in data]
    if any(array.ndim == 0 for array in data) or len({shape[0] for shape in shapes}) != 1:
        raise ValueError(f"all data must have the same number of rows, got shapes {shapes}")
    if len(data[0]) == 0:
        raise ValueError(f"data must not be empty, got shapes {shapes}")
    return data


def _check_batch(batch):
    if not isinstance(batch, tuple) or not batch or not all(np.ndim(array) for array in batch):
        raise TypeError(
            f"a batch must be a tuple of arrays with one row per example, such as (X, y), "
            f"got {batch!r}"
        )
