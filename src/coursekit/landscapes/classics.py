"""Test functions from the literature: Rosenbrock, Beale, Himmelblau."""

from coursekit._checks import real_number
from coursekit.landscapes.landscape import Landscape
from coursekit.landscapes.shapes import coordinates, fixed_point, matrix, tex, vector


def rosenbrock(a=1.0, b=100.0):
    """A curved, flat-floored valley: (a − x)² + b(y − x²)².

    Source: Rosenbrock (1960), *An automatic method for finding the greatest or least value of a
    function*.

    Args:
        a: where the minimum is: at (a, a²).
        b: how steep the walls of the valley are, greater than 0.
    """
    a = real_number("a", a)
    b = real_number("b", b, above=0)

    def value_at(points):
        x, y = coordinates(points)
        return (a - x) ** 2 + b * (y - x**2) ** 2

    def gradient_at(points):
        x, y = coordinates(points)
        off_floor = y - x**2
        return vector(-2 * (a - x) - 4 * b * x * off_floor, 2 * b * off_floor)

    def hessian_at(points):
        x, y = coordinates(points)
        return matrix(xx=2 - 4 * b * (y - 3 * x**2), xy=-4 * b * x, yy=2 * b + 0 * y)

    reach = max(2.0, 1.5 * abs(a))  # wide enough to show the minimum, wherever it is
    return Landscape(
        name="rosenbrock",
        title="Rosenbrock's valley",
        latex=(
            rf"f(x, y) = \left({tex(a)} - x\right)^2 "
            rf"+ {tex(b)}\left(y - x^2\right)^2"
        ),
        dim=2,
        domain=((-reach, reach), (-1.0, 0.75 * reach**2)),
        start=fixed_point(-1.2, 1.0),  # Rosenbrock's own
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(fixed_point(a, a**2),),
        params={"a": a, "b": b},
    )


def beale():
    """A flat middle between steep corners, with its minimum at (3, ½).

    It is the sum of the squares of cₖ − x + x·yᵏ for k = 1, 2, 3 and c = 1.5, 2.25, 2.625.

    Source: Beale (1958), *On an iterative method for finding a local minimum of a function of more
    than one variable*.
    """
    terms = ((1, 1.5), (2, 2.25), (3, 2.625))  # k and cₖ

    def residual(x, y, k, c):
        return c - x + x * y**k

    def value_at(points):
        x, y = coordinates(points)
        return sum(residual(x, y, k, c) ** 2 for k, c in terms)

    def gradient_at(points):
        x, y = coordinates(points)
        along_x = along_y = 0.0
        for k, c in terms:
            r, r_x, r_y = residual(x, y, k, c), y**k - 1, k * x * y ** (k - 1)
            along_x = along_x + 2 * r * r_x
            along_y = along_y + 2 * r * r_y
        return vector(along_x, along_y)

    def hessian_at(points):
        x, y = coordinates(points)
        xx = xy = yy = 0.0
        for k, c in terms:
            r, r_x, r_y = residual(x, y, k, c), y**k - 1, k * x * y ** (k - 1)
            r_xy, r_yy = k * y ** (k - 1), k * (k - 1) * x * y ** max(k - 2, 0)
            xx = xx + 2 * r_x**2
            xy = xy + 2 * (r_x * r_y + r * r_xy)
            yy = yy + 2 * (r_y**2 + r * r_yy)
        return matrix(xx, xy, yy)

    return Landscape(
        name="beale",
        title="Beale's function",
        latex=(
            r"f(x, y) = (1.5 - x + xy)^2 + \left(2.25 - x + xy^2\right)^2 "
            r"+ \left(2.625 - x + xy^3\right)^2"
        ),
        dim=2,
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=fixed_point(1.0, 1.5),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(fixed_point(3.0, 0.5),),
        saddles=(fixed_point(0.0, 1.0), fixed_point(0.10053793732415837, -2.644513585023125)),
    )


def himmelblau():
    """Four equally deep valleys around a hilltop: (x² + y − 11)² + (x + y² − 7)².

    The hilltop is at about (−0.271, −0.923). The points below are correct to 16 digits; a test
    confirms that the gradient vanishes there.

    Source: Himmelblau (1972), *Applied Nonlinear Programming*.
    """

    def value_at(points):
        x, y = coordinates(points)
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient_at(points):
        x, y = coordinates(points)
        first, second = x**2 + y - 11, x + y**2 - 7
        return vector(4 * x * first + 2 * second, 2 * first + 4 * y * second)

    def hessian_at(points):
        x, y = coordinates(points)
        return matrix(xx=12 * x**2 + 4 * y - 42, xy=4 * (x + y), yy=12 * y**2 + 4 * x - 26)

    return Landscape(
        name="himmelblau",
        title="Himmelblau's function",
        latex=r"f(x, y) = \left(x^2 + y - 11\right)^2 + \left(x + y^2 - 7\right)^2",
        dim=2,
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=fixed_point(-0.2, -0.9),  # beside the hilltop: a small change leads to another valley
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(
            fixed_point(3.0, 2.0),
            fixed_point(-2.805118086952745, 3.131312518250573),
            fixed_point(-3.779310253377747, -3.283185991286169),
            fixed_point(3.5844283403304917, -1.8481265269644036),
        ),
        saddles=(
            fixed_point(3.385154183607021, 0.07385187983774928),
            fixed_point(0.08667750455539634, 2.884254701174776),
            fixed_point(-3.0730257507643897, -0.08135304428796751),
            fixed_point(-0.12796134673068005, -1.9537149802445766),
        ),
    )
