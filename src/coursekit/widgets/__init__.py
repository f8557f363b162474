"""The moving pictures of the course: widgets, with a kernel and, on the site, without one."""

from coursekit.widgets.activations import Activations
from coursekit.widgets.batches import Batches
from coursekit.widgets.boosting import Boosting
from coursekit.widgets.clipping import Clipping
from coursekit.widgets.compass import Compass
from coursekit.widgets.controls import between
from coursekit.widgets.descent import Descent
from coursekit.widgets.frames import Frames, frames
from coursekit.widgets.gradient_flow import GradientFlow
from coursekit.widgets.stepper import Stepper
from coursekit.widgets.tangent import Tangent

__all__ = [
    "Activations",
    "Batches",
    "Boosting",
    "Clipping",
    "Compass",
    "Descent",
    "Frames",
    "GradientFlow",
    "between",
    "frames",
    "Stepper",
    "Tangent",
]
