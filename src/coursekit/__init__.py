"""coursekit: the library behind *Gradients: an executable course*.

Floors, from the ground up; a module imports only from floors below it:

* numbers: ``landscapes``, ``curves``, ``derivatives``, ``seeding`` (NumPy only)
* pictures: ``plots`` (matplotlib)
* moving pictures: ``widgets`` (anywidget)
* course: ``claims``, ``exercises``, ``quiz``, ``predictions``
* printing house: ``site``, ``editions`` (used by the build, never by a chapter)

Importing this package loads none of them, so it costs next to nothing.
"""

__version__ = "0.1.0"
