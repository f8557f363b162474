"""A Linux account for each learner, and what runs as one.

The accounts' names begin with a prefix: a learner who logs in as "root" or "www-data" gets an account of
their own, never the one of that name.
"""

import os
import pwd
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

FOLDER = "gradients-course"
_one_at_a_time = threading.Lock()  # useradd gives up when another one holds its lock


@dataclass(frozen=True)
class Account:
    """Whom a learner's server runs as; ``user`` is None where all run as the hub does."""

    home: Path
    user: int | None
    group: int | None

    @property
    def folder(self) -> Path:
        """The learner's folder of the course."""
        return self.home / FOLDER


class NotStarted(RuntimeError):
    """Why a server can't start; the hub shows it to the learner."""

    @property
    def jupyterhub_message(self) -> str:
        """What the hub shows."""
        return str(self)


def ensure(name: str, home: Path, *, each: bool = True, system: bool = False) -> Account:
    """Return an account; make it, and its home, if it is not there.

    Args:
        name: Of the Linux account, prefix included.
        home: Its home.
        each: Whether learners have Linux accounts of their own; if not, only the home is made.
        system: Make a system account, for a service.

    Raises:
        NotStarted: The account can't be made, or it is there with another home.
    """
    if not each:
        home.mkdir(mode=0o700, exist_ok=True)
        return Account(home, None, None)
    with _one_at_a_time:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            _add(name, home, system)
            entry = pwd.getpwnam(name)
    if Path(entry.pw_dir) != home:
        raise NotStarted(f"the account {name} has its home in {entry.pw_dir}, not in {home}")
    home.mkdir(mode=0o700, exist_ok=True)
    os.chown(
        home, entry.pw_uid, entry.pw_gid
    )  # a home that was mounted, or that useradd found there
    home.chmod(0o700)
    return Account(home, entry.pw_uid, entry.pw_gid)


def _add(name: str, home: Path, system: bool) -> None:
    kind = ["--system", "--shell", "/usr/sbin/nologin"] if system else ["--shell", "/bin/bash"]
    command = ["useradd", "--no-create-home", "--user-group", "--home-dir", str(home), *kind, name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise NotStarted(f"no account {name} could be made: {done.stderr.strip()}")


def empty_folder(folder: Path, account: Account) -> None:
    """Make a folder of the learner's own, or empty the one that is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if account.user is not None:
        os.chown(folder, account.user, account.group)


def run_as(account: Account, command: list[str], timeout: float) -> subprocess.CompletedProcess:
    """Run a command as a learner, in the learner's home; its output is captured as text.

    Raises:
        subprocess.TimeoutExpired: It took longer than ``timeout`` seconds.
    """
    keep = ("LANG", "LC_ALL", "PATH", "PYTHONPATH")
    who = {} if account.user is None else {"user": account.user, "group": account.group}
    return subprocess.run(
        command,
        cwd=account.home,
        env={k: os.environ[k] for k in keep if k in os.environ} | {"HOME": str(account.home)},
        extra_groups=None if account.user is None else [],
        umask=0o077,
        capture_output=True,
        text=True,
        timeout=timeout,
        **who,
    )
