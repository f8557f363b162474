"""Run the chapters that have to be run, several at a time.

myst-nb runs them one after another while it reads them. Here those that are due are run before that, each in
a kernel of its own, and their results go into its cache, where it finds them. A chapter that fails is left to
myst-nb, which runs it again and says what went wrong.
"""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from coursekit.refresh import one_thread

logger = logging.getLogger(__name__)


def due(paths: list[Path], cache: JupyterCacheAbstract) -> dict[Path, nbformat.NotebookNode]:
    """Return the notebooks among ``paths`` that the cache has no results for."""
    found = {}
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            found[path] = notebook
    return found


def execute(path: Path, notebook: nbformat.NotebookNode, timeout: int) -> ExecutionResult:
    """Run a notebook in the folder it lies in; its outputs are written into it."""
    # What a cell prints is one block, however many messages the kernel sends it in.
    return single_nb_execution(
        notebook, str(path.parent), timeout, allow_errors=False, coalesce_streams=True
    )


def run_ahead(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run what is due of the documents about to be read, as many at a time as there are processors."""
    one_thread()
    config = env.mystnb_config
    paths = [Path(env.doc2path(name)) for name in docnames]
    cache = get_cache(config.execution_cache_path)
    ahead = due([path for path in paths if path.suffix == ".ipynb"], cache)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {
            pool.submit(execute, path, notebook, config.execution_timeout): path
            for path, notebook in ahead.items()
        }
        for done in as_completed(running):
            path, result = running[done], done.result()
            if result.err is not None:
                continue
            facts = {"execution_seconds": result.time, "cores": os.cpu_count()}
            bundle = CacheBundleIn(result.nb, str(path), data=facts)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            logger.info(f"{path}: Executed notebook in {result.time:.2f} seconds")


def setup(app: Sphinx) -> None:
    """Add the step; the documents' order and number are settled when it comes."""
    app.connect("env-before-read-docs", run_ahead, priority=900)
