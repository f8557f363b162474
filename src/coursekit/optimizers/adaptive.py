"""A learning rate for each parameter from the gradients it has seen: AdaGrad, RMSProp, AdaDelta.

All operations are elementwise: g² is the gradient with each of its numbers squared.
"""

import numpy as np

from coursekit.optimizers.base import Optimizer, Setting, update_average


class AdaGrad(Optimizer):
    """Divide by the root of the sum of all squared gradients so far.

    s ← s + g²,    w ← w − η g / (√s + ε)

    with g = ∇L(w) + λ w. The sum only grows, so that steps get smaller and smaller: after t equal
    gradients a step is η/√t, whatever their size.

    ε stands outside the root and s starts at 0, as in PyTorch. Keras puts ε inside, √(s + ε), and
    starts s at 0.1, which shortens the first steps where gradients are below about 0.3; its ε is
    1e-7 and its η 0.001. PyTorch's ``lr_decay`` is left out: see `coursekit.schedules`.

    Source: Duchi, Hazan and Singer (2011), *Adaptive subgradient methods for online learning and
    stochastic optimization*, Journal of Machine Learning Research 12.

    Args:
        lr: the learning rate η, at least 0.
        eps: ε, at least 0. With 0, a gradient that has always been 0 gives 0/0: not a number.
        weight_decay: λ, at least 0.
        initial_accumulator_value: what s starts at, at least 0.
    """

    name, title = "adagrad", "AdaGrad"
    keeps = ("s",)
    eps = Setting(at_least=0)
    initial_accumulator_value = Setting(at_least=0)

    def __init__(self, lr=1e-2, eps=1e-10, weight_decay=0.0, initial_accumulator_value=0.0):
        super().__init__(lr, weight_decay)
        self.eps = eps
        self.initial_accumulator_value = initial_accumulator_value

    def initial(self, w):
        """Return an array full of ``initial_accumulator_value``."""
        return np.full_like(w, self.initial_accumulator_value)

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        s = state["s"]
        s += grad * grad
        w -= self.lr * grad / (np.sqrt(s) + self.eps)


class RMSProp(Optimizer):
    """Divide by the root of a moving average of squared gradients.

    v ← α v + (1 − α) g²,    w ← w − η g / (√v + ε)

    with g = ∇L(w) + λ w. With momentum μ the divided gradient goes into a velocity:
    u ← μ u + g / (√v + ε), w ← w − η u.

    v starts at 0 and is *not* corrected for it, as Adam's is: the very first step is η/√(1 − α),
    which is 10 η for PyTorch's α of 0.99 and 3.2 η for Keras's 0.9.

    ε stands outside the root, as in PyTorch. Keras puts it inside, √(v + ε), with ε = 1e-7 and
    η = 0.001, and puts η inside the velocity. Graves's centered form, in which v is the variance of
    the gradient, is left out.

    Source: Tieleman and Hinton (2012), *Lecture 6.5: rmsprop*, Neural Networks for Machine
    Learning, Coursera.

    Args:
        lr: the learning rate η, at least 0.
        alpha: the share α of the old average that is kept, at least 0 and below 1.
        eps: ε, at least 0. With 0, a gradient that has always been 0 gives 0/0: not a number.
        weight_decay: λ, at least 0.
        momentum: μ, at least 0 and below 1.
    """

    name, title = "rmsprop", "RMSProp"
    alpha = Setting(at_least=0, below=1)
    eps = Setting(at_least=0)
    momentum = Setting(at_least=0, below=1)

    def __init__(self, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(lr, weight_decay)
        self.alpha = alpha
        self.eps = eps
        self.momentum = momentum

    @property
    def keeps(self):
        """The average of squared gradients and, if there is momentum, the velocity."""
        return ("v", "velocity") if self.momentum else ("v",)

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        v = state["v"]
        update_average(v, self.alpha, grad * grad)
        move = grad / (np.sqrt(v) + self.eps)
        if self.momentum:
            u = state["velocity"]
            u *= self.momentum
            u += move
            move = u
        w -= self.lr * move


class AdaDelta(Optimizer):
    """Multiply by the typical size of past steps and divide by the typical size of gradients.

    E[g²]  ← ρ E[g²] + (1 − ρ) g²,
    Δ      = √(E[Δ²] + ε) / √(E[g²] + ε) · g,
    E[Δ²]  ← ρ E[Δ²] + (1 − ρ) Δ²,
    w      ← w − η Δ

    with g = ∇L(w) + λ w. Δ has the unit of w, which none of the other rules can say of its step;
    that is why Zeiler needs no η (η = 1, the default). The first steps are of the size √ε, and grow.

    ε stands inside both roots, here as in the paper, PyTorch and Keras. Keras has other defaults:
    η = 0.001, a thousand times smaller steps, ρ = 0.95 and ε = 1e-7.

    Source: Zeiler (2012), *ADADELTA: an adaptive learning rate method*, arXiv 1212.5701.

    Args:
        lr: the factor η, at least 0.
        rho: the share ρ of the old averages that is kept, at least 0 and below 1.
        eps: ε, at least 0. With 0 nothing ever moves, since the averages start at 0, and a gradient
            that has always been 0 gives 0/0: not a number.
        weight_decay: λ, at least 0.
    """

    name, title = "adadelta", "AdaDelta"
    keeps = ("E_g2", "E_delta2")
    rho = Setting(at_least=0, below=1)
    eps = Setting(at_least=0)

    def __init__(self, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.rho = rho
        self.eps = eps

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        E_g2, E_delta2 = state["E_g2"], state["E_delta2"]
        update_average(E_g2, self.rho, grad * grad)
        delta = np.sqrt(E_delta2 + self.eps) / np.sqrt(E_g2 + self.eps) * grad
        update_average(E_delta2, self.rho, delta * delta)
        w -= self.lr * delta
