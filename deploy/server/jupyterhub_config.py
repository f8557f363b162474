"""JupyterHub for one class on one machine. What a teacher changes stands in ``class.toml``, not here.

Separate services, so that no one's end is another's: the proxy (``proxy.py``), this hub, the class board
(``class_board.py``), and each learner's server. The hub can be restarted in mid-class: servers go on, and
requests go from the proxy straight to them.
"""

import os
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import spawners
from entry import GROUP, ClassAuthenticator
from settings import HERE, NAME, SettingsError, load, passwords, secret

c = get_config()  # noqa: F821 - JupyterHub gives it
try:
    settings = load()
    class_password, instructor_password = passwords(settings)
    proxy_token = secret(settings, "proxy-token")
    board_token = secret(settings, "board-token")
    secret(settings, "cookie-secret")
except SettingsError as error:
    sys.exit(f"jupyterhub_config: {error}")
if settings.accounts == "each" and os.geteuid() != 0:
    sys.exit(
        'jupyterhub_config: accounts = "each" needs root; to try it out alone: accounts = "one"'
    )
if settings.accounts == "one" and os.geteuid() == 0:
    sys.exit(
        'jupyterhub_config: accounts = "one" runs all servers as yourself, and Jupyter refuses to run as '
        'root: start it as another user, or set accounts = "each"'
    )

# --- who comes in --------------------------------------------------------------------------------
# A password on the blackboard is what a room can handle. Where the learners have accounts already (a
# school's or university's), use those: oauthenticator (Google, Microsoft, GitHub, any OpenID Connect)
# takes the place of these lines, and `manage_groups` with a claim, or `load_groups`, names the instructors.
c.JupyterHub.authenticator_class = ClassAuthenticator
c.ClassAuthenticator.user_password = class_password
c.ClassAuthenticator.password_groups = {instructor_password: [GROUP]}
c.ClassAuthenticator.manage_groups = True
c.ClassAuthenticator.instructors = list(settings.instructors)
c.ClassAuthenticator.words = str(settings.state / "words")
c.Authenticator.username_pattern = f"^{NAME.pattern}$"
c.Authenticator.allow_all = True  # whoever has a password; that is what it is for
c.JupyterHub.cookie_max_age_days = 2

# --- what each may do ----------------------------------------------------------------------------
# Nobody is an admin: an admin could open every learner's server. Instructors see who is there, start and
# stop servers, and watch the board; they read no learner's files.
board = "access:services!service=board"
c.JupyterHub.custom_scopes = {"custom:board:watch": {"description": "See the class board"}}
c.JupyterHub.extra_user_scopes = {board}
c.JupyterHub.load_roles = [
    {
        "name": "instructor",
        "groups": [GROUP],
        "scopes": ["custom:board:watch", "admin-ui", "list:users", "read:servers", "servers"],
    },
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
]
# The token in a learner's server says who the learner is, to the board, and can do nothing else there.
c.Spawner.server_token_scopes = [
    "users:activity!user",
    "access:servers!server",
    "read:users:name!user",
    board,
]

# --- the proxy -----------------------------------------------------------------------------------
# Not the hub's child: a hub that starts again kills the proxy it finds, and every connection with it.
c.JupyterHub.bind_url = settings.public_url
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_port}"
c.ConfigurableHTTPProxy.auth_token = proxy_token
c.JupyterHub.last_activity_interval = (
    30  # also how soon a route that the proxy has lost is put back
)

# --- the hub -------------------------------------------------------------------------------------
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
c.JupyterHub.cleanup_servers = False  # a hub that stops leaves the learners' servers alone
c.JupyterHub.cookie_secret_file = str(settings.state / "cookie-secret")
c.JupyterHub.db_url = f"sqlite:///{settings.state / 'hub.sqlite'}"
c.JupyterHub.template_paths = [str(HERE / "templates")]
c.JupyterHub.concurrent_spawn_limit = settings.starting
c.JupyterHub.active_server_limit = settings.learners
c.JupyterHub.init_spawners_timeout = 30

# --- a learner's server --------------------------------------------------------------------------
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = [f"--config={HERE / 'learner_server_config.py'}"]
c.Spawner.notebook_dir = f"{settings.homes}/{{username}}/gradients-course"
c.Spawner.default_url = "/lab/tree/start.ipynb"
c.Spawner.pre_spawn_hook = partial(spawners.before_start, settings)
c.Spawner.start_timeout = c.Spawner.http_timeout = settings.start_seconds
c.Spawner.environment = {
    # `coursekit join` in a terminal is the one that runs here; systemd's own PATH has no venv.
    "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
    # On this machine, past the proxy: it works while that one restarts, and needs no certificate.
    "COURSEKIT_BOARD": f"http://127.0.0.1:{settings.board_port}/services/board/",
    # NumPy and torch would each take all cores for one learner's small arrays.
    "OMP_NUM_THREADS": str(max(1, int(settings.cpu))),
    # Not in the home: a learner whose disk is full can still start a kernel.
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(settings.run / spawner.user.name),
    # How soon the hub hears that somebody works.
    "JUPYTERHUB_ACTIVITY_INTERVAL": "60",
}
if settings.run_with == "systemd":
    c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
    c.Spawner.mem_limit = settings.memory
    c.Spawner.cpu_limit = settings.cpu
    c.SystemdSpawner.username_template = settings.prefix + "{USERNAME}"
    c.SystemdSpawner.unit_name_template = f"{settings.prefix}learner-{{USERNAME}}"
    c.SystemdSpawner.default_shell = "/bin/bash"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
else:
    spawners.ProcessSpawner.settings = settings
    c.JupyterHub.spawner_class = spawners.ProcessSpawner

# --- services ------------------------------------------------------------------------------------
c.JupyterHub.services = [
    {
        # Runs by itself (class_board.py): a hub that starts its board as a child ends when that one can't
        # start, and takes the class with it. So it goes on, too, while the hub starts again.
        "name": "board",
        "url": f"http://127.0.0.1:{settings.board_port}",
        "api_token": board_token,
        "oauth_redirect_uri": "/services/board/oauth_callback",
        # Scopes and groups of whoever looks come with the visitor's token, if they are asked for here.
        "oauth_client_allowed_scopes": ["custom:board:watch", "read:users:groups!user"],
        "oauth_no_confirm": True,
    },
    {
        "name": "idle-culler",
        "command": [
            # It ends with the hub, also when that is killed: an orphan's token is void.
            *("setpriv", "--pdeathsig", "TERM", "--"),
            *(sys.executable, "-m", "jupyterhub_idle_culler"),
            f"--timeout={settings.idle_minutes * 60}",
            "--cull-every=60",
        ],
        **({"user": settings.prefix + "board"} if settings.accounts == "each" else {}),
    },
]
