"""What a teacher sets for the class server, and what is refused."""

import sys
import tempfile
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy" / "server"


@pytest.fixture(scope="module")
def settings():
    sys.path.insert(0, str(DEPLOY))
    try:
        import settings

        yield settings
    finally:
        sys.path.remove(str(DEPLOY))
        sys.modules.pop("settings", None)


@pytest.fixture
def load(settings, tmp_path):
    def write(text: str):
        file = tmp_path / "class.toml"
        file.write_text(text)
        return settings.load(file)

    return write


CLASS = '[class]\ninstructors = ["ada"]\n'


def test_the_file_that_comes_with_it_states_the_defaults(settings):
    shipped = settings.load(DEPLOY / "class.toml")
    assert shipped == settings.Settings(instructors=("teacher",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "instructors is missing"),
        ("[class]\ninstructors = []", "instructors = []; expected a list of names"),
        ('[class]\ninstructors = ["Ada L"]', "instructors = 'Ada L'; expected lowercase letters"),
        (CLASS + "[machines]", "no section [machines]; there are class, learner, address, machine"),
        (CLASS + "[learner]\nram = 3", "[learner] has no ram; it has memory, cpu"),
        (CLASS + '[learner]\nmemory = "1 GB"', "memory = '1 GB'; expected such as"),
        (CLASS + "[learner]\ncpu = 0", "cpu = 0.0; expected a number above 0"),
        (CLASS + "[learner]\nidle_minutes = true", "idle_minutes = True; expected int"),
        (CLASS + "learners = 0", "learners = 0; expected a number above 0"),
        (CLASS + "[address]\nport = 70000", "port = 70000; expected a port"),
        (CLASS + "[address]\nport = 8081", "must be four different ports"),
        (
            CLASS + '[address]\ncertificate = "/no.pem"',
            "certificate = '/no.pem'; expected a PEM file",
        ),
        (CLASS + '[address]\nlisten = "0.0.0.0"', "sends passwords in the clear"),
        (
            CLASS + '[address]\nlisten = "0.0.0.0"\nplain_http = true\n[machine]\naccounts = "one"',
            "lets learners read each other's files",
        ),
        (CLASS + '[machine]\nbase = "srv"', "base = 'srv'; expected an absolute path"),
        (CLASS + f'[machine]\nbase = "/{"x" * 40}"', "at most 35 characters"),
        (
            CLASS + '[machine]\nrun_with = "docker"',
            "run_with = 'docker'; expected systemd or processes",
        ),
        (CLASS + '[machine]\nprefix = "root"', "prefix = 'root'; expected lowercase letters"),
        ("[class", "can't be read"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(load, settings, text, words):
    with pytest.raises(settings.SettingsError) as caught:
        load(text)
    assert words in str(caught.value)
    assert "class.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("both", "words"),
    [
        (("short", "the-instructors-own-1"), "the class password must have 8 characters"),
        (("long enough", "short"), "the instructor password must have 16 characters"),
        (("pässwörter", "the-instructors-own-1"), "all plain ones"),
        (("the-instructors-own-1", "the-instructors-own-1"), "must differ"),
    ],
)
def test_bad_passwords_are_refused(load, settings, monkeypatch, both, words):
    for who, value in zip(("CLASS", "INSTRUCTOR"), both, strict=True):
        monkeypatch.setenv(f"GRADIENTS_{who}_PASSWORD", value)
    with pytest.raises(settings.SettingsError, match=words):
        settings.passwords(load(CLASS))


def test_there_is_no_default_password(load, settings, monkeypatch, tmp_path):
    for who in ("CLASS", "INSTRUCTOR"):
        monkeypatch.delenv(f"GRADIENTS_{who}_PASSWORD", raising=False)
    found = load(CLASS + f'[machine]\nbase = "/g{abs(hash(tmp_path)) % 10**6}"')
    with pytest.raises(settings.SettingsError, match="there is no class password"):
        settings.passwords(found)


@pytest.fixture
def configured(settings, monkeypatch, tmp_path):
    """Read the hub's config as JupyterHub does, as the user of a number, with more set in ``class.toml``."""
    from traitlets.config import PyFileConfigLoader

    with tempfile.TemporaryDirectory(prefix="g-") as base:  # pytest's are too long for sockets
        file = tmp_path / "class.toml"
        monkeypatch.setenv("GRADIENTS_CLASS", str(file))
        monkeypatch.setenv("GRADIENTS_CLASS_PASSWORD", "long enough")
        monkeypatch.setenv("GRADIENTS_INSTRUCTOR_PASSWORD", "the-instructors-own-1")
        monkeypatch.setattr(sys, "path", list(sys.path))
        state = Path(base) / "state"
        state.mkdir()
        for name in ("proxy-token", "board-token", "cookie-secret"):
            (state / name).write_text("x" * 64)

        def read(user: int, more: str):
            monkeypatch.setattr("os.geteuid", lambda: user)
            file.write_text(f'{CLASS}[machine]\nbase = "{base}"\n{more}')
            return PyFileConfigLoader(str(DEPLOY / "jupyterhub_config.py")).load_config()

        yield read
    for name in ("accounts", "entry", "spawners"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("user", "accounts", "words"),
    [
        (1000, "each", 'accounts = "each" needs root'),
        (0, "one", "Jupyter refuses to run as root: start it as another user, or set accounts"),
    ],
)
def test_who_may_start_the_hub(configured, user, accounts, words):
    with pytest.raises(SystemExit, match=words):
        configured(user, f'accounts = "{accounts}"')
    configured(1000 - user, f'accounts = "{accounts}"')


def test_on_systemd_each_server_is_a_unit_with_limits(configured):
    """What the config says there, as far as it can be read without systemd."""
    config = configured(0, '[learner]\nmemory = "700M"')
    assert config.JupyterHub.spawner_class == "systemdspawner.SystemdSpawner"
    assert (config.Spawner.mem_limit, config.Spawner.cpu_limit) == ("700M", 1.0)
    unit = config.SystemdSpawner
    assert unit.username_template.format(USERNAME="ada") == "gradients-ada"
    assert unit.unit_name_template.format(USERNAME="ada") == "gradients-learner-ada"
    assert unit.isolate_tmp
    assert unit.disable_user_sudo
    assert config.ConfigurableHTTPProxy.should_start is False
    assert config.JupyterHub.cleanup_servers is False
