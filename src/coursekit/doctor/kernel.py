"""The kernel: does it start, is it this Python's, and does it run the course's library?"""

import json
import sys
import tempfile
from pathlib import Path

from coursekit.doctor.finding import OK, TROUBLE, Finding, pip_install, this_python

#: The kernel that the notebooks ask for.
NAME = "python3"
_MARK = "coursekit-doctor:"
_PROBE = f"""
import json, sys
print({_MARK!r} + json.dumps([sys.prefix, sys.executable]))
import coursekit.course, coursekit.plots, coursekit.widgets
"""


def kernel(folder: Path, timeout: float = 60) -> Finding:
    """Start a kernel as JupyterLab would, and run a cell in it.

    Args:
        folder: Where it runs, so that a file there that hides a package is found out.
        timeout: Seconds to wait for the kernel, and then for the cell.
    """
    try:
        from jupyter_client.kernelspec import NoSuchKernel
        from jupyter_client.manager import KernelManager
    except ImportError:
        return Finding(
            TROUBLE, "kernel", "jupyter_client, which starts kernels, is missing",
            pip_install("jupyterlab>=4.0"),
        )  # fmt: skip
    manager = KernelManager(kernel_name=NAME)
    try:
        spec = manager.kernel_spec
    except NoSuchKernel:
        return Finding(
            TROUBLE,
            "kernel",
            f"there is no kernel {NAME!r} for this Python",
            pip_install("ipykernel"),
        )
    with tempfile.TemporaryFile() as log:
        try:
            # ipykernel's own words would end up between the doctor's.
            manager.start_kernel(cwd=str(_near(folder)), stdout=log, stderr=log)
            return _ask(manager, spec.resource_dir, timeout)
        except (
            Exception
        ) as error:  # whatever keeps a kernel from starting is what we are here to say
            log.seek(0)
            told = log.read().decode(errors="replace").strip().splitlines()
            # What it said last is the reason, if it has come to an end by itself.
            reason = told[-1] if told and not _waited(error) else str(error) or type(error).__name__
            return Finding(
                TROUBLE, "kernel", f"it does not start: {reason}",
                f"{pip_install('--force-reinstall', 'ipykernel')} (the kernel: {' '.join(spec.argv)})",
            )  # fmt: skip
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
            manager.cleanup_resources()


def _near(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(f for f in (folder.resolve(), *folder.resolve().parents) if f.is_dir())


def _waited(error: Exception) -> bool:
    return "didn't respond" in str(error) or isinstance(error, TimeoutError)


def _ask(manager, where: str, timeout: float) -> Finding:
    client = manager.blocking_client()
    client.start_channels()
    printed = []

    def collect(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    try:
        client.wait_for_ready(timeout=timeout)
        reply = client.execute_interactive(_PROBE, timeout=timeout, output_hook=collect)["content"]
    finally:
        client.stop_channels()
    marked = next((line for line in "".join(printed).splitlines() if line.startswith(_MARK)), None)
    prefix, executable = json.loads(marked.removeprefix(_MARK)) if marked else ("", "")
    if Path(prefix).resolve() != Path(sys.prefix).resolve():
        return Finding(
            TROUBLE, "kernel", f"it is another Python's: {executable} (set in {where})",
            this_python("-m", "jupyter", "kernelspec", "remove", "-f", NAME),
        )  # fmt: skip
    if reply["status"] != "ok":
        return Finding(
            TROUBLE, "kernel", f"the library does not load: {reply['ename']}: {reply['evalue']}",
            "a file of yours may hide a package: see the name above; else reinstall coursekit",
        )  # fmt: skip
    return Finding(OK, "kernel", "starts, is this Python's, and runs the library")
