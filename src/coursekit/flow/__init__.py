"""The gradient doctor: what flows through a network, forward and backward, and what is wrong.

>>> import numpy as np
>>> from coursekit import flow
>>> from coursekit.nn import Linear, Sequential, Sigmoid
>>> rng = np.random.default_rng(0)
>>> layers = [layer for _ in range(8) for layer in (Linear(16, 16, rng=rng), Sigmoid())]
>>> model = Sequential(*layers, Linear(16, 1, rng=rng))
>>> x = rng.normal(size=(32, 16))
>>> report = flow.examine(model, lambda: (model(x) ** 2).mean())
>>> [finding.illness for finding in report.diagnose()]
['vanishing gradients']

It works on `coursekit.nn` and on any ``torch.nn.Module``, and changes nothing: no parameter, no
gradient, no running statistics. A functional activation such as ``torch.relu(x)`` is no module and
gets no row of its own; write ``nn.ReLU()`` to have it examined.

Where to read what:

* ``examination``: `examine`, one forward and one backward pass.
* ``watching``: the hooks that note what comes out of each module.
* ``frameworks``, ``on_torch``, ``on_coursekit``: the few things that the two do differently.
* ``measures``: the figures of one array: size, dead units, saturated entries, twins.
* ``rows``, ``report``, ``tables``: the figures of all layers, and how they are printed.
* ``thresholds``, ``findings``, ``diagnosis``, ``nonfinite``: what counts as ill, in plain words.
* ``steps``: update:weight ratios while a model is trained.
* ``time_steps``: the gradient at each time step of a recurrent net.
* ``deep_nets``: the signals at each layer of a deep fully connected network, at its start.
"""

from coursekit.flow.deep_nets import (
    SIGNAL_ACTIVATIONS,
    SIGNAL_INITIALIZATIONS,
    SIGNAL_NORMALIZATIONS,
    Signals,
    signal_grid,
    signals,
)
from coursekit.flow.examination import examine
from coursekit.flow.findings import ILLNESSES, Finding
from coursekit.flow.report import Report
from coursekit.flow.rows import Call, Parameter
from coursekit.flow.steps import Recorder, snapshot, update_ratios
from coursekit.flow.thresholds import Thresholds
from coursekit.flow.time_steps import ThroughTime, through_time

__all__ = [
    "ILLNESSES",
    "SIGNAL_ACTIVATIONS",
    "SIGNAL_INITIALIZATIONS",
    "SIGNAL_NORMALIZATIONS",
    "Call",
    "Finding",
    "Parameter",
    "Recorder",
    "Report",
    "Signals",
    "ThroughTime",
    "Thresholds",
    "examine",
    "signal_grid",
    "signals",
    "snapshot",
    "through_time",
    "update_ratios",
]
