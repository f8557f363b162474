"""From where on a figure counts as an illness."""

from dataclasses import dataclass, fields

from coursekit._checks import real_number


@dataclass(frozen=True)
class Thresholds:
    """From where on a figure counts as an illness. Give your own to ``report.diagnose``.

    They are rules of thumb: a net just beyond one may still learn. The tests of the course hold them
    to no false alarm on some thirty kinds of healthy network, a dozen random starts of each.

    Attributes:
        vanishing: the least allowed ratio of the gradient at the first hidden state to that at the
            last. Sigmoid layers lose a factor of about 4 each (Glorot and Bengio, 2010), so that
            six of them cross it; through time: Pascanu, Mikolov and Bengio (2013).
        exploding: the greatest allowed ratio. ReLU layers whose weights are √2 times too large (He
            et al., 2015) multiply the gradient by √2 each, and cross it after 18. A ResNet of 110
            layers, which trains well, was measured at about 300.
        dead: the greatest allowed excess of units that are zero for the whole batch over those that
            are zero nowhere in it, as a share of all units. Where examples look alike to a deep
            layer, many units are of either sort, and about as many of the one as of the other; it
            is the excess that shows that units were pushed off (Lu, Shin, Su and Karniadakis, 2019,
            *Dying ReLU and initialization*).
        saturated: the greatest allowed share of entries in the flat parts of a sigmoid or tanh
            (Glorot and Bengio, 2010, show such layers).
        twins: the greatest allowed share of units that have a twin, with the same weights and the
            same gradient (Goodfellow, Bengio and Courville, 2016, section 8.4: the initial weights
            must break the symmetry between units).
        update_too_small: the least allowed update:weight ratio, in the median over the recorded
            steps. About 1e-3 is a good value (Karpathy's rule of thumb).
        update_too_large: the greatest allowed ratio.

    Raises:
        TypeError: if a threshold is not a number.
        ValueError: if one is not positive.
    """

    vanishing: float = 1e-3
    exploding: float = 500.0
    dead: float = 0.5
    saturated: float = 0.5
    twins: float = 0.5
    update_too_small: float = 1e-6
    update_too_large: float = 0.1

    def __post_init__(self):
        for each in fields(self):
            real_number(each.name, getattr(self, each.name), above=0)

    @classmethod
    def checked(cls, thresholds):
        """Return thresholds as given, or the default for None.

        Raises:
            TypeError: if they are something else.
        """
        if thresholds is None:
            return cls()
        if not isinstance(thresholds, cls):
            raise TypeError(f"thresholds must be a flow.Thresholds, got {thresholds!r}")
        return thresholds
