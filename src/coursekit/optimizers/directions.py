"""Steps of a fixed size, of which the gradient gives the direction only: Lion and Muon."""

import math

import numpy as np

from coursekit._checks import whole_number
from coursekit.optimizers.base import Optimizer, Setting, update_average, yes_or_no


class Lion(Optimizer):
    """Evolved sign momentum: each number moves by ±η.

    c = β₁ m + (1 − β₁) g,
    w ← w − η (sign(c) + λ w),
    m ← β₂ m + (1 − β₂) g

    with g = ∇L(w); sign(0) = 0. The weight decay λ is decoupled (see `AdamW`). m, which starts at
    0, is not corrected for that: a sign does not depend on scale. The authors advise a rate 3 to 10
    times smaller than Adam's, and a decay as much larger.

    PyTorch has no Lion; this is Algorithm 2 of the paper with the defaults of the authors' code.
    Keras has the same rule, with η = 0.001.

    Source: Chen et al. (2023), *Symbolic discovery of optimization algorithms*, NeurIPS.

    Args:
        lr: the learning rate η, at least 0.
        beta1: β₁, for the step; at least 0 and below 1.
        beta2: β₂, for the average; at least 0 and below 1.
        weight_decay: λ, at least 0.
    """

    name, title = "lion", "Lion"
    keeps = ("m",)
    beta1 = Setting(at_least=0, below=1)
    beta2 = Setting(at_least=0, below=1)

    def __init__(self, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1 = beta1
        self.beta2 = beta2

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        m = state["m"]
        c = self.beta1 * m + (1 - self.beta1) * grad
        update_average(m, self.beta2, grad)
        w *= 1 - self.lr * self.weight_decay
        w -= self.lr * np.sign(c)


class Muon(Optimizer):
    """Momentum, orthogonalized by Newton-Schulz iteration: for matrices of weights.

    m ← μ m + (1 − μ) g,
    u = μ m + (1 − μ) g with Nesterov's momentum, otherwise u = m,
    w ← (1 − η λ) w − η √max(1, rows/columns) · orthogonalize(u)

    with g = ∇L(w). A gradient matrix is often dominated by a few directions, its large singular
    values; orthogonalized, all directions move about as far (see `orthogonalize`). The weight
    decay λ is decoupled (see `AdamW`). Biases, other vectors and convolution kernels need another
    optimizer.

    The conventions are PyTorch's ``torch.optim.Muon`` with its default ``adjust_lr_fn``; other
    choices for the factor of η are left out. Jordan's text adds g to m in full, m ← μ m + g, which
    makes the same steps, since `orthogonalize` does not depend on scale. PyTorch iterates in
    bfloat16, which has two to three significant digits; here the type of the parameters is kept.

    Source: Jordan et al. (2024), *Muon: an optimizer for hidden layers in neural networks*,
    kellerjordan.github.io/posts/muon.

    Args:
        lr: the learning rate η, at least 0.
        weight_decay: λ, at least 0.
        momentum: μ, at least 0 and below 1.
        nesterov: whether to use Nesterov's momentum.
        ns_steps: the number of Newton-Schulz iterations, at least 1.
        eps: the least norm to divide by, above 0.

    Raises:
        ValueError: from ``step``, if a parameter is not a matrix.
    """

    name, title = "muon", "Muon"
    keeps = ("m",)
    elementwise = False
    momentum = Setting(at_least=0, below=1)
    eps = Setting(above=0)

    def __init__(
        self, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_steps=5, eps=1e-7
    ):
        super().__init__(lr, weight_decay)
        self.momentum = momentum
        self.nesterov = yes_or_no("nesterov", nesterov)
        self.ns_steps = whole_number("ns_steps", ns_steps, at_least=1)
        self.eps = eps

    def _checked(self, params, grads):
        params, grads = super()._checked(params, grads)
        for i, w in enumerate(params):
            if w.ndim != 2 or w.size == 0:
                raise ValueError(
                    f"Muon is for matrices: params[{i}] must have two dimensions, got shape "
                    f"{w.shape}; give it to another optimizer, such as AdamW"
                )
        return params, grads

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        m = state["m"]
        update_average(m, self.momentum, grad)
        u = self.momentum * m + (1 - self.momentum) * grad if self.nesterov else m
        rows, columns = w.shape
        lr = self.lr * math.sqrt(max(1, rows / columns))
        direction = orthogonalize(u, self.ns_steps, self.eps)
        w *= 1 - self.lr * self.weight_decay
        w -= lr * direction


def orthogonalize(matrix, steps=5, eps=1e-7):
    """Move all singular values of a matrix to about 1, and keep its singular vectors.

    Starting from X = matrix / ‖matrix‖, whose singular values are at most 1, each iteration

    A = X Xᵀ,   X ← a X + (b A + c A²) X,   a = 3.4445, b = −4.7750, c = 2.0315

    sends each singular value σ to a σ + b σ³ + c σ⁵. The coefficients are Jordan's: they lift small
    values fast, and do not converge: after 5 steps, values that were between 0.003 and 1 in X lie
    between 0.68 and 1.21.

    Args:
        matrix: an array with two dimensions.
        steps: the number of iterations.
        eps: the least norm to divide by, so that a matrix of zeros stays one.

    Returns:
        A new array of the shape of ``matrix``.

    Raises:
        ValueError: if ``matrix`` does not have two dimensions.

    Example:
        >>> stretched = np.diag([1.0, 0.5, 0.02])
        >>> np.linalg.svd(orthogonalize(stretched)).S.round(1)
        array([1.1, 0.8, 0.7])
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2:
        raise ValueError(f"matrix must have two dimensions, got shape {matrix.shape}")
    a, b, c = 3.4445, -4.7750, 2.0315
    rows, columns = matrix.shape
    X = matrix.T if rows > columns else matrix  # the smaller of the two products X Xᵀ and Xᵀ X
    X = X / max(np.linalg.norm(X), eps)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X.T if rows > columns else X
