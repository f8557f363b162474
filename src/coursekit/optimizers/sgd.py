"""Gradient descent, with momentum if wanted."""

from coursekit.optimizers.base import Optimizer, Setting, yes_or_no


class SGD(Optimizer):
    """Gradient descent; "stochastic" when the gradients come from batches of the data.

    ===================  ================================================
    without momentum     w ← w − η g
    momentum μ           v ← μ v + g,    w ← w − η v
    Nesterov's           v ← μ v + g,    w ← w − η (g + μ v)
    ===================  ================================================

    with g = ∇L(w) + λ w, where λ is the weight decay (an L2 penalty ½λ‖w‖²) and v starts at 0.

    η stands outside the velocity, as in PyTorch: a new rate acts on the whole velocity at once. In
    Polyak's and Sutskever's form, which Keras uses, it stands inside, v ← μ v − η g, w ← w + v, and
    earlier gradients keep the rate of their time. At a constant rate both take the same steps.
    Nesterov's form here is that of Sutskever et al., written for the point at which the gradient is
    taken. Dampening, which PyTorch offers too, is left out.

    Sources: Robbins and Monro (1951), *A stochastic approximation method*, Annals of Mathematical
    Statistics 22; Polyak (1964), *Some methods of speeding up the convergence of iteration
    methods*, USSR Computational Mathematics and Mathematical Physics 4(5); Nesterov (1983), *A
    method for solving the convex programming problem with convergence rate O(1/k²)*, Doklady AN
    SSSR 269; Sutskever, Martens, Dahl and Hinton (2013), *On the importance of initialization and
    momentum in deep learning*, ICML.

    Args:
        lr: the learning rate η, at least 0.
        momentum: μ, at least 0 and below 1.
        nesterov: whether to use Nesterov's form, which needs a positive momentum.
        weight_decay: λ, at least 0.

    Example:
        >>> import numpy as np
        >>> w = np.array([3.0, 4.0])
        >>> SGD(lr=0.1).step(w, grads=2 * w)
        >>> w
        array([2.4, 3.2])
    """

    name = "sgd"
    momentum = Setting(at_least=0, below=1)

    def __init__(self, lr=1e-3, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.momentum = momentum
        self.nesterov = yes_or_no("nesterov", nesterov)
        if self.nesterov and self.momentum == 0:
            raise ValueError(f"nesterov=True needs momentum greater than 0, got {momentum!r}")

    @property
    def title(self):
        """Name for a legend: SGD, Momentum or Nesterov."""
        return "Nesterov" if self.nesterov else "Momentum" if self.momentum else "SGD"

    @property
    def keeps(self):
        """The velocity, if there is momentum."""
        return ("velocity",) if self.momentum else ()

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        if self.momentum:
            v = state["velocity"]
            v *= self.momentum
            v += grad
            grad = grad + self.momentum * v if self.nesterov else v
        w -= self.lr * grad
