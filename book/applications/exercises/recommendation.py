"""Exercises of 8.5, Recommendation: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def rating_gradients(p, q, b, c, r, lam):
    e = p @ q + b + c - r
    return e * q + lam * p, e * p + lam * q, e + lam * b, e + lam * c


def reversed_sign(p, q, b, c, r, lam):
    e = r - p @ q - b - c
    return e * q + lam * p, e * p + lam * q, e + lam * b, e + lam * c


def own_factor(p, q, b, c, r, lam):
    e = p @ q + b + c - r
    return e * p + lam * p, e * q + lam * q, e + lam * b, e + lam * c


def bias_as_factor(p, q, b, c, r, lam):
    e = p @ q + b + c - r
    return e * q + lam * p, e * p + lam * q, e * c + lam * b, e * b + lam * c


def lam_forgotten(p, q, b, c, r, lam):
    e = p @ q + b + c - r
    return e * q, e * p, e, e


def lam_on_rows_only(p, q, b, c, r, lam):
    e = p @ q + b + c - r
    return e * q + lam * p, e * p + lam * q, e, e


def half_forgotten(p, q, b, c, r, lam):
    return tuple(2 * part for part in rating_gradients(p, q, b, c, r, lam))


def biases_not_predicted(p, q, b, c, r, lam):
    e = p @ q - r
    return e * q + lam * p, e * p + lam * q, e + lam * b, e + lam * c


def _own(users, items, ratings, user, item):
    """The two groups of ratings that concern the cell."""
    return ratings[users == user], ratings[items == item]


def baseline(users, items, ratings, user, item):
    mean = ratings.mean()
    groups = _own(users, items, ratings, user, item)
    return mean + sum(g.mean() - mean for g in groups if g.size)


def average_of_means(users, items, ratings, user, item):
    groups = [
        g for g in _own(users, items, ratings, user, item) if g.size
    ] or [ratings]
    return np.mean([g.mean() for g in groups])


def sum_of_means(users, items, ratings, user, item):
    groups = _own(users, items, ratings, user, item)
    return ratings.mean() + sum(g.mean() for g in groups if g.size)


def zero_for_the_unknown(users, items, ratings, user, item):
    mean = ratings.mean()
    groups = _own(users, items, ratings, user, item)
    return mean + sum((g.mean() if g.size else 0.0) - mean for g in groups)


def user_only(users, items, ratings, user, item):
    own = ratings[users == user]
    return own.mean() if own.size else ratings.mean()


def item_only(users, items, ratings, user, item):
    own = ratings[items == item]
    return own.mean() if own.size else ratings.mean()


def all_or_nothing(users, items, ratings, user, item):
    mean = ratings.mean()
    groups = _own(users, items, ratings, user, item)
    if any(g.size == 0 for g in groups):
        return mean
    return mean + sum(g.mean() - mean for g in groups)


def batch_step(U, users, grads, lr):
    new = np.array(U, dtype=float)
    np.add.at(new, users, -lr * grads)
    return new


def last_one_stays(U, users, grads, lr):
    new = np.array(U, dtype=float)
    new[users] -= lr * grads
    return new


def averaged(U, users, grads, lr):
    total, count = np.zeros(U.shape), np.zeros(len(U))
    np.add.at(total, users, grads)
    np.add.at(count, users, 1)
    return U - lr * total / np.maximum(count, 1)[:, None]


def uphill(U, users, grads, lr):
    return 2 * U - batch_step(U, users, grads, lr)


def rate_forgotten(U, users, grads, lr):
    return batch_step(U, users, grads, 1.0)


def steps_alone(U, users, grads, lr):
    return batch_step(U, users, grads, lr) - U


def rows_of_the_batch(U, users, grads, lr):
    return batch_step(U, users, grads, lr)[users]


def divided_by_the_batch(U, users, grads, lr):
    return batch_step(U, users, grads, lr / len(users))


def hold_out(users):
    chosen = np.zeros(len(users), dtype=bool)
    for user in np.unique(users):
        places = np.flatnonzero(users == user)
        if len(places) > 1:
            chosen[places[-1]] = True
    return chosen


def also_the_only_one(users):
    chosen = np.zeros(len(users), dtype=bool)
    for user in np.unique(users):
        chosen[np.flatnonzero(users == user)[-1]] = True
    return chosen


def the_first(users):
    return hold_out(users[::-1])[::-1]


def all_of_a_user(users):
    return np.isin(users, np.unique(users[hold_out(users)]))


def what_is_kept(users):
    return ~hold_out(users)


def positions(users):
    return np.flatnonzero(hold_out(users))


def all_but_the_first(users):
    seen, chosen = set(), []
    for user in users:
        chosen.append(user in seen)
        seen.add(user)
    return np.array(chosen)


def last_rows(users):
    chosen = np.zeros(len(users), dtype=bool)
    chosen[len(users) - hold_out(users).sum() :] = True
    return chosen


RNG = np.random.default_rng(0)
USERS = np.array([0, 0, 1, 2, 2, 2, 1, 4])
ITEMS = np.array([0, 1, 1, 0, 2, 1, 2, 0])
RATINGS = np.array([4.0, 5.0, 2.5, 3.0, 1.0, 2.0, 4.5, 3.5])
U1, U2 = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 2))

EXERCISES = [
    Exercise(
        id="8.5.1",
        title="One rating, with biases",
        solution=rating_gradients,
        probes=[
            (
                np.array([1.0, -0.5]),
                np.array([0.4, 0.8]),
                0.3,
                -0.2,
                1.5,
                0.1,
            ),
            (
                np.array([0.3, 2.0, -1.0]),
                np.array([1.0, 0.2, 0.7]),
                -0.5,
                0.8,
                -0.4,
                0.0,
            ),
            (np.array([2.0]), np.array([-0.5]), 0.6, 0.4, 3.0, 0.5),
        ],
        mistakes=[
            Mistake(
                "reversed sign",
                reversed_sign,
                "The sign of the error is reversed: the derivative of ½(… − r)² begins with the prediction minus r.",
            ),
            Mistake(
                "own factor",
                own_factor,
                "You multiplied the error by the row itself. The derivative of p·q with respect to p is q.",
            ),
            Mistake(
                "bias as a factor",
                bias_as_factor,
                "b and c are added, not multiplied: the prediction's derivative with respect to b is 1, not c.",
            ),
            Mistake(
                "λ forgotten",
                lam_forgotten,
                "The term with `lam` is missing: ½·lam·‖p‖² has the gradient lam·p.",
            ),
            Mistake(
                "λ on the rows only",
                lam_on_rows_only,
                "`lam` pulls at b and c as well: ½·lam·b² has the derivative lam·b.",
            ),
            Mistake(
                "half forgotten",
                half_forgotten,
                "Twice too large: the ½ in front cancels the 2 that comes from the square.",
            ),
            Mistake(
                "biases not predicted",
                biases_not_predicted,
                "Your error leaves b and c out of the prediction. It is p·q + b + c − r.",
            ),
        ],
        right="b and c leave zero by themselves, since their gradient holds no factor. p and q do not.",
        unfinished="Begin with the error, p·q + b + c − r.",
    ),
    Exercise(
        id="8.5.2",
        title="A baseline",
        solution=baseline,
        probes=[
            (USERS, ITEMS, RATINGS, 0, 2),
            (USERS, ITEMS, RATINGS, 3, 1),
            (USERS, ITEMS, RATINGS, 1, 5),
            (USERS, ITEMS, RATINGS, 9, 9),
        ],
        mistakes=[
            Mistake(
                "average of the means",
                average_of_means,
                "You averaged the user's and the item's mean. A generous user and a popular item add up: count "
                "both deviations in full.",
            ),
            Mistake(
                "sum of the means",
                sum_of_means,
                "You added whole means. Add what they are *above* the mean of all.",
            ),
            Mistake(
                "zero for the unknown",
                zero_for_the_unknown,
                "Where there are no ratings you took 0 for their mean, and so subtracted the mean of all. An empty "
                "cell is no 0: leave that part out.",
            ),
            Mistake(
                "user only",
                user_only,
                "That is the user's mean alone. The item's part is missing.",
            ),
            Mistake(
                "item only",
                item_only,
                "That is the item's mean alone. The user's part is missing.",
            ),
            Mistake(
                "all or nothing",
                all_or_nothing,
                "If one of the two is unknown, the other still tells something: leave out that part only.",
            ),
        ],
        right="No gradient, and often hard to beat where users differ in generosity.",
        unfinished="Begin with `ratings.mean()`.",
    ),
    Exercise(
        id="8.5.3",
        title="Repeated rows",
        solution=batch_step,
        probes=[
            (U1, np.array([2, 0, 2]), RNG.normal(size=(3, 3)), 0.1),
            (U2, np.array([1, 1, 4, 1]), RNG.normal(size=(4, 2)), 0.5),
            (U1, np.array([3, 1]), RNG.normal(size=(2, 3)), 0.2),
        ],
        mistakes=[
            Mistake(
                "the last one stays",
                last_one_stays,
                "`new[users] -= …` keeps one step of a user who occurs twice. `np.add.at` adds them all.",
            ),
            Mistake(
                "averaged",
                averaged,
                "You averaged the steps of a user. Each rating is a term of the loss; its steps add up.",
            ),
            Mistake(
                "uphill", uphill, "You added the gradient. Go against it."
            ),
            Mistake(
                "rate forgotten",
                rate_forgotten,
                "The learning rate is missing.",
            ),
            Mistake(
                "steps alone",
                steps_alone,
                "Those are the steps. Return the rows after them.",
            ),
            Mistake(
                "rows of the batch",
                rows_of_the_batch,
                "You returned the rows of the batch. Return all rows of U, those that did not move included.",
            ),
            Mistake(
                "divided by the batch",
                divided_by_the_batch,
                "You divided by the size of the batch. Here each rating takes its own full step.",
            ),
        ],
        right="With `-=`, steps of popular rows are lost, and no error message says so.",
        unfinished="Begin with a copy: `new = U.copy()`.",
    ),
    Exercise(
        id="8.5.4",
        title="Nobody is left without ratings",
        solution=hold_out,
        probes=[
            (np.array([0, 1, 0, 2, 0, 1]),),
            (np.array([5, 3, 3, 7, 5, 3, 8]),),
            (np.array([2, 4, 2, 4, 1, 4, 2]),),
        ],
        mistakes=[
            Mistake(
                "also the only one",
                also_the_only_one,
                "You held out the only rating of a user, whose row then gets no gradient. Leave those in.",
            ),
            Mistake(
                "the first",
                the_first,
                "You held out the first rating of each user, not the last.",
            ),
            Mistake(
                "all of a user",
                all_of_a_user,
                "You held out all ratings of these users. They would start cold.",
            ),
            Mistake(
                "what is kept",
                what_is_kept,
                "That is what is kept for training: the opposite.",
            ),
            Mistake(
                "positions",
                positions,
                "Those are positions. Return an array of booleans as long as `users`.",
            ),
            Mistake(
                "all but the first",
                all_but_the_first,
                "You held out everything after the first rating. One for each user is enough.",
            ),
            Mistake(
                "last rows",
                last_rows,
                "You held out the end of the list. Some users are not in it, and others twice.",
            ),
        ],
        right="The model is tested on what came later, and every row keeps a gradient.",
        unfinished="Begin with no rating held out: `np.zeros(len(users), dtype=bool)`.",
    ),
]
