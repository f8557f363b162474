"""The moving pictures of the course: widgets, with a kernel and, on the site, without one."""

from coursekit.widgets.compass import Compass
from coursekit.widgets.tangent import Tangent

__all__ = ["Compass", "Tangent"]
