"""The widgets that the benchmark shows on a page of its own, each with much to draw."""

import numpy as np

from coursekit import datasets, landscapes
from coursekit.autograd import Tensor
from coursekit.descent import LeastSquares, batch_study, descend
from coursekit.optimizers import SGD
from coursekit.widgets import (
    Activations,
    Batches,
    Boosting,
    Clipping,
    Descent,
    Frames,
    GradientFlow,
    Stepper,
    frames,
)
from coursekit.widgets.base import CourseWidget

#: As much as the descent widget takes on: five racers, over 300 steps.
RACE = [
    {"optimizer": "sgd", "lr": 0.03},
    {"optimizer": "momentum", "lr": 0.01},
    {"optimizer": "adagrad", "lr": 0.8},
    {"optimizer": "rmsprop", "lr": 0.02},
    {"optimizer": "adam", "lr": 0.2},
]


def widgets() -> dict[str, CourseWidget]:
    """Kind of widget to one of that kind."""
    return {
        "descent": Descent(racers=RACE, steps=300, step=250, noise=0.5),
        "batches": _batches(),
        "boosting": _boosting(),
        "frames": _frames(),
        "activations": Activations("gelu", layers=10),
        "gradient_flow": GradientFlow("relu", kept={"initialization": "he"}),
        "clipping": Clipping(rule="value"),
        "stepper": _stepper(),
    }


def _batches() -> Batches:
    rows = datasets.linear(500)
    study = batch_study(LeastSquares(rows.X, rows.y), [-1.5, 1.5], steps=600, seeds=60)
    return Batches(study)


def _boosting() -> Boosting:
    x = np.linspace(0, 10, 60)
    return Boosting(x, np.sin(x) + 0.1 * np.cos(40 * x), depth=2, stage=15)


def _frames() -> Frames:
    ravine = landscapes.get("ravine")

    def losses(lr: float, beta: float) -> dict:
        path = descend(ravine, ravine.start, SGD(lr, momentum=beta), 100)
        return {"momentum": (np.arange(path.steps + 1), path.losses)}

    return frames(losses, lr=list(np.linspace(0.005, 0.05, 10)), beta=list(np.linspace(0, 0.9, 10)))


def _stepper() -> Stepper:
    w, x, b = Tensor(0.5), Tensor(2.0), Tensor(-1.0)
    names = {"w": w, "x": x, "b": b}
    inner = (w * x + b).tanh()
    loss = (inner * w + inner * x + b - 1.0) ** 2
    return Stepper(loss, names)
