"""Exercises of 8.4, Anomalies: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def share_of_pairs(normal, anomalies):
    difference = anomalies[:, None] - normal
    return np.mean((difference > 0) + 0.5 * (difference == 0))


def normal_ahead(normal, anomalies):
    return 1 - share_of_pairs(normal, anomalies)


def ties_lost(normal, anomalies):
    return np.mean(anomalies[:, None] > normal)


def ties_won(normal, anomalies):
    return np.mean(anomalies[:, None] >= normal)


def counted(normal, anomalies):
    difference = anomalies[:, None] - normal
    return np.sum((difference > 0) + 0.5 * (difference == 0))


def beats_the_mean(normal, anomalies):
    return np.mean(anomalies > np.mean(normal))


def beats_all(normal, anomalies):
    return np.mean(anomalies > np.max(normal))


def tied_gradient(W, X):
    code = X @ W
    residual = X - code @ W.T
    return -(residual.T @ code + X.T @ (residual @ W)) / len(X)


def decoder_only(W, X):
    code = X @ W
    return -(X - code @ W.T).T @ code / len(X)


def encoder_only(W, X):
    return -X.T @ ((X - X @ W @ W.T) @ W) / len(X)


def sign_reversed(W, X):
    return -tied_gradient(W, X)


def summed(W, X):
    return len(X) * tied_gradient(W, X)


def doubled(W, X):
    return 2 * tied_gradient(W, X)


def transposed(W, X):
    return tied_gradient(W, X).T


def drops(M, x):
    curvatures = M.T @ M
    return (curvatures @ x) ** 2 / (2 * np.diag(curvatures))


def only_the_gradient(M, x):
    return M.T @ M @ x


def without_half(M, x):
    return 2 * drops(M, x)


def multiplied(M, x):
    curvatures = M.T @ M
    return (curvatures @ x) ** 2 * np.diag(curvatures) / 2


def not_sent_back(M, x):
    return (M @ x) ** 2 / (2 * np.sum(M**2, axis=0))


def change_of_value(M, x):
    curvatures = M.T @ M
    return -(curvatures @ x) / np.diag(curvatures)


def row_curvatures(M, x):
    return (M.T @ M @ x) ** 2 / (2 * np.sum(M**2, axis=1))


WEIGHTS = np.array([[0.5, 0.2], [-0.3, 0.8], [0.1, 0.4]])
ROWS = np.array(
    [[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [-2.0, 0.3, 0.7], [1.2, 0.4, -0.6]]
)
MISSING = np.array([[0.9, -0.2, 0.1], [-0.4, 0.5, 0.3], [0.0, 0.2, 0.7]])

EXERCISES = [
    Exercise(
        id="8.4.1",
        title="AUROC by hand",
        solution=share_of_pairs,
        probes=[
            (np.array([0.1, 0.4, 0.35, 0.2]), np.array([0.8, 0.4, 0.3])),
            (np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([3.0, 6.0])),
            (np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 2.0])),
        ],
        mistakes=[
            Mistake(
                "normal rows ahead",
                normal_ahead,
                "That is how often the *normal* row scores higher. A good detector gives anomalies "
                "the higher scores.",
            ),
            Mistake(
                "ties counted as lost",
                ties_lost,
                "A tie counts as lost here. Give it half: a tie is broken by tossing a coin.",
            ),
            Mistake(
                "ties counted as won",
                ties_won,
                "A tie counts as won here. Then a score that is the same for all rows would look "
                "perfect.",
            ),
            Mistake(
                "count instead of share",
                counted,
                "That is the number of pairs. Divide by how many pairs there are.",
            ),
            Mistake(
                "compared with the mean",
                beats_the_mean,
                "You compared each anomaly with the *mean* of the normal scores. Compare it with each "
                "normal row.",
            ),
            Mistake(
                "compared with the largest",
                beats_all,
                "That asks the anomaly to beat *all* normal rows at once. Each pair counts by itself.",
            ),
        ],
        right="Nothing in it says how many anomalies there are: doubling the array of normal rows "
        "leaves it unchanged.",
        unfinished="All pairs at once: one array as a column, the other as a row.",
    ),
    Exercise(
        id="8.4.2",
        title="Tied weights",
        solution=tied_gradient,
        probes=[
            (WEIGHTS, ROWS),
            (2 * WEIGHTS[:, :1], ROWS[:3]),
            (-WEIGHTS, ROWS[1:]),
        ],
        mistakes=[
            Mistake(
                "decoder only",
                decoder_only,
                "That is the decoder's part. W is also the encoder, and a change of it changes the code, "
                "too.",
            ),
            Mistake(
                "encoder only",
                encoder_only,
                "That is the encoder's part. W is also the decoder: add residual × code.",
            ),
            Mistake(
                "sign reversed",
                sign_reversed,
                "The sign is reversed: the residual is x − WWᵀx, so the derivative of its square brings "
                "a minus.",
            ),
            Mistake(
                "sum instead of mean",
                summed,
                "You added the rows up. The loss is their mean: divide by `len(X)`.",
            ),
            Mistake(
                "factor 2",
                doubled,
                "Twice too large: the ½ in the loss cancels the 2 of the square.",
            ),
            Mistake(
                "transposed",
                transposed,
                "Right numbers, turned: a gradient has the shape of its weights, (features, k).",
            ),
        ],
        right="What is used twice collects two gradients. In the end W's columns stand at right "
        "angles by themselves.",
        unfinished="Begin with the code and the residual of all rows.",
    ),
    Exercise(
        id="8.4.3",
        title="What if this value were corrected?",
        solution=drops,
        probes=[
            (MISSING, np.array([1.0, 2.0, -1.0])),
            (MISSING.T, np.array([0.5, -0.3, 2.0])),
            (MISSING + np.eye(3), np.array([-1.0, 0.2, 0.4])),
        ],
        mistakes=[
            Mistake(
                "only the gradient",
                only_the_gradient,
                "That is the gradient. How far the error *falls* depends on the curvature, too.",
            ),
            Mistake(
                "half forgotten",
                without_half,
                "Twice too much: a parabola of slope g and curvature a falls by g²/(2a).",
            ),
            Mistake(
                "multiplied by the curvature",
                multiplied,
                "The curvature belongs in the denominator: the more strongly it bends, the sooner the "
                "bottom is reached.",
            ),
            Mistake(
                "residual for gradient",
                not_sent_back,
                "You used the residual Mx. The gradient is MᵀMx: the residual must be sent back through M.",
            ),
            Mistake(
                "change of the value",
                change_of_value,
                "That is by how much the *value* should be changed. Asked is by how much the error falls.",
            ),
            Mistake(
                "curvatures by row",
                row_curvatures,
                "The curvature along axis j is the squared length of *column* j of M, not of row j.",
            ),
        ],
        right="The step is Newton's, along one axis: −gradient/curvature. The drop is half its length "
        "times the slope.",
        unfinished="With A = MᵀM, the error is ½ xᵀAx.",
    ),
    Exercise(
        id="8.4.4",
        title="How many alarms are right?",
        solution=90 / (90 + 0.02 * 49_900),
        mistakes=[
            Mistake(
                "recall",
                0.9,
                "That is the recall: of the *anomalies*, how many raise an alarm.",
            ),
            Mistake(
                "specificity",
                0.98,
                "98% is the share of normal rows that are left in peace. Of all *alarms*, how many are "
                "right?",
            ),
            Mistake(
                "base rate forgotten",
                0.9 / (0.9 + 0.02),
                "That would be so with as many anomalies as normal rows. Here there are 499 normal rows "
                "for each anomaly.",
            ),
            Mistake(
                "recall forgotten",
                100 / (100 + 0.02 * 49_900),
                "You counted all 100 anomalies as alarms; only 90% of them raise one.",
            ),
            Mistake(
                "share of the false alarms",
                0.02 * 49_900 / (90 + 0.02 * 49_900),
                "That is the share of alarms that are false. Precision is the rest.",
            ),
            Mistake(
                "false alarms only in the denominator",
                90 / (0.02 * 49_900),
                "You divided by the false alarms. Divide by all alarms, the right ones included.",
            ),
        ],
        right="Some 90 right alarms among about 1,090: one in twelve, from a detector that finds 90% and "
        "errs on 2%.",
        unfinished="Of 50,000 rows, 100 are anomalies.",
    ),
]
