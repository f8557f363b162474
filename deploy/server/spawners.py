"""How a learner's server is started: as the learner's own account, with the chapters brought up to date."""

import asyncio
import sys
from functools import partial

import accounts
from jupyterhub.spawner import LocalProcessSpawner
from settings import HERE, Settings


def _account(settings: Settings, spawner) -> accounts.Account:
    name, each = spawner.user.name, settings.accounts == "each"
    return accounts.ensure(settings.prefix + name, settings.homes / name, each=each)


async def before_start(settings: Settings, spawner) -> None:
    """Make the learner's account, and bring the chapters up to date in its home.

    What the learner has written is never overwritten. An update that fails, as on a full disk, does not
    keep the server from starting: the learner needs it to make room. Only a first delivery must succeed.

    Raises:
        NotStarted: There is no account, or no chapter to open.
    """
    run = asyncio.get_running_loop().run_in_executor
    account = await run(None, _account, settings, spawner)
    await run(None, accounts.empty_folder, settings.run / spawner.user.name, account)
    command = [sys.executable, str(HERE / "deliver.py"), str(settings.course), str(account.folder)]
    done = await run(None, partial(accounts.run_as, account, command, settings.start_seconds))
    said = (done.stdout + done.stderr).strip()
    spawner.log.info("chapters of %s: %s", spawner.user.name, said.replace("\n", "; "))
    if done.returncode and not (account.folder / "start.ipynb").exists():
        raise accounts.NotStarted(f"the chapters could not be copied to your folder: {said}")


class ProcessSpawner(LocalProcessSpawner):
    """A process of the hub's machine, without limits of memory or CPU; for where there is no systemd."""

    settings: Settings

    def make_preexec_fn(self, name):
        """Become the learner's account, where learners have one."""
        if self.settings.accounts == "each":
            return super().make_preexec_fn(self.settings.prefix + name)
        return None

    def user_env(self, env):
        """Say whose home it is."""
        home = str(_account(self.settings, self).home)
        return env | {"USER": self.user.name, "HOME": home, "SHELL": "/bin/bash"}
