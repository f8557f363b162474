"""The widgets' own tests, in node, and whether the committed bundle is what their source builds."""

import subprocess

import pytest

from tests.tools import WIDGETS, beside_python, node_environment


@pytest.mark.parametrize("script", ["test", "check"])
def test_the_widgets_own_script_passes(script):
    if not (WIDGETS / "node_modules").is_dir():
        pytest.fail("no widgets/node_modules; run: make test", pytrace=False)
    command = [str(beside_python("npm")), "run", "--silent", script]
    done = subprocess.run(
        command, cwd=WIDGETS, env=node_environment(), capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        pytest.fail(
            f"npm run {script} in widgets/:\n{done.stdout[-8000:]}{done.stderr[-4000:]}",
            pytrace=False,
        )
