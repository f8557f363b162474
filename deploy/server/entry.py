"""Who may come in: learners with the class's password and one of their own, instructors with theirs."""

import base64
import hashlib
import hmac
import os
import re
import time
from pathlib import Path

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from tornado import web
from traitlets import List, Unicode

GROUP = "instructors"
_SHORTEST_OWN = 6
_TRIES, _SPAN = 10, 300  # wrong entries for a name before it is closed, for so many seconds


class ClassAuthenticator(SharedPasswordAuthenticator):
    """The class's password lets learners in; a name belongs to whoever took it first.

    With a shared password alone, any learner could log in under another's name and read all that is
    there. So a learner also chooses an own password at the first login, which is asked for from then on.
    The instructor removes ``words/NAME`` in the state folder when a learner has forgotten it.

    Instructors are listed by name. Only they come in with the instructor password, and with no other:
    the class's password never opens an instructor's name.
    """

    instructors = List(Unicode(), help="Names that log in with the instructor password.").tag(
        config=True
    )
    words = Unicode(help="Folder of the learners' own passwords, as scrypt hashes.").tag(
        config=True
    )

    def __init__(self, **more):
        super().__init__(**more)
        self._wrong: dict[str, list[float]] = {}

    async def authenticate(self, handler, data):
        """Return who has logged in.

        Raises:
            HTTPError: 403 with the sentence the login page shows, 429 after too many wrong tries.
        """
        name = self.normalize_username(data.get("username", ""))
        password, own = data.get("password", ""), data.get("own", "")
        if not re.fullmatch(self.username_pattern, name):
            raise web.HTTPError(
                403, "A name begins with a letter and has only letters, digits and -, at most 16."
            )
        self._not_too_often(name)
        found = None
        if password.isascii():  # what is not can't be right, and can't be compared
            found = await super().authenticate(handler, {"username": name, "password": password})
        teaches = bool(found) and GROUP in found["groups"]
        if found is None or teaches != (name in self.instructors):
            self._count(name)
            raise web.HTTPError(403, "This is not the class password. Ask your teacher for it.")
        if not teaches:
            self._own(name, own)
        self._wrong.pop(name, None)
        return found

    def _own(self, name: str, own: str) -> None:
        """Take a new name with its password, or compare the password of a taken one."""
        if len(own) < _SHORTEST_OWN:
            raise web.HTTPError(
                403,
                f"Choose a password of your own, {_SHORTEST_OWN} letters or more, and remember it.",
            )
        file = Path(self.words) / name
        salt = os.urandom(16)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            salt, kept = map(base64.b64decode, file.read_bytes().split(b"$"))
            if not hmac.compare_digest(kept, _hash(own, salt)):
                self._count(name)
                raise web.HTTPError(
                    403,
                    f"The name {name} is taken, and this is not its password. If it is you, ask your "
                    "teacher to reset it; if not, choose another name.",
                ) from None
            return
        with os.fdopen(descriptor, "wb") as out:
            out.write(b"$".join(map(base64.b64encode, (salt, _hash(own, salt)))))

    def _not_too_often(self, name: str) -> None:
        now = time.monotonic()
        recent = [at for at in self._wrong.get(name, []) if now - at < _SPAN]
        if len(recent) >= _TRIES:
            raise web.HTTPError(
                429, f"Too many wrong passwords for {name}. Try again in {_SPAN // 60} minutes."
            )
        if recent:
            self._wrong[name] = recent
        else:
            self._wrong.pop(name, None)

    def _count(self, name: str) -> None:
        if len(self._wrong) < 10_000 or name in self._wrong:
            self._wrong.setdefault(name, []).append(time.monotonic())


def _hash(own: str, salt: bytes) -> bytes:
    return hashlib.scrypt(own.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
