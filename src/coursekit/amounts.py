"""How the course writes numbers: three digits, thousands separated, powers of ten as such."""

from decimal import ROUND_HALF_UP, Context

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def amount(value: float, unit: str = "", digits: int = 3) -> str:
    """Write a number with ``digits`` significant digits (halves rounded up), and its unit.

    Example:
        >>> amount(0.30), amount(-12345.0, "m"), amount(2.1e-8), amount(3.14159, digits=2)
        ('0.3', '−12,300 m', '2.1 × 10⁻⁸', '3.1')
    """
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(float(value))
    exponent = rounded.adjusted()
    if rounded == 0:
        text = "0"
    elif -3 <= exponent <= 4:
        text = _trimmed(f"{rounded:,f}")
    else:
        front = _trimmed(f"{rounded.scaleb(-exponent):f}")
        ten = f"10{str(exponent).translate(_SUPERSCRIPT)}"
        text = {"1": ten, "-1": f"-{ten}"}.get(front, f"{front} × {ten}")
    text = text.replace("-", "−")
    return f"{text} {unit}" if unit else text


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
