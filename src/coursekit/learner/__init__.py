"""The learner's own folder: the chapters as notebooks to work in, brought up to date without losing work.

* ``chapters``: what is delivered, made from the book
* ``threeway``: what is to happen to a file that is new, untouched, edited, deleted or damaged
* ``merge``: doing it
* ``manifest``: what was delivered before
* ``files``: writing that survives being interrupted, and one writer at a time
* ``lab``: JupyterLab on the folder
* ``standing``: the table of what has been checked

`LearnerError` is what goes wrong for a reason outside the course; its message is one line that says what
to do.
"""

from coursekit.learner.trouble import LearnerError

__all__ = ["LearnerError"]
