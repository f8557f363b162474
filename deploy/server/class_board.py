"""Run the class board, as a service of its own: the hub would not start without a board that is its child.

What a hub tells a service that it starts itself stands in ``environment``.
"""

import json
import os
import sys

from prepare import board_folder
from settings import Settings, SettingsError, load, secret

SCOPE = "access:services!service=board"


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment the board runs in.

    Raises:
        SettingsError: The token is not there.
    """
    token = os.environ.get("JUPYTERHUB_API_TOKEN") or secret(settings, "board-token")
    prefix = "/services/board/"
    return os.environ | {
        "COURSEKIT_BOARD_DATA": str(board_folder(settings) / "board.sqlite"),
        "JUPYTERHUB_API_TOKEN": token,
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{settings.hub_port}/hub/api",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": "service-board",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([SCOPE]),
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{prefix}oauth_callback",
        "JUPYTERHUB_SERVICE_NAME": "board",
        "JUPYTERHUB_SERVICE_PREFIX": prefix,
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{settings.board_port}",
    }


def main() -> str:
    """Become the board; return what stands in the way."""
    try:
        variables = environment(load())
    except SettingsError as error:
        return f"board: {error}"
    return os.execve(sys.executable, [sys.executable, "-m", "coursekit.board"], variables)


if __name__ == "__main__":
    sys.exit(main())
