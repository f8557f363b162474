"""What a large class is deployed with says what was measured, and what the tools that read it accept."""

import re
import subprocess
import sys
import tomllib

import kubernetes_validate
import pytest
import yaml

from coursekit import content
from coursekit.site import outline, sizes
from coursekit.site.entries import OutlineError
from tests.tools import ROOT

DEPLOY = ROOT / "deploy" / "kubernetes"
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf8"))
BOARD = list(yaml.safe_load_all((DEPLOY / "board.yaml").read_text("utf8")))
SIZES = sizes.load(content.root())


def of_kind(kind):
    return next(each for each in BOARD if each["kind"] == kind)


def container():
    return of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]


def test_every_chapter_was_measured():
    assert set(SIZES.memory) == set(outline.load(content.root()).chapters)
    assert all(megabytes > 50 for megabytes in SIZES.memory.values())
    assert 50 < SIZES.server < 500


def test_learners_get_what_was_measured():
    memory = VALUES["singleuser"]["memory"]
    assert memory == {"guarantee": f"{SIZES.usual}M", "limit": f"{SIZES.most}M"}


def test_sizes_are_rounded_up_and_machines_are_whole():
    found = sizes.Sizes(2, 100, {"a": 200, "b": 300, "c": 1000}, {"a": 1.0, "b": 2.0, "c": 3.0})
    assert (found.usual, found.most) == (448, 1536)
    assert sizes.machines(100, 288) == 1
    assert sizes.machines(101, 288) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cores: 2\nserver: 100\n", "'chapters' is missing"),
        (
            "cores: 2\nserver: 100\nchapters: {a/b: {memory: much, processor: 1}}",
            "a/b, memory: expected a whole number above 0, got 'much'",
        ),
        (
            "cores: 2\nserver: 100\nchapters: {a/b: {memory: 9, processor: -1}}",
            "a/b, processor: expected seconds, got -1",
        ),
    ],
)
def test_a_file_of_sizes_that_cannot_be_right_is_refused(tmp_path, text, said):
    (tmp_path / "workshop").mkdir()
    (tmp_path / sizes.FILE).write_text(text)
    with pytest.raises(OutlineError, match=re.escape(said)):
        sizes.load(tmp_path)


def test_what_was_measured_is_read_as_it_was_written(tmp_path):
    (tmp_path / "workshop").mkdir()
    sizes.write(tmp_path, 2, 150, {"a/b": {"memory": 300, "processor": 1.5}})
    assert sizes.load(tmp_path) == sizes.Sizes(2, 150, {"a/b": 300}, {"a/b": 1.5})


@pytest.mark.parametrize(
    "manifest", BOARD, ids=lambda each: f"{each['kind']} {each['metadata']['name']}"
)
def test_kubernetes_would_take_the_board(manifest):
    kubernetes_validate.validate(manifest, "1.32", strict=True)


def test_the_board_and_the_hub_agree():
    port = container()["ports"][0]["containerPort"]
    service = of_kind("Service")
    assert service["spec"]["ports"] == [{"port": port, "targetPort": port}]
    name = service["metadata"]["name"]
    assert VALUES["hub"]["services"][name]["url"] == f"http://{name}:{port}"
    environment = {each["name"]: each.get("value") for each in container()["env"]}
    prefix = f"/services/{name}/"
    assert environment["JUPYTERHUB_SERVICE_PREFIX"] == prefix
    assert VALUES["singleuser"]["extraEnv"]["COURSEKIT_BOARD"] == f"http://{name}:{port}{prefix}"
    assert environment["JUPYTERHUB_CLIENT_ID"] == f"service-{name}"
    token = next(each for each in container()["env"] if each["name"] == "JUPYTERHUB_API_TOKEN")
    assert token["valueFrom"]["secretKeyRef"] == {
        "name": "hub",
        "key": f"hub.services.{name}.apiToken",
    }
    scope = f"access:services!service={name}"
    assert VALUES["hub"]["loadRoles"]["board"]["services"] == [name]
    assert environment["JUPYTERHUB_OAUTH_ACCESS_SCOPES"] == f'["{scope}"]'
    assert scope in VALUES["hub"]["loadRoles"]["user"]["scopes"]
    [rule] = VALUES["singleuser"]["networkPolicy"]["egress"]
    labels = of_kind("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert rule["to"][0]["podSelector"]["matchLabels"].items() <= labels.items()
    assert rule["ports"] == [{"port": port, "protocol": "TCP"}]


def test_the_scope_to_see_the_board_is_the_one_it_asks_for():
    from coursekit.board import hub

    assert hub.SCOPE in VALUES["hub"]["config"]["JupyterHub"]["custom_scopes"]
    assert VALUES["hub"]["loadRoles"]["instructor"] == {
        "description": "Instructors see the class board.",
        "scopes": [hub.SCOPE],
        "groups": [hub.GROUP],
    }


def test_the_boards_command_is_understood():
    command = container()["command"]
    assert command[:3] == ["python", "-m", "coursekit.board"]
    options = [each for each in command[3:] if each.startswith("--")]
    done = subprocess.run(
        [sys.executable, *command[1:3], "--help"], capture_output=True, text=True, check=True
    )
    assert options
    assert all(option in done.stdout for option in options)


def test_volumes_that_are_mounted_are_there():
    pod = of_kind("Deployment")["spec"]["template"]["spec"]
    claims = {each["metadata"]["name"] for each in BOARD if each["kind"] == "PersistentVolumeClaim"}
    named = {each["name"] for each in pod["volumes"]}
    assert {each["name"] for each in container()["volumeMounts"]} == named
    storage = VALUES["singleuser"]["storage"]
    used = {
        each["persistentVolumeClaim"]["claimName"]
        for each in (*pod["volumes"], *storage["extraVolumes"])
        if "persistentVolumeClaim" in each
    }
    assert used == claims
    assert all(each["readOnly"] for each in storage["extraVolumeMounts"])


def test_the_example_leaves_nothing_of_ours_out_and_names_one_image():
    example = yaml.safe_load((DEPLOY / "example.yaml").read_text("utf8"))
    assert example.keys() <= {"hub", "singleuser", "proxy"}
    image = VALUES["singleuser"]["image"]
    assert container()["image"] == f"{image['name']}:{image['tag']}"


def test_repo2docker_would_install_the_library_with_what_chapters_need():
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    copied = said.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    assert said.index('install --no-cache-dir -r "binder/requirements.txt"') > copied
    assert "environment.py-3.11" in said.replace("-2d", "-").replace("-2e", ".").replace("-2", "")


def test_one_server_gives_a_learner_what_was_measured():
    settings = tomllib.loads((ROOT / "deploy" / "server" / "class.toml").read_text("utf8"))
    assert settings["learner"]["memory"] == f"{SIZES.most}M"
