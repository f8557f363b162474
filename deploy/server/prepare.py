"""Make what the class server needs: folders, secrets, passwords, the chapters. Again whenever it starts.

Run as root: ``/opt/gradients/venv/bin/python /opt/gradients/deploy/server/prepare.py``. What is there
already stays, but for the chapters, which are made anew from the course as it is installed.
"""

import json
import os
import secrets
import sys
from pathlib import Path

import accounts
from settings import Settings, SettingsError, load, passwords, secret

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def _word(length: int) -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(length)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, length, 4))


def write(file: Path, text: str, mode: int) -> None:
    """Write a file at once, so that nobody reads half of it."""
    new = file.with_name(file.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as out:
        os.fchmod(out.fileno(), mode)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)


def folders(settings: Settings) -> None:
    """Make the folders, each open to those who need it and to nobody else."""
    wanted = {
        Path(settings.base): 0o755,
        settings.state: 0o700,
        settings.state / "words": 0o700,
        settings.homes: 0o711,  # a learner gets to the own home through it, and can't list the others
        settings.run: 0o711,
        settings.course.parent: 0o755,
        board_folder(settings): 0o700,
    }
    for folder, mode in wanted.items():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)


def board_folder(settings: Settings) -> Path:
    """Return where the board keeps its database."""
    return Path(settings.base) / "board"


def main() -> int:
    """Make everything; say which passwords were made up."""
    try:
        settings = load()
        folders(settings)
        for name in ("proxy-token", "board-token", "cookie-secret"):
            if not (settings.state / name).exists():
                write(settings.state / name, secrets.token_hex(32), 0o600)
        for who, length in (("class", 12), ("instructor", 20)):
            file = settings.state / f"{who}-password"
            if f"GRADIENTS_{who.upper()}_PASSWORD" not in os.environ and not file.exists():
                write(file, _word(length) + "\n", 0o600)
                print(f"a new {who} password is in {file}")
        passwords(settings)
        for name, variable in (
            ("proxy", "CONFIGPROXY_AUTH_TOKEN"),
            ("board", "JUPYTERHUB_API_TOKEN"),
        ):  # for systemd, which reads them as root for services that are not
            token = secret(settings, f"{name}-token")
            write(settings.state / f"{name}.env", f"{variable}={token}\n", 0o600)
        if settings.accounts == "each":
            accounts.ensure(f"{settings.prefix}board", board_folder(settings), system=True)
        chapters(settings)
    except (SettingsError, RuntimeError, OSError) as error:
        print(f"prepare: {error}", file=sys.stderr)
        return 1
    return 0


def chapters(settings: Settings) -> None:
    """Make the student edition, as it is copied to each learner."""
    import coursekit
    from coursekit.learner.chapters import make

    files = {path: data.decode() for path, data in make("student").items()}
    made = {"version": coursekit.__version__, "edition": "student", "files": files}
    write(settings.course, json.dumps(made, ensure_ascii=False), 0o644)


if __name__ == "__main__":
    sys.exit(main())
