"""coursekit: the library behind *Gradients: an executable course*.

Floors, from the ground up; a module imports only from floors below it:

* numbers (NumPy only): ``landscapes``, ``curves``, ``derivatives``, ``seeding``; ``activations``,
  ``initializers``, ``autograd``, ``nn``; ``optimizers``, ``schedules``, ``clipping``, ``descent``,
  ``search``; ``boosting``, ``datasets`` (with scikit-learn)
* diagnosis: ``flow`` (also of torch models)
* pictures: ``plots`` (matplotlib)
* moving pictures: ``widgets`` (anywidget)
* course: ``claims``, ``exercises``, ``quiz``, ``predictions``, ``progress``, ``sending``
* printing house: ``site``, ``editions``, ``grading`` (used by the build, never by a chapter)
* the learner's command: ``cli``, ``doctor``, ``learner`` (never used by a chapter)
* the class board: ``board`` (the instructor's server)

Importing this package loads none of them, so it costs next to nothing.
"""

__version__ = "0.1.0"
