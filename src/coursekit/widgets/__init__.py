"""The moving pictures of the course: widgets, with a kernel and, on the site, without one."""

from coursekit.widgets.batches import Batches
from coursekit.widgets.compass import Compass
from coursekit.widgets.controls import between
from coursekit.widgets.descent import Descent
from coursekit.widgets.frames import Frames, frames
from coursekit.widgets.tangent import Tangent

__all__ = ["Batches", "Compass", "Descent", "Frames", "between", "frames", "Tangent"]
