"""What nbval needs to know about the chapters."""

SVG = "image/svg+xml"


def pytest_itemcollected(item):
    """Leave SVG pictures out of the comparison, as nbval does with PNG: the chapters store their words."""
    skipped = getattr(item.parent, "skip_compare", ())
    if skipped and SVG not in skipped:
        item.parent.skip_compare = (*skipped, SVG)
