"""The class server of ``deploy/server``, started in a folder of its own on the loopback.

It plays systemd's part: it starts ``prepare.py``, the proxy and the hub, and starts again what was killed.
"""

import contextlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "server"
CLASS_PASSWORD, INSTRUCTOR_PASSWORD = "sigma-delta-42", "only-the-teacher-knows-7"
_SECTIONS = {
    "class": ("learners", "starting"),
    "learner": ("memory", "cpu", "idle_minutes", "start_seconds"),
}


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on; the system chooses them."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def can_make_accounts() -> bool:
    """Say whether learners can have Linux accounts of their own here: that takes root."""
    return os.geteuid() == 0 and bool(shutil.which("useradd")) and bool(shutil.which("setpriv"))


def _hidden_python() -> Path | None:
    """Return the topmost folder on the way to this Python that other accounts may not enter."""
    way = Path(sys.base_prefix).resolve()
    return next((p for p in [*way.parents][::-1] + [way] if not p.stat().st_mode & 0o001), None)


def _for_all_accounts(command: list[str]) -> list[str]:
    """Return a command that runs where every account may run this Python.

    A Python below /root is closed to learners' accounts. In a mount namespace of its own, an empty
    folder takes the place of the closed one, and Python's is mounted in there again.
    """
    hidden = _hidden_python()
    if hidden is None:
        return command
    python, keep = shlex.quote(str(Path(sys.base_prefix).resolve())), '"$keep"'
    steps = [
        "keep=$(mktemp -d)",
        f"mount --bind {python} {keep}",
        f"mount -t tmpfs -o mode=755 none {shlex.quote(str(hidden))}",
        f"mkdir -p {python}",
        f"mount --move {keep} {python}",
        f"rmdir {keep}",
        "exec " + shlex.join(command),
    ]
    return ["unshare", "--mount", "sh", "-c", " && ".join(steps)]


class ClassServer:
    """A running class server; use it in a ``with`` statement.

    Attributes:
        base: Its folder, with ``state`` and ``homes``.
        url: The proxy's address, with a slash at its end.
        each: Whether each learner has an account of their own.
        mounted: The homes that are disks of their own.
    """

    def __init__(self, *, small_disks: Iterable[str] = (), **values):
        """Set it up; nothing runs yet.

        Args:
            small_disks: Learners whose home is a disk of its own, of 24 MB, where this machine allows it.
            values: Settings of ``class.toml``, such as ``learners=5``.
        """
        self.base = Path(tempfile.mkdtemp(prefix="gradients-class-"))
        self.base.chmod(0o755)
        self.each = can_make_accounts()
        self.mounted = [home for home in map(self.home, small_disks) if _mount(home)]
        # Of its own, so that several class servers don't meet in one account, nor with a real one's.
        self.prefix = f"gradients-{secrets.token_hex(2)}-"
        port, hub, api, board = free_ports(4)
        self.url, self.hub_port = f"http://127.0.0.1:{port}/", hub
        self.toml = self.base / "class.toml"
        lines = ["[class]", 'instructors = ["teacher"]']
        for section, keys in _SECTIONS.items():
            lines += [f"[{section}]"] if section != "class" else []
            lines += [f"{key} = {_toml(values.pop(key))}" for key in keys if key in values]
        if values:
            raise TypeError(f"no such settings: {', '.join(values)}")
        lines += ["[address]", f"port = {port}", "[machine]", f'base = "{self.base}"']
        lines += ['run_with = "processes"', f'accounts = "{"each" if self.each else "one"}"']
        lines += [
            f'prefix = "{self.prefix}"',
            f"hub_port = {hub}",
            f"proxy_port = {api}",
            f"board_port = {board}",
        ]
        self.toml.write_text("\n".join(lines) + "\n")
        # Without what belongs to a class server that runs already.
        own = ("CONFIGPROXY_", "JUPYTERHUB_", "COURSEKIT_")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(own)} | {
            "GRADIENTS_CLASS": str(self.toml),
            "GRADIENTS_CLASS_PASSWORD": CLASS_PASSWORD,
            "GRADIENTS_INSTRUCTOR_PASSWORD": INSTRUCTOR_PASSWORD,
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONUNBUFFERED": "1",
        }
        self.proxy: subprocess.Popen | None = None
        self.hub: subprocess.Popen | None = None
        self.board: subprocess.Popen | None = None

    def __enter__(self):
        """Prepare, then start the proxy and the hub."""
        try:
            self._run([sys.executable, str(DEPLOY / "prepare.py")])
            self.start_proxy()
            self.start_hub()
            self.start_board()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        """Stop everything, and remove what it made: accounts, mounts, the folder."""
        self.close()

    def home(self, learner: str) -> Path:
        """Return a learner's home."""
        return self.base / "homes" / learner

    def folder(self, learner: str) -> Path:
        """Return a learner's folder of the course."""
        return self.home(learner) / "gradients-course"

    def log(self) -> str:
        """Return what the hub has said."""
        return (self.base / "hub.log").read_text(errors="replace")

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"{shlex.join(command)}: {done.stdout}{done.stderr}")

    def _start(self, command: list[str], log: str, **variables: str) -> subprocess.Popen:
        with open(self.base / log, "ab") as out:
            return subprocess.Popen(
                command,
                env=self.environment | variables,
                cwd=self.base,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def start_proxy(self) -> None:
        """Start the proxy, and wait until it answers."""
        self.proxy = self._start([sys.executable, str(DEPLOY / "proxy.py")], "proxy.log")
        self._until_up(self.proxy, "proxy.log", lambda: httpx.get(self.url).status_code > 0)

    def start_hub(self) -> None:
        """Start the hub, and wait until it answers through the proxy."""
        command = [sys.executable, "-m", "jupyterhub", "-f", str(DEPLOY / "jupyterhub_config.py")]
        self.hub = self._start(_for_all_accounts(command), "hub.log")
        health = self.url + "hub/health"
        self._until_up(self.hub, "hub.log", lambda: httpx.get(health).status_code == 200)

    def start_board(self) -> None:
        """Start the class board, and wait until it answers."""
        command = [sys.executable, str(DEPLOY / "class_board.py")]
        if self.each:
            who = [f"--re{kind}={self.prefix}board" for kind in ("uid", "gid")]
            command = ["setpriv", *who, "--clear-groups", *command]
        token = (self.base / "state" / "board-token").read_text()
        self.board = self._start(
            _for_all_accounts(command), "board.log", JUPYTERHUB_API_TOKEN=token
        )
        address = self.url + "services/board/"
        self._until_up(self.board, "board.log", lambda: httpx.get(address).status_code < 500)

    def _until_up(self, process: subprocess.Popen, log: str, ready) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if process.poll() is not None:
                raise RuntimeError(f"it ended: {(self.base / log).read_text()[-3000:]}")
            try:
                if ready():
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"no answer in 60 s: {(self.base / log).read_text()[-3000:]}")

    def kill(self, process: subprocess.Popen) -> None:
        """Kill the hub or the proxy as a crash would: at once, and what it runs in its place.

        Where node comes from PyPI, ``node`` is a script that runs it; learners' servers have a group of
        their own.
        """
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def close(self) -> None:
        """Stop the hub, the proxy and all servers; remove accounts, mounts and the folder."""
        for process in (self.board, self.hub, self.proxy):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    self.kill(process)
        self._end_servers()
        for place in self.mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)
        for name in self._accounts():
            subprocess.run(["userdel", name], check=False, capture_output=True, timeout=30)
        shutil.rmtree(self.base, ignore_errors=True)

    def _accounts(self) -> list[str]:
        names = (entry.pw_name for entry in pwd.getpwall())
        return [name for name in names if name.startswith(self.prefix)]

    def _end_servers(self) -> None:
        """Kill the processes that were started for this folder: they outlive the hub, as they should."""
        from benchmarks.classroom.usage import processes_of

        found = processes_of(self.base)
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=10)  # an account that a process runs as can't be removed


def _mount(home: Path) -> bool:
    """Mount a small disk as a learner's home; say whether that is possible here."""
    home.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(home)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
