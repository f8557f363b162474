"""A regression tree: a table of nodes, each one a question about a feature or a leaf with a value."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from coursekit._checks import finite_array


@dataclass(frozen=True, eq=False, repr=False)
class Tree:
    """A regression tree that has been grown.

    Nodes are numbered from 0, the root. Node i asks: is feature ``feature[i]`` at most
    ``threshold[i]``? If so the way goes on to node ``left[i]``, otherwise to ``left[i] + 1``. A leaf
    asks about no feature (−1); its threshold is infinite and its left child is itself, so that a row
    that has arrived stays there.

    Attributes:
        n_features: the number of features.
        feature: the feature that each node asks about; −1 in a leaf.
        threshold: the number that the feature is compared with.
        left: the child for the answer yes; the other child has the next number.
        rows: the number of training rows in each node.
        gain: by how much each split lowers the tree's sum of squared errors; 0 in a leaf.
        value: what each leaf predicts, or, in a boosted model, what it adds before the learning
            rate; 0 in the other nodes.

    Example:
        >>> from coursekit.boosting import RegressionTree
        >>> tree = RegressionTree(max_depth=1).fit([[1], [2], [4]], [0, 0, 9]).tree_
        >>> print(tree)
        node 0: x0 <= 3? (3 rows, gain 54)
        ├─ yes: leaf 1, value 0 (2 rows)
        └─ no: leaf 2, value 9 (1 row)
        >>> tree.predict([[2.9], [3.1]])
        array([0., 9.])
    """

    n_features: int
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    rows: np.ndarray
    gain: np.ndarray
    value: np.ndarray

    @property
    def n_nodes(self):
        """The number of nodes, leaves included."""
        return self.feature.size

    @property
    def n_leaves(self):
        """The number of leaves."""
        return int(np.count_nonzero(self.feature < 0))

    @cached_property
    def depth(self):
        """The largest number of questions on the way to a leaf."""
        depth, nodes = 0, np.array([0])
        while (nodes := nodes[self.feature[nodes] >= 0]).size:
            depth, nodes = depth + 1, np.concatenate([self.left[nodes], self.left[nodes] + 1])
        return depth

    def with_values(self, value):
        """Return the same tree with other values of the nodes."""
        return replace(self, value=value)

    def predict(self, X):
        """Return the value of the leaf that each row of ``X`` falls in; see `apply`."""
        return self.value.take(self.apply(X))

    def apply(self, X):
        """Return the number of the leaf that each row of ``X`` falls in.

        Args:
            X: finite numbers, shape (rows, features).

        Raises:
            TypeError: if ``X`` does not hold real numbers.
            ValueError: if it is empty or not finite, or has another number of features.
        """
        X = finite_array("X", X)
        if X.ndim != 2 or X.shape[1] != self.n_features:
            raise ValueError(f"X must have shape (rows, {self.n_features}), got shape {X.shape}")
        return self.leaf_of(X)

    def leaf_of(self, X):
        """Do what `apply` does, for a float64 array that has been checked."""
        # In the flat array, feature f of row i is at i · n_features + f. Rows already in a leaf ask
        # about feature 0: against an infinite threshold the answer is always yes.
        n, start = len(X), np.arange(len(X)) * self.n_features
        values, asked = X.ravel(), np.maximum(self.feature, 0)
        node = np.zeros(n, dtype=np.intp)
        for _ in range(self.depth):
            goes_right = values.take(start + asked.take(node)) > self.threshold.take(node)
            node = self.left.take(node) + goes_right
        return node

    def path(self, x, feature_names=None):
        """Return the questions that one row meets, with its answers, as a list of sentences.

        Args:
            x: the row, shape (features,).
            feature_names: what to call the features; x0, x1, … by default.

        Raises:
            TypeError: if ``x`` does not hold real numbers.
            ValueError: if it is not one row of finite numbers, or if there are more or fewer names
                than features.

        Example:
            >>> from coursekit.boosting import RegressionTree
            >>> RegressionTree(max_depth=1).fit([[1], [2], [4]], [0, 0, 9]).tree_.path([2.5])
            ['x0 = 2.5 is at most 3', 'leaf 1: value 0']
        """
        x = finite_array("x", x)
        if x.shape != (self.n_features,):
            raise ValueError(f"x must have shape ({self.n_features},), got shape {x.shape}")
        leaf = int(self.leaf_of(x[None])[0])
        names, words, node = self._names(feature_names), [], 0
        while node != leaf:
            f, threshold = self.feature[node], self.threshold[node]
            right = x[f] > threshold
            relation = "is above" if right else "is at most"
            words.append(f"{names[f]} = {x[f]:.6g} {relation} {threshold:.6g}")
            node = self.left[node] + right
        return [*words, f"leaf {leaf}: value {self.value[leaf]:.6g}"]

    def describe(self, feature_names=None):
        """Return the tree as text, one line for each node.

        Args:
            feature_names: what to call the features; x0, x1, … by default.

        Raises:
            ValueError: if there are more or fewer names than features.
        """
        names = self._names(feature_names)
        lines, waiting = [], [(0, "", "")]
        while waiting:
            node, indent, branch = waiting.pop()
            lines.append(indent + branch + self._node_in_words(node, names))
            if self.feature[node] >= 0:
                indent += {"": "", "├─ yes: ": "│  ", "└─ no: ": "   "}[branch]
                left = self.left[node]
                waiting += [(left + 1, indent, "└─ no: "), (left, indent, "├─ yes: ")]
        return "\n".join(lines)

    def _node_in_words(self, node, names):
        rows = f"{self.rows[node]} row{'s' if self.rows[node] != 1 else ''}"
        if self.feature[node] < 0:
            return f"leaf {node}, value {self.value[node]:.6g} ({rows})"
        question = f"{names[self.feature[node]]} <= {self.threshold[node]:.6g}?"
        return f"node {node}: {question} ({rows}, gain {self.gain[node]:.6g})"

    def _names(self, feature_names):
        if feature_names is None:
            return [f"x{f}" for f in range(self.n_features)]
        if len(feature_names) != self.n_features:
            raise ValueError(
                f"feature_names must hold {self.n_features} names, got {len(feature_names)}"
            )
        return list(feature_names)

    def __str__(self):
        return self.describe()

    def __repr__(self):
        return f"<Tree of {self.n_nodes} nodes, depth {self.depth}>"
