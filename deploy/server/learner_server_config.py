"""What a learner's JupyterLab does otherwise than out of the box."""

import os
from pathlib import Path

from jupyter_server._tz import utcnow
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web
from tornado.ioloop import PeriodicCallback

HERE = Path(__file__).resolve().parent
IDLE = 20 * 60


class BusyIsActive(AsyncMappingKernelManager):
    """Counts a computing kernel as active.

    Jupyter notes a kernel's last message. A cell that trains for two hours and prints nothing sends none,
    and its server would be stopped as idle.
    """

    def _look(self) -> None:
        busy = any(getattr(k, "execution_state", "") == "busy" for k in self._kernels.values())
        if busy:
            self.last_kernel_activity = utcnow()

    def __init__(self, **more):
        super().__init__(**more)
        self._looking = PeriodicCallback(self._look, 5_000)
        self._looking.start()


class AtOnce(ZMQChannelsWebsocketConnection):
    """Sends each of a kernel's small messages at once.

    Otherwise TCP holds back the second until the first is acknowledged: 40 ms on each cell.
    """

    async def connect(self):
        """Connect as ever."""
        self.websocket_handler.set_nodelay(True)
        return await super().connect()


class SaysWhatToDo(AsyncLargeFileManager):
    """Says what to do when the disk is full; without, the dialog says "Unexpected error while saving"."""

    async def save(self, model, path=""):
        """Save as ever."""
        try:
            return await super().save(model, path)
        except web.HTTPError as error:
            if any(words in str(error) for words in _FULL):
                raise web.HTTPError(
                    507,
                    "Your disk is full, so this was not saved; what you saved before is whole. Keep this tab "
                    "open. In the list of files on the left, delete what you no longer need. Then save "
                    "again with Ctrl+S.",
                ) from error
            raise


_FULL = ("No space left on device", "disk is full", "Disk quota exceeded")

c = get_config()  # noqa: F821 - Jupyter gives it
c.ServerApp.kernel_manager_class = BusyIsActive
c.ServerApp.kernel_websocket_connection_class = AtOnce
c.ServerApp.contents_manager_class = SaysWhatToDo
# Over sockets in a folder that only the learner may enter. By default a kernel listens on ports of the
# machine, which everybody on it can connect to.
c.KernelManager.transport = "ipc"
# What a learner has no use for, and what would take its time at each start.
c.ServerApp.jpserver_extensions = {
    "jupyter_lsp": False,
    "jupyterlab_jupytext": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
}
# A kernel whose page is closed is stopped, unless it computes. What is in the notebook stays.
c.MappingKernelManager.cull_idle_timeout = IDLE
c.MappingKernelManager.cull_interval = 60
# The trash is on the same disk: who deletes files because the disk is full must get the room.
c.FileContentsManager.delete_to_trash = False
# A notebook is saved every 20 seconds instead of 120 (overrides.json).
c.LabApp.app_settings_dir = str(HERE / "lab-settings")
# No login shell: Debian's /etc/profile would forget where `coursekit` is.
c.ServerApp.terminado_settings = {"shell_command": ["/bin/bash"]}
# No question to other hosts.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
os.umask(0o077)
