"""The racers of `Descent`: which settings they take, the optimizers they stand for, the noise they share."""

from collections.abc import Mapping, Sequence

import numpy as np

from coursekit._checks import one_of, real_number
from coursekit.descent.objectives import Sampler
from coursekit.landscapes import Landscape
from coursekit.optimizers import SGD, AdaGrad, Adam, RMSProp

__all__ = ["MOST", "NoisyLandscape", "checked_racers", "optimizer_of", "settings", "titles"]

MOST = 5
SLOWEST, FASTEST = 1e-5, 10.0  # learning rates
RATE = 0.05

#: Name to title, and the settings besides the rate with what they are if not given.
KINDS = {
    "sgd": ("SGD", {}),
    "momentum": ("Momentum", {"beta": 0.9}),
    "nesterov": ("Nesterov", {"beta": 0.9}),
    "adagrad": ("AdaGrad", {}),
    "rmsprop": ("RMSProp", {"beta": 0.9}),
    "adam": ("Adam", {"beta1": 0.9, "beta2": 0.999}),
}


def checked_racers(racers: Sequence[Mapping]) -> list[dict]:
    """Return the racers with all their settings, as new dicts.

    Raises:
        ValueError: if there are none or too many, a name or a key is unknown, or a number is out of
            range. The message names the place, such as ``racers[1]["lr"]``.
        TypeError: if one is not a dict, or a setting not a real number.
    """
    if isinstance(racers, str | Mapping) or not isinstance(racers, Sequence):
        raise TypeError(f"racers must be a list of dicts, got {racers!r}")
    if not 1 <= len(racers) <= MOST:
        raise ValueError(f"racers must be 1 to {MOST}, got {len(racers)}")
    return [_checked(f"racers[{i}]", racer) for i, racer in enumerate(racers)]


def _checked(where: str, racer: Mapping) -> dict:
    if not isinstance(racer, Mapping) or "optimizer" not in racer:
        example = '{"optimizer": "sgd", "lr": 0.05}'
        raise TypeError(f"{where} must be a dict such as {example}, got {racer!r}")
    name = one_of(f'{where}["optimizer"]', racer["optimizer"], list(KINDS))
    usual = {"lr": RATE} | KINDS[name][1]
    for key in racer:
        if key != "optimizer":
            one_of(f"setting of {where} ({name})", key, list(usual))
    settings = {"optimizer": name}
    for key, default in usual.items():
        named, value = f'{where}["{key}"]', racer.get(key, default)
        if key == "lr":
            value = real_number(named, value)
            if not SLOWEST <= value <= FASTEST:
                raise ValueError(f"{named} must be from {SLOWEST:g} to {FASTEST:g}, got {value!r}")
        else:
            value = real_number(named, value, at_least=0, below=1)
        settings[key] = value
    return settings


def optimizer_of(racer: Mapping):
    """Return the `coursekit.optimizers` object that a checked racer stands for."""
    name, lr = racer["optimizer"], racer["lr"]
    if name == "sgd":
        return SGD(lr)
    if name in ("momentum", "nesterov"):
        # With β = 0 both are plain descent, and SGD takes no Nesterov without momentum.
        return SGD(lr, momentum=racer["beta"], nesterov=name == "nesterov" and racer["beta"] > 0)
    if name == "adagrad":
        return AdaGrad(lr)
    if name == "rmsprop":
        return RMSProp(lr, alpha=racer["beta"])
    return Adam(lr, beta1=racer["beta1"], beta2=racer["beta2"])


def titles(racers: Sequence[Mapping]) -> list[str]:
    """Return a name for each racer; of several with one optimizer, with its rate or a number.

    Example:
        >>> titles([{"optimizer": "sgd", "lr": 0.1}, {"optimizer": "sgd", "lr": 0.2}])
        ['SGD 0.1', 'SGD 0.2']
    """
    found = []
    for i, racer in enumerate(racers):
        alike = [r for r in racers if r["optimizer"] == racer["optimizer"]]
        title = KINDS[racer["optimizer"]][0]
        if len(alike) > 1:
            before = [r for r in racers[:i] if r["optimizer"] == racer["optimizer"]]
            distinct = len({r["lr"] for r in alike}) == len(alike)
            title += f" {racer['lr']:.3g}" if distinct else f" {len(before) + 1}"
        found.append(title)
    return found


def settings(racer: Mapping) -> str:
    """Return a racer's settings in words.

    Example:
        >>> settings({"optimizer": "momentum", "lr": 0.05, "beta": 0.9})
        'lr 0.05, beta 0.9'
    """
    return ", ".join(f"{key} {value:g}" for key, value in racer.items() if key != "optimizer")


class NoisyLandscape:
    """A landscape whose gradient comes with noise from a list, the same for each descent.

    Args:
        land: the landscape.
        sd: the standard deviation of the noise in each coordinate.
        normals: standard normal numbers of shape (steps, 2), a row for each step.
    """

    def __init__(self, land: Landscape, sd: float, normals: np.ndarray):
        self.land, self.sd, self.normals = land, sd, normals

    def sampler(self) -> Sampler:
        """Return a function of the position that gives the loss and the gradient with noise."""
        rows = iter(np.asarray(self.normals, dtype=float).reshape(-1, 2))

        def look(x):
            return self.land(x), self.land.gradient(x) + self.sd * next(rows, np.zeros(2))

        return Sampler(look)
