"""Schedules: the learning rate as a function of the step.

A schedule is called with the number of steps already taken, from 0, and returns the rate η for the
next one. It keeps nothing from call to call:

>>> schedule = WarmUp(steps=10, then=Cosine(lr=0.1, steps=100))
>>> [round(schedule(step), 3) for step in (0, 5, 10, 60, 110)]
[0.0, 0.05, 0.1, 0.05, 0.0]

In training, ``optimizer.lr = schedule(step)`` comes before ``optimizer.step(params, grads)``.
`Plateau` alone is different: it watches the loss, and has to remember it.

Those that ``torch.optim.lr_scheduler`` has too give the same rates over their whole run. Where that
run ends, the schedules here hold their last rate.
"""

from coursekit.schedules.curves import Cosine, OneCycle, WarmUp
from coursekit.schedules.decays import (
    Constant,
    Exponential,
    InversePower,
    InverseTime,
    Schedule,
    Step,
)
from coursekit.schedules.plateau import Plateau

__all__ = [
    "Constant",
    "Cosine",
    "Exponential",
    "InversePower",
    "InverseTime",
    "OneCycle",
    "Plateau",
    "Schedule",
    "Step",
    "WarmUp",
]
