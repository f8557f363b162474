"""Adam and its relatives: AMSGrad, AdamW, NAdam.

All of them keep a moving average m of the gradients and one, v, of their squares. All operations
are elementwise.
"""

import numpy as np

from coursekit.optimizers.base import Optimizer, Setting, update_average


class Adam(Optimizer):
    """Adaptive moments: divide the average gradient by the root of the average squared one.

    m ← β₁ m + (1 − β₁) g,    m̂ = m / (1 − β₁ᵗ),
    v ← β₂ v + (1 − β₂) g²,   v̂ = v / (1 − β₂ᵗ),
    w ← w − η m̂ / (√v̂ + ε)

    with g = ∇L(w) + λ w and t the number of this step, from 1. m and v start at 0; m̂ and v̂ are
    corrected for that, so that the first step is η times the sign of g (ε aside).

    The weight decay λ is *coupled*: it is part of the gradient, and gets divided by √v̂ with it.
    `AdamW` decouples it.

    ε is added to √v̂, as in Algorithm 1 of the paper and in PyTorch. Keras adds it to √v, before
    the correction (the paper's "ε̂", ahead of section 2.1), where the same ε weighs more in the
    first steps: 1/√(1 − β₂ᵗ) times as much, 32 times at t = 1. It sets ε = 1e-7. ``weight_decay``
    of Keras is decoupled in all of its optimizers.

    Source: Kingma and Ba (2015), *Adam: a method for stochastic optimization*, ICLR.

    Args:
        lr: the learning rate η, at least 0.
        beta1: β₁, at least 0 and below 1.
        beta2: β₂, at least 0 and below 1.
        eps: ε, at least 0. With 0, a gradient that has always been 0 gives 0/0: not a number.
        weight_decay: λ, at least 0.
    """

    name, title = "adam", "Adam"
    keeps = ("m", "v")
    beta1 = Setting(at_least=0, below=1)
    beta2 = Setting(at_least=0, below=1)
    eps = Setting(at_least=0)

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        m, v = state["m"], state["v"]
        update_average(m, self.beta1, grad)
        update_average(v, self.beta2, grad * grad)
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class AMSGrad(Adam):
    """Adam that divides by the largest v so far: small gradients do not make it forget large ones.

    m ← β₁ m + (1 − β₁) g,    m̂ = m / (1 − β₁ᵗ),
    v ← β₂ v + (1 − β₂) g²,   v_max ← max(v_max, v),   v̂ = v_max / (1 − β₂ᵗ),
    w ← w − η m̂ / (√v̂ + ε)

    with g = ∇L(w) + λ w. The paper gives an example in which Adam ends at the worst point and this
    does not. It has no bias correction, so that the rate of a number, η/√v_max, never grows. The
    form here is PyTorch's ``Adam(amsgrad=True)``, which corrects after taking the maximum: 1 − β₂ᵗ
    rises to 1, and until it is there the rate can grow. So does Keras, with ε inside the correction
    (see `Adam`).

    Source: Reddi, Kale and Kumar (2018), *On the convergence of Adam and beyond*, ICLR.

    Args:
        lr: the learning rate η, at least 0.
        beta1: β₁, at least 0 and below 1.
        beta2: β₂, at least 0 and below 1.
        eps: ε, at least 0.
        weight_decay: λ, at least 0, coupled as in `Adam`.
    """

    name, title = "amsgrad", "AMSGrad"
    keeps = ("m", "v", "v_max")

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        m, v, v_max = state["m"], state["v"], state["v_max"]
        update_average(m, self.beta1, grad)
        update_average(v, self.beta2, grad * grad)
        np.maximum(v_max, v, out=v_max)
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v_max / (1 - self.beta2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class AdamW(Adam):
    """Adam with decoupled weight decay: it shrinks the weights, and does not touch m and v.

    w ← (1 − η λ) w,   then Adam's step with g = ∇L(w), the gradient at w before the shrinking.

    In `Adam` the decay of a weight is divided by √v̂: weights with large gradients hardly decay.
    Here all weights decay at the same rate. η multiplies λ, as in PyTorch and Keras: twice the rate
    is twice the decay. In the paper a schedule scales both, but the base rate only Adam's step.

    Source: Loshchilov and Hutter (2019), *Decoupled weight decay regularization*, ICLR.

    Args:
        lr: the learning rate η, at least 0.
        beta1: β₁, at least 0 and below 1.
        beta2: β₂, at least 0 and below 1.
        eps: ε, at least 0.
        weight_decay: λ, at least 0. Keras's default is 0.004.
    """

    name, title = "adamw", "AdamW"

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2):
        super().__init__(lr, beta1, beta2, eps, weight_decay)

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        m, v = state["m"], state["v"]
        update_average(m, self.beta1, grad)
        update_average(v, self.beta2, grad * grad)
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        w *= 1 - self.lr * self.weight_decay
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class NAdam(Adam):
    """Adam with Nesterov's momentum: m̂ looks ahead to where the next step's average will be.

    μ_t = β₁ (1 − ½ · 0.96^(ψ t)),    Π_t = μ₁ μ₂ … μ_t,
    m ← β₁ m + (1 − β₁) g,   m̂ = μ_{t+1} m / (1 − Π_{t+1}) + (1 − μ_t) g / (1 − Π_t),
    v ← β₂ v + (1 − β₂) g²,  v̂ = v / (1 − β₂ᵗ),
    w ← w − η m̂ / (√v̂ + ε)

    with g = ∇L(w) + λ w. The momentum μ_t rises from about β₁/2 to β₁, slowly for PyTorch's
    ψ = 0.004, which is the paper's 1/250. Keras has ψ = 1, so that its momentum has risen after
    some 100 steps instead of 25,000. Dozat averages m with μ_t too; PyTorch and Keras, and this,
    with β₁. PyTorch's option to decouple the weight decay is left out.

    Source: Dozat (2016), *Incorporating Nesterov momentum into Adam*, ICLR workshop.

    Args:
        lr: the learning rate η, at least 0.
        beta1: β₁, at least 0 and below 1.
        beta2: β₂, at least 0 and below 1.
        eps: ε, at least 0.
        weight_decay: λ, at least 0, coupled as in `Adam`.
        momentum_decay: ψ, at least 0.
    """

    name, title = "nadam", "NAdam"
    momentum_decay = Setting(at_least=0)

    def __init__(
        self, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, momentum_decay=4e-3
    ):
        super().__init__(lr, beta1, beta2, eps, weight_decay)
        self.momentum_decay = momentum_decay

    def mu(self, t):
        """Return the momentum μ_t of step ``t``."""
        return self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def begin(self):
        """Multiply the momentum of this step into the product Π."""
        self.shared["mu_product"] = self.shared.get("mu_product", 1.0) * self.mu(self.t)

    def update(self, w, grad, state):
        """Take one step; see the class for the formulas."""
        if self.weight_decay:
            grad = grad + self.weight_decay * w
        m, v = state["m"], state["v"]
        update_average(m, self.beta1, grad)
        update_average(v, self.beta2, grad * grad)
        mu, mu_next, product = self.mu(self.t), self.mu(self.t + 1), self.shared["mu_product"]
        m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * grad / (1 - product)
        v_hat = v / (1 - self.beta2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
