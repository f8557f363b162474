"""What a teacher sets for the class server: read from ``class.toml``, every value looked at before use."""

import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Shortest passwords. The class's is said aloud in a room; the instructors' opens the board.
SHORTEST = {"class": 8, "instructor": 16}
NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
_PREFIX = re.compile(r"[a-z][a-z0-9-]{1,14}-")
_SIZE = re.compile(r"[1-9][0-9]*[MG]")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """What stands in the way of a class; one line that says what to do."""


@dataclass(frozen=True)
class Settings:
    """The values of ``class.toml``; see there for what each one means."""

    instructors: tuple[str, ...]
    learners: int = 25
    starting: int = 4
    memory: str = "1792M"
    cpu: float = 1.0
    idle_minutes: int = 60
    start_seconds: int = 120
    listen: str = "127.0.0.1"
    port: int = 8000
    certificate: str = ""
    key: str = ""
    plain_http: bool = False
    base: str = "/srv/gradients"
    run_with: str = "systemd"
    accounts: str = "each"
    prefix: str = "gradients-"
    hub_port: int = 8081
    proxy_port: int = 8001
    board_port: int = 8082

    @property
    def state(self) -> Path:
        """The hub's own folder: database, secrets, passwords, routes."""
        return Path(self.base) / "state"

    @property
    def homes(self) -> Path:
        """The folder of the learners' homes."""
        return Path(self.base) / "homes"

    @property
    def run(self) -> Path:
        """The folder of the learners' kernels' sockets."""
        return Path(self.base) / "run"

    @property
    def course(self) -> Path:
        """The course as it is handed to learners, made once for all."""
        return Path(self.base) / "course" / "student.json"

    @property
    def public_url(self) -> str:
        """Where the proxy listens."""
        host = f"[{self.listen}]" if ":" in self.listen else self.listen
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}/"


_SECTIONS = {
    "class": ("instructors", "learners", "starting"),
    "learner": ("memory", "cpu", "idle_minutes", "start_seconds"),
    "address": ("listen", "port", "certificate", "key", "plain_http"),
    "machine": ("base", "run_with", "accounts", "prefix", "hub_port", "proxy_port", "board_port"),
}


def path() -> Path:
    """Return where the settings are: the file that ``GRADIENTS_CLASS`` names, or the one beside this."""
    return Path(os.environ.get("GRADIENTS_CLASS") or HERE / "class.toml")


def load(file: Path | None = None) -> Settings:
    """Read and check the settings.

    Args:
        file: The TOML file; `path()` if not given.

    Raises:
        SettingsError: The file can't be read, or a value is not what is expected.
    """
    file = file or path()
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} can't be read: {error}") from error
    values = {}
    for section, content in data.items():
        known = _SECTIONS.get(section)
        if known is None or not isinstance(content, dict):
            raise SettingsError(f"{file}: no section [{section}]; there are {', '.join(_SECTIONS)}")
        for key, value in content.items():
            if key not in known:
                raise SettingsError(f"{file}: [{section}] has no {key}; it has {', '.join(known)}")
            values[key] = value
    try:
        return _checked(values)
    except SettingsError as error:
        raise SettingsError(f"{file}: {error}") from None


def _checked(values: dict) -> Settings:
    if "instructors" not in values:
        raise SettingsError('instructors is missing: list at least one name, such as ["ada"]')
    names = values["instructors"]
    _expect("instructors", names, isinstance(names, list) and names, "a list of names")
    for name in names:
        good = isinstance(name, str) and NAME.fullmatch(name)
        _expect("instructors", name, good, "lowercase letters, digits and -, 16 at most")
    values = values | {"instructors": tuple(names)}
    if isinstance(values.get("cpu"), int) and not isinstance(values["cpu"], bool):
        values["cpu"] = float(values["cpu"])
    for field in fields(Settings):
        if field.name in values:
            wanted = tuple if field.name == "instructors" else field.type
            _expect(
                field.name, values[field.name], type(values[field.name]) is wanted, wanted.__name__
            )
    found = Settings(**values)
    for key in ("learners", "starting", "idle_minutes", "start_seconds"):
        _expect(key, getattr(found, key), getattr(found, key) > 0, "a number above 0")
    _expect("memory", found.memory, _SIZE.fullmatch(found.memory), 'such as "800M" or "1G"')
    _expect("cpu", found.cpu, found.cpu > 0, "a number above 0")
    ports = ("port", "hub_port", "proxy_port", "board_port")
    for key in ports:
        _expect(key, getattr(found, key), 0 < getattr(found, key) < 65536, "a port, 1 to 65535")
    if len({getattr(found, key) for key in ports}) < len(ports):
        raise SettingsError(f"{', '.join(ports)} must be four different ports")
    # Below it lie the kernels' sockets, and a socket's path has 107 characters at most.
    good = Path(found.base).is_absolute() and len(found.base) <= 35
    _expect("base", found.base, good, "an absolute path of at most 35 characters")
    good = _PREFIX.fullmatch(found.prefix)
    _expect("prefix", found.prefix, good, "lowercase letters, digits and -, 16 at most, - the last")
    _expect(
        "run_with",
        found.run_with,
        found.run_with in ("systemd", "processes"),
        "systemd or processes",
    )
    _expect("accounts", found.accounts, found.accounts in ("each", "one"), "each or one")
    for key in ("certificate", "key"):
        file = getattr(found, key)
        _expect(key, file, not file or Path(file).is_file(), "a PEM file that is there")
    if bool(found.certificate) != bool(found.key):
        raise SettingsError("certificate and key go together: set both or neither")
    if found.listen not in _LOOPBACK:
        if not found.certificate and not found.plain_http:
            raise SettingsError(
                f"listen = {found.listen!r} without a certificate sends passwords in the clear: set "
                "certificate and key, or plain_http = true in a network where nobody listens in"
            )
        if found.accounts == "one":
            raise SettingsError(
                'accounts = "one" lets learners read each other\'s files: '
                'set accounts = "each", or listen = "127.0.0.1"'
            )
    return found


def _expect(key: str, value: object, good: object, expected: str) -> None:
    if not good:
        raise SettingsError(f"{key} = {value!r}; expected {expected}")


def password(settings: Settings, who: str) -> str:
    """Return a password, from the environment or else from the state folder; there is no default.

    Args:
        settings: Where the state folder is.
        who: "class" or "instructor".

    Raises:
        SettingsError: There is none, it is too short, or it has letters that can't be typed everywhere.
    """
    variable, file = f"GRADIENTS_{who.upper()}_PASSWORD", settings.state / f"{who}-password"
    found = os.environ.get(variable)
    if found is None:
        try:
            found = file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"there is no {who} password: write one to {file} (prepare.py makes one up), "
                f"or set {variable}"
            ) from error
    if len(found) < SHORTEST[who] or not found.isascii() or not found.isprintable():
        raise SettingsError(
            f"the {who} password must have {SHORTEST[who]} characters or more, "
            f"all plain ones (ASCII): write another one to {file}"
        )
    return found


def passwords(settings: Settings) -> tuple[str, str]:
    """Return the class's and the instructors' password.

    Raises:
        SettingsError: One is missing or bad, or they are the same.
    """
    both = password(settings, "class"), password(settings, "instructor")
    if both[0] == both[1]:
        raise SettingsError("the class password and the instructor password must differ")
    return both


def secret(settings: Settings, name: str) -> str:
    """Return a secret that ``prepare.py`` made.

    Raises:
        SettingsError: It is not there.
    """
    try:
        return (settings.state / name).read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{settings.state / name} is missing: run prepare.py first") from error
