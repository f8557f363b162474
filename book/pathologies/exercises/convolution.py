"""Exercises of 3.6, Convolutional nets: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def windows(x):
    """Yield (row, column, window) for the 2 × 2 windows of a picture, side by side."""
    for i in range(x.shape[0] // 2):
        for j in range(x.shape[1] // 2):
            yield i, j, x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]


def max_pool_gradient(x, grad_y):
    grad_x = np.zeros_like(x)
    for i, j, window in windows(x):
        row, column = np.unravel_index(window.argmax(), (2, 2))
        grad_x[2 * i + row, 2 * j + column] = grad_y[i, j]
    return grad_x


def to_all_that_tie(x, grad_y):
    grad_x = np.zeros_like(x)
    for i, j, window in windows(x):
        grad_x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = grad_y[i, j] * (
            window == window.max()
        )
    return grad_x


def split_among_ties(x, grad_y):
    grad_x = np.zeros_like(x)
    for i, j, window in windows(x):
        winners = window == window.max()
        grad_x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = (
            grad_y[i, j] * winners / winners.sum()
        )
    return grad_x


def to_the_last(x, grad_y):
    return max_pool_gradient(x[::-1, ::-1], grad_y[::-1, ::-1])[::-1, ::-1]


def average_pooling(x, grad_y):
    return np.kron(grad_y, np.full((2, 2), 0.25))


def to_the_whole_window(x, grad_y):
    return np.kron(grad_y, np.ones((2, 2)))


def winners_only(x, grad_y):
    return max_pool_gradient(x, np.ones_like(grad_y))


def times_the_pixel(x, grad_y):
    return x * max_pool_gradient(x, grad_y)


def side(size, kernel, stride):
    """The pixels along one side that some place covers."""
    return {
        p + i
        for p in range(0, size - kernel + 1, stride)
        for i in range(kernel)
    }


def never_seen(size, kernel, stride):
    return size**2 - len(side(size, kernel, stride)) ** 2


def along_one_side(size, kernel, stride):
    return size - len(side(size, kernel, stride))


def square_of_unseen(size, kernel, stride):
    return (size - len(side(size, kernel, stride))) ** 2


def seen_pixels(size, kernel, stride):
    return len(side(size, kernel, stride)) ** 2


def overlaps_counted(size, kernel, stride):
    return size**2 - (((size - kernel) // stride + 1) * kernel) ** 2


def one_place_too_few(size, kernel, stride):
    covered = {
        p + i for p in range(0, size - kernel, stride) for i in range(kernel)
    }
    return size**2 - len(covered) ** 2


def reaching_over_the_border(size, kernel, stride):
    covered = {
        p + i
        for p in range(0, size, stride)
        for i in range(kernel)
        if p + i < size
    }
    return size**2 - len(covered) ** 2


def he_std(shape):
    return float(np.sqrt(2 / np.prod(shape[1:])))


def channels_only(shape):
    return float(np.sqrt(2 / shape[1]))


def kernel_only(shape):
    return float(np.sqrt(2 / (shape[2] * shape[3])))


def by_fan_out(shape):
    return float(np.sqrt(2 / (shape[0] * shape[2] * shape[3])))


def all_weights(shape):
    return float(np.sqrt(2 / np.prod(shape)))


def a_variance(shape):
    return float(2 / np.prod(shape[1:]))


def without_the_two(shape):
    return float(np.sqrt(1 / np.prod(shape[1:])))


def square_kernel(shape):
    return float(np.sqrt(2 / (shape[1] * shape[2] ** 2)))


EXERCISES = [
    Exercise(
        id="3.6.1",
        title="A filter's gradient by hand",
        solution=[[6, 4], [1, 4]],
        mistakes=[
            Mistake(
                "averaged",
                [[1.5, 1], [0.25, 1]],
                "You averaged over the four places. The chain rule adds up; a mean comes in only if the loss "
                "has one, and then it is in ∂L/∂y already.",
            ),
            Mistake(
                "upside down",
                [[4, 1], [4, 6]],
                "Your numbers are right, but the filter is turned upside down. The weight at the top left sees "
                "the top left pixel of each window.",
            ),
            Mistake(
                "transposed",
                [[6, 1], [4, 4]],
                "Rows and columns are exchanged.",
            ),
            Mistake(
                "windows only",
                [[7, 3], [6, 4]],
                "That is the sum of the four windows. Multiply each by what comes back to its place.",
            ),
            Mistake(
                "one place",
                [[1, 2], [3, 1]],
                "That is the first place alone. The same four weights are used at the other places, too.",
            ),
            Mistake(
                "sign dropped",
                [[8, 4], [5, 6]],
                "You added the last window; what comes back to it is −1.",
            ),
            Mistake(
                "on the same pixel",
                [[1, 0], [6, -1]],
                "You multiplied ∂L/∂y by the top left pixels only. Each weight collects from all four places.",
            ),
        ],
        right="Four places, four windows, one sum. On a photograph the sum has tens of thousands of terms.",
        unfinished="Write down the four windows first.",
    ),
    Exercise(
        id="3.6.2",
        title="Back through max pooling",
        solution=max_pool_gradient,
        probes=[
            (
                np.array(
                    [
                        [1.0, 5.0, 2.0, 0.0],
                        [3.0, 2.0, 1.0, 4.0],
                        [-1.0, -2.0, 6.0, 0.5],
                        [-3.0, -4.0, 1.5, 2.5],
                    ]
                ),
                np.array([[1.0, -2.0], [3.0, 0.5]]),
            ),
            (
                np.array([[2.0, 2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 3.0]]),
                np.array([[6.0, -1.0]]),
            ),
            (np.zeros((4, 2)), np.array([[1.0], [2.0]])),
        ],
        mistakes=[
            Mistake(
                "to all that tie",
                to_all_that_tie,
                "Without ties this is right. But where several pixels are the largest, each of them gets the "
                "whole gradient from you: only the first is to have it.",
            ),
            Mistake(
                "split among ties",
                split_among_ties,
                "You split the gradient evenly among the pixels that tie. That would be a fair rule, but the "
                "libraries, and this exercise, give all of it to the first.",
            ),
            Mistake(
                "to the last",
                to_the_last,
                "Of the pixels that tie you chose the last. `argmax` gives the first.",
            ),
            Mistake(
                "average pooling",
                average_pooling,
                "That is average pooling: a quarter to each pixel. Max pooling gives all of it to the winner.",
            ),
            Mistake(
                "to the whole window",
                to_the_whole_window,
                "You gave the gradient to all four pixels of the window. Changing those that lost changes "
                "nothing.",
            ),
            Mistake(
                "winners only",
                winners_only,
                "The places are right: the winners are marked with 1. Put there what comes back, `grad_y[i, j]`.",
            ),
            Mistake(
                "times the pixel",
                times_the_pixel,
                "You multiplied by the pixel's value. The output *is* the winner, so its slope is 1.",
            ),
        ],
        right="Each window hands its gradient on, undivided, to one pixel. Even a flat window has a winner.",
        unfinished="Begin with `np.zeros_like(x)`.",
    ),
    Exercise(
        id="3.6.3",
        title="The pixels never seen",
        solution=never_seen,
        probes=[
            (9, 2, 3),
            (9, 3, 2),
            (10, 3, 3),
            (10, 3, 2),
            (7, 1, 2),
            (8, 2, 5),
            (5, 5, 1),
        ],
        mistakes=[
            Mistake(
                "along one side",
                along_one_side,
                "That is the number of rows never seen. Go on to the square: a pixel is seen only if its row "
                "*and* its column are.",
            ),
            Mistake(
                "square of the unseen",
                square_of_unseen,
                "You squared the number of unseen rows. A pixel is unseen if its row *or* its column is; count "
                "the seen ones, and subtract.",
            ),
            Mistake(
                "seen pixels",
                seen_pixels,
                "Those are the pixels that are seen. Subtract them from all.",
            ),
            Mistake(
                "overlaps counted",
                overlaps_counted,
                "You counted pixels as often as they are covered. Where the stride is shorter than the kernel, "
                "places overlap.",
            ),
            Mistake(
                "one place too few",
                one_place_too_few,
                "One place along the side is missing: the last one begins at `size - kernel`, and `range` stops "
                "before its end.",
            ),
            Mistake(
                "reaching over the border",
                reaching_over_the_border,
                "Some of your places reach over the border. Without padding, the whole filter has to lie on the "
                "picture.",
            ),
        ],
        right="Gaps and what is left over at the border both count. For kernel 2, stride 3 on 9 × 9 it is 45.",
        unfinished="Places along a side begin at 0, `stride`, 2 · `stride`, and so on.",
    ),
    Exercise(
        id="3.6.4",
        title="He's rule for a convolutional layer",
        solution=he_std,
        probes=[
            ((16, 8, 3, 3),),
            ((32, 3, 5, 7),),
            ((4, 64, 1, 1),),
            ((10, 2, 3, 2),),
        ],
        mistakes=[
            Mistake(
                "channels only",
                channels_only,
                "You counted the channels only. A filter adds up all its kernel's places in each channel: for "
                "3 × 3 your weights are three times too large.",
            ),
            Mistake(
                "kernel only",
                kernel_only,
                "You counted the places of one channel. A filter spans all channels and adds them up.",
            ),
            Mistake(
                "fan_out",
                by_fan_out,
                "That is fan_out: it counts the filters. For fan_in, take the channels that come in.",
            ),
            Mistake(
                "all weights",
                all_weights,
                "You counted all the layer's weights. One answer is made by one filter.",
            ),
            Mistake(
                "variance",
                a_variance,
                "That is the variance. The standard deviation is its root.",
            ),
            Mistake(
                "without the two",
                without_the_two,
                "The 2 is missing: it makes up for the half that ReLU cuts off.",
            ),
            Mistake(
                "square kernel",
                square_kernel,
                "You squared the height. A kernel need not be square: height times width.",
            ),
        ],
        right="A fully connected layer is the special case of a 1 × 1 kernel on one pixel: its fan_in is the channels.",
        unfinished="`shape` has four numbers; which three belong to one filter?",
    ),
]
