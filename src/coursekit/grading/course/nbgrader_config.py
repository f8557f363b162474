"""How nbgrader makes, runs and grades this course's assignments."""

from coursekit.refresh import one_thread

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "gradients"

# Where a solution is cut out, the chapter's own stub is left, which asks for nothing more.
c.ClearSolutions.code_stub = {"python": ""}

# A cell that a learner deleted is put back, and then gives the points that the answer deserves.
c.OverwriteCells.add_missing_cells = True

# Seconds for one cell, generous even where several kernels share a core. An endless loop costs them twice:
# when the learner's own check runs it, and when it is graded.
c.Execute.timeout = 120
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["This cell was stopped, since it did not end. Is there a loop that never does?"],
}
one_thread()
