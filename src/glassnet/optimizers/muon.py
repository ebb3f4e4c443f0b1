"""Muon: steps for whole matrices, with all directions made equally large."""

import re
from collections.abc import Sequence
from typing import Any, Unpack

import jax
import jax.numpy as jnp

from glassnet.foundation.shapes import fraction, positive_int
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number, number_or_none
from glassnet.optimizers.options import LearningRate, OtherOptions, Slots
from glassnet.optimizers.rule import zeros
from glassnet.optimizers.trees import Selection, named_leaves


@optimizer_registry.register()
class Muon(Optimizer):
    """M ← μ M + G;  O = orthogonal(G + μ M);  W ← W - α √max(n, m) r O.  AdamW for all that is no matrix.

    A gradient's matrix has a few directions that are large and many that are small. Its nearest orthogonal matrix,
    found by a few rounds of X ← a X + b XXᵀX + c (XXᵀ)²X, has the same directions, all of one size: what is rare is
    learned as fast as what is common. With r = 0.2 a number moves about as much as under AdamW, so that its learning
    rate and weight decay will do.

    Weights that are no matrix, embeddings, and those that `exclude_layers` names move by Adam's rule. The last layer of a
    classifier is best named there too.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        adam_beta_1: β₁ of Adam's rule, from 0 and below 1.
        adam_beta_2: β₂ of Adam's rule, from 0 and below 1.
        adam_weight_decay: λ of what moves by Adam's rule, of at least 0, or None.
        epsilon: ε of Adam's rule, of at least 0.
        weight_decay: λ of what moves by Muon's rule, of at least 0, or None.
        exclude_layers: regular expressions, found anywhere in a path, for what is to move by Adam's rule.
        exclude_embeddings: whether weights with ``embedding`` in their path move by Adam's rule.
        muon_a: a of the rounds.
        muon_b: b of the rounds.
        muon_c: c of the rounds.
        adam_lr_ratio: Adam's learning rate as a multiple of α, of at least 0.
        momentum: μ, from 0 and below 1.
        ns_steps: how many rounds, above 0.
        nesterov: whether to look one step of momentum ahead; else O = orthogonal(M).
        rms_rate: r, of at least 0; None for W ← W - α O.
        **options: what every optimizer takes: clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Muon(0.5, rms_rate=None, weight_decay=None)
        >>> w = {"dense/kernel": np.zeros((2, 2), "float32")}
        >>> gradient = {"dense/kernel": np.float32([[10.0, 0.0], [0.0, 1.0]])}
        >>> w, state = optimizer.step(w, gradient, optimizer.init(w))
        >>> print(np.asarray(w["dense/kernel"]).round(2) + 0.0)  # alike, though one slope is ten times the other
        [[-0.35  0.  ]
         [ 0.   -0.35]]

    Reference:
        Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; the factor √max(n, m) r: Liu et
        al., "Muon is scalable for LLM training", 2025.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1.0,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Unpack[OtherOptions],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.adam_beta_1 = fraction("adam_beta_1", adam_beta_1, owner="Muon")
        self.adam_beta_2 = fraction("adam_beta_2", adam_beta_2, owner="Muon")
        self.adam_weight_decay = number_or_none("adam_weight_decay", adam_weight_decay, owner="Muon")
        self.epsilon = number("epsilon", epsilon, owner="Muon")
        self._by_adam = Selection.of(exclude_layers or ())
        self.exclude_embeddings = bool(exclude_embeddings)
        self.muon_a, self.muon_b, self.muon_c = float(muon_a), float(muon_b), float(muon_c)
        self.adam_lr_ratio = number("adam_lr_ratio", adam_lr_ratio, owner="Muon")
        self.momentum = fraction("momentum", momentum, owner="Muon")
        self.ns_steps = positive_int("ns_steps", ns_steps, owner="Muon")
        self.nesterov = bool(nesterov)
        self.rms_rate = number_or_none("rms_rate", rms_rate, owner="Muon")

    @property
    def exclude_layers(self) -> list[str] | None:
        """The expressions for the paths of what moves by Adam's rule."""
        return list(self._by_adam.patterns) or None

    def moves_by_adam(self, path: str, w: Any) -> bool:
        """Whether the weight at `path` moves by Adam's rule and not by Muon's."""
        embeds = self.exclude_embeddings and re.search("embedding", path, re.IGNORECASE) is not None
        return jnp.ndim(w) != 2 or embeds or path in self._by_adam

    def decay_of(self, path: str, w: Any) -> float | None:
        """λ of the weight at `path`: one for Muon's rule, one for Adam's."""
        if path in self._undecayed:
            return None
        return self.adam_weight_decay if self.moves_by_adam(path, w) else self.weight_decay

    def init_slots(self, params: Any) -> Any:
        """A momentum for each array, and a velocity for those that move by Adam's rule."""
        slots = [
            {"momentum": zeros(w), "velocity": zeros(w)} if self.moves_by_adam(path, w) else {"momentum": zeros(w)}
            for path, w in named_leaves(params)
        ]
        return jax.tree.structure(params).unflatten(slots)

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        if "velocity" in slots:
            return self._adam(w, g, slots, learning_rate * self.adam_lr_ratio, step)
        m = self.momentum * slots["momentum"] + g
        o = self._orthogonal(g + self.momentum * m if self.nesterov else m)
        size = 1.0 if self.rms_rate is None else max(w.shape) ** 0.5 * self.rms_rate
        return w - learning_rate * size * o, {"momentum": m}

    def _adam(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = self.adam_beta_1 * slots["momentum"] + (1 - self.adam_beta_1) * g
        v = self.adam_beta_2 * slots["velocity"] + (1 - self.adam_beta_2) * g**2
        alpha = learning_rate * jnp.sqrt(1 - self.adam_beta_2**step) / (1 - self.adam_beta_1**step)
        return w - alpha * m / (jnp.sqrt(v) + self.epsilon), {"momentum": m, "velocity": v}

    def _orthogonal(self, g: Array) -> Array:
        """About the orthogonal matrix nearest to g: singular values are brought near 1, to 0.7 to 1.2 as a rule."""
        x = g.T if g.shape[0] > g.shape[1] else g  # the product with the transposed is smaller so
        x = x / (jnp.sqrt(jnp.sum(jnp.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            gram = x @ x.T
            x = self.muon_a * x + (self.muon_b * gram + self.muon_c * gram @ gram) @ x
        return x.T if g.shape[0] > g.shape[1] else x
