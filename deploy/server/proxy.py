"""Run the proxy in front of the class server, as its own service: a restart of the hub cuts nobody off.

The routes are kept in a file (``routes.cjs``), so that a restart of the proxy cuts nobody off for longer
than it takes: without, every learner's requests would be answered "not found" until the hub comes round.
"""

import os
import shutil
import sys
from pathlib import Path

from settings import HERE, Settings, SettingsError, load, secret


def package() -> Path:
    """Return the folder of the proxy's package: ``GRADIENTS_PROXY``, or the one that npm ci made here.

    Raises:
        SettingsError: It is not installed.
    """
    folder = Path(
        os.environ.get("GRADIENTS_PROXY") or HERE / "node_modules" / "configurable-http-proxy"
    )
    if not (folder / "bin" / "configurable-http-proxy").is_file():
        raise SettingsError(f"no configurable-http-proxy in {folder}: run npm ci in {HERE}")
    return folder


def command(settings: Settings) -> list[str]:
    """Return the command of the proxy.

    Raises:
        SettingsError: node or the proxy's package is not installed.
    """
    node = shutil.which("node")
    if node is None:
        raise SettingsError("there is no node on the PATH; the proxy needs version 20.19 or newer")
    hub = f"http://127.0.0.1:{settings.hub_port}"
    secure = ["--ssl-cert", settings.certificate, "--ssl-key", settings.key]
    return [
        node,
        "--no-warnings",
        str(package() / "bin" / "configurable-http-proxy"),
        *("--ip", settings.listen, "--port", str(settings.port)),
        *("--api-ip", "127.0.0.1", "--api-port", str(settings.proxy_port)),
        *("--default-target", hub),
        *("--error-path", str(HERE / "proxy-pages")),
        *("--storage-backend", str(HERE / "routes.cjs")),
        *("--log-level", "warn"),
        *(secure if settings.certificate else ()),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment the proxy runs in.

    Raises:
        SettingsError: The token is not there.
    """
    token = os.environ.get("CONFIGPROXY_AUTH_TOKEN") or secret(settings, "proxy-token")
    state = Path(os.environ.get("STATE_DIRECTORY") or settings.state)
    return os.environ | {
        "CONFIGPROXY_AUTH_TOKEN": token,
        "GRADIENTS_PROXY": str(package()),
        "GRADIENTS_ROUTES": str(state / "routes.json"),
    }


def main() -> str:
    """Become the proxy; return what stands in the way."""
    try:
        settings = load()
        arguments, variables = command(settings), environment(settings)
    except SettingsError as error:
        return f"proxy: {error}"
    return os.execve(arguments[0], arguments, variables)


if __name__ == "__main__":
    sys.exit(main())
