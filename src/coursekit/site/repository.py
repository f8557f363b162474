"""Where the course's files are kept in public, and the addresses that follow from it.

With no repository configured the site says nothing of one. The environment wins over ``_config.yml``.
"""

import os
import re
from typing import Any
from urllib.parse import quote, urlencode

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

VARIABLE = "GRADIENTS_REPOSITORY"
HUB_VARIABLE = "GRADIENTS_HUB"
_REPOSITORY = re.compile(r"https://github\.com/([A-Za-z0-9][A-Za-z0-9-]*)/([\w.-]+?)(?:\.git)?/?")
_HUB = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./~-]*)?")
_BRANCH = re.compile(r"[\w][\w./-]*")


def repository(given: str) -> str:
    """Return a repository's address in its plain form, or an empty string for none.

    Raises:
        ConfigError: when it is not of the form ``https://github.com/owner/name``.

    Example:
        >>> repository("https://github.com/owner/name.git/")
        'https://github.com/owner/name'
    """
    given = (given or "").strip()
    if not given:
        return ""
    found = _REPOSITORY.fullmatch(given)
    if not found or found[2] in {".", ".."}:
        raise ConfigError(
            f"{VARIABLE} (coursekit_repository) must look like https://github.com/owner/name, "
            f"got {given!r}"
        )
    return f"https://github.com/{found[1]}/{found[2]}"


def hub(given: str) -> str:
    """Return a JupyterHub's address without a slash at its end, or an empty string for none.

    Raises:
        ConfigError: when it is no address.
    """
    given = (given or "").strip()
    if given and not _HUB.fullmatch(given):
        raise ConfigError(
            f"{HUB_VARIABLE} (coursekit_hub) must look like https://hub.example.org, got {given!r}"
        )
    return given.rstrip("/")


def colab(repository: str, branch: str, path: str) -> str:
    """Return the address at which Colab opens a notebook of the repository.

    Example:
        >>> colab("https://github.com/o/n", "notebooks", "student/a.ipynb")
        'https://colab.research.google.com/github/o/n/blob/notebooks/student/a.ipynb'
    """
    return (
        f"https://colab.research.google.com/github/{_name(repository)}/blob/{branch}/{quote(path)}"
    )


def binder(repository: str, branch: str, path: str) -> str:
    """Return the address at which Binder opens a notebook in JupyterLab.

    Example:
        >>> binder("https://github.com/o/n", "notebooks", "student/a.ipynb")
        'https://mybinder.org/v2/gh/o/n/notebooks?urlpath=lab%2Ftree%2Fstudent%2Fa.ipynb'
    """
    # A slash in a branch's name would end it.
    where = f"{_name(repository)}/{quote(branch, safe='')}"
    return f"https://mybinder.org/v2/gh/{where}?" + urlencode({"urlpath": f"lab/tree/{path}"})


def on_hub(hub: str, repository: str, branch: str, path: str) -> str:
    """Return the address at which nbgitpuller fetches the repository to a hub and opens a notebook.

    Example:
        >>> on_hub("https://h.org", "https://github.com/o/n", "b", "a.ipynb").split("?")[0]
        'https://h.org/hub/user-redirect/git-pull'
    """
    folder = repository.rsplit("/", 1)[1]
    asked = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{folder}/{path}"}
    return f"{hub}/hub/user-redirect/git-pull?{urlencode(asked)}"


def _name(repository: str) -> str:
    return repository.removeprefix("https://github.com/")


def source(repository: str, branch: str, path: str) -> str:
    """Return the address of one file of the repository."""
    return f"{repository}/blob/{branch}/{quote(path)}"


def places(config: Config, path: str) -> list[tuple[str, str]]:
    """Return name and address of each place where a notebook of the notebooks' branch can be opened.

    Args:
        config: Sphinx's configuration.
        path: The notebook's path on that branch, such as ``student/gradients/slope.ipynb``.
    """
    at, branch = config.coursekit_repository, config.coursekit_notebooks_branch
    if not at:
        return []
    found = [("Colab", colab(at, branch, path)), ("Binder", binder(at, branch, path))]
    if config.coursekit_hub:
        found.append(("JupyterHub", on_hub(config.coursekit_hub, at, branch, path)))
    return found


def configure(app: Sphinx, config: Config) -> None:
    """Take the addresses from the environment or the configuration, and refuse malformed ones."""
    config["coursekit_repository"] = repository(
        os.environ.get(VARIABLE) or config.coursekit_repository
    )
    config["coursekit_hub"] = hub(os.environ.get(HUB_VARIABLE) or config.coursekit_hub)
    if config.coursekit_hub and not config.coursekit_repository:
        raise ConfigError(
            f"{HUB_VARIABLE} (coursekit_hub) needs {VARIABLE} (coursekit_repository), from which the "
            "hub takes the notebooks"
        )
    for name in ("coursekit_branch", "coursekit_notebooks_branch"):
        if not _BRANCH.fullmatch(config[name]):
            raise ConfigError(f"{name} must be the name of a branch, got {config[name]!r}")


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template the address of the page's source, empty where there is none."""
    context["source_address"] = ""
    at = app.config.coursekit_repository
    if at and pagename in app.env.all_docs:
        path = app.env.doc2path(pagename, base=False)
        context["source_address"] = source(at, app.config.coursekit_branch, f"book/{path}")


def setup(app: Sphinx) -> None:
    """Add the configuration values and the steps."""
    app.add_config_value("coursekit_repository", "", "html")
    app.add_config_value("coursekit_branch", "main", "html")
    app.add_config_value("coursekit_notebooks_branch", "notebooks", "html")
    app.add_config_value("coursekit_hub", "", "html")
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_to_page, priority=890)
