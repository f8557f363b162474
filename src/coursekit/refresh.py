"""Execute the chapters and store their text outputs: ``python -m coursekit.refresh [notebook …]``.

What is stored is what ``pytest --nbval`` compares with a fresh run: plain text, HTML cards and
printed lines.
Pictures, sounds and the state of widgets are not stored; their plain text (a sentence that says what they
show) is.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from coursekit.content import root
from coursekit.workers import THREADS

#: The outputs that are stored; everything else a cell shows is made anew by whoever runs it.
STORED = ("text/plain", "text/html", "text/markdown")
WIDGET = "application/vnd.jupyter.widget-view+json"
#: How the address of a sound inside the page begins.
SOUND = "data:audio/"
#: Notebook metadata that says something about the chapter, not about the machine that ran it.
METADATA = ("kernelspec", "coursekit", "mystnb")
#: The notebook that reads the verdicts out of all the others.
LEDGER = "claims.ipynb"


def one_thread() -> None:
    """Give each kernel started from here one thread, unless the environment says otherwise.

    The chapters' networks are too small to gain from more, and kernels that run side by side would wait for
    each other's.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")


def chapters(folder: Path) -> list[Path]:
    """List the notebooks below ``folder``, the ledger last: it reads what the others store."""
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    return sorted(found, key=lambda path: path.name == LEDGER)


def text_only(notebook: NotebookNode) -> NotebookNode:
    """Keep of an executed notebook what is the same on every machine; changes it in place."""
    notebook.metadata = NotebookNode({k: v for k, v in notebook.metadata.items() if k in METADATA})
    notebook.metadata.get("kernelspec", {}).pop("env", None)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if "data" in output:
                heavy = WIDGET in output.data or SOUND in output.data.get("text/html", "")
                kept = ("text/plain",) if heavy else STORED
                output.data = NotebookNode({k: v for k, v in output.data.items() if k in kept})
    return notebook


def refresh(path: Path, timeout: int = 120) -> None:
    """Execute one notebook where it lies, and store it with its text outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: when a cell fails; the file is then left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        coalesce_streams=True,
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    nbformat.write(text_only(notebook), path)


def main(arguments: Iterable[str]) -> None:
    """Refresh the notebooks that are named, or all of the book's."""
    one_thread()
    for path in [Path(a) for a in arguments] or chapters(root()):
        print(f"executing {path}", flush=True)
        refresh(path)


if __name__ == "__main__":
    main(sys.argv[1:])
