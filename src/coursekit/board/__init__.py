"""The class board: who is where, which wrong answer is common now, and what the room predicted.

Learners opt in (`coursekit join`) and send the lines of their own progress file; only the instructor sees
the board. It runs alone, with a room code, or as a service of a JupyterHub.

* ``catalog``: what the course has; ``rules``: what a post must be to be stored
* ``store``: the database; ``desk``: its one thread, where posts that arrive together share a commit
* ``alone`` and ``hub``: who may join and who may watch, in either mode; ``limits``: how often
* ``web``: what all answers share; ``learners``, ``instructor``, ``stream``: the addresses
* ``serving``: the application, and running it

`Refusal` is what the board says no with: an HTTP status and a sentence that says what to do.
"""

from coursekit.board.refusal import Refusal

__all__ = ["Refusal"]
