"""Descent: what it takes, what it sends to the page, what it says, and the paths it gives."""

import json

import numpy as np
import pytest
import traitlets

from coursekit import landscapes
from coursekit.descent import descend
from coursekit.optimizers import SGD, RMSProp
from coursekit.widgets import Descent


def sgd(lr=0.05):
    return {"optimizer": "sgd", "lr": lr}


def test_opens_by_itself():
    w = Descent()
    assert (w.kind, w.landscape, w.steps, w.step, w.selected) == ("descent", "ravine", 200, 200, 0)
    assert [w.x, w.y] == landscapes.get("ravine").start.tolist()
    assert [racer["optimizer"] for racer in w.racers] == ["sgd", "momentum"]
    assert len(w.challenges) == 3
    assert repr(w) == w.describe()


def test_state_is_plain_json():
    w = Descent(noise=0.5)
    state = {key: getattr(w, key) for key in w.keys if not key.startswith("_")}
    state = {k: v for k, v in state.items() if k not in ("layout", "tabbable", "tooltip")}
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert len(w.normals) == 400
    assert w.normals == [round(z, 4) for z in w.normals]


def test_racers_are_completed_and_not_shared():
    mine = {"optimizer": "adam"}
    w = Descent(racers=[mine, {"optimizer": "rmsprop", "lr": 1, "beta": 0.5}])
    assert w.racers == [
        {"optimizer": "adam", "lr": 0.05, "beta1": 0.9, "beta2": 0.999},
        {"optimizer": "rmsprop", "lr": 1.0, "beta": 0.5},
    ]
    assert mine == {"optimizer": "adam"}


def test_paths_are_those_of_descend():
    w = Descent("bowl", x=1.0, y=1.5, racers=[sgd(0.1), {"optimizer": "rmsprop", "beta": 0.7}])
    paths = w.paths()
    assert list(paths) == ["SGD", "RMSProp"]
    land = landscapes.get("bowl")
    for path, optimizer in zip(paths.values(), [SGD(0.1), RMSProp(0.05, alpha=0.7)], strict=True):
        expected = descend(land, [1.0, 1.5], optimizer, 200)
        assert np.array_equal(path.positions, expected.positions)


def test_noise_is_the_same_for_all_racers_and_follows_from_the_seed():
    w = Descent("bowl", racers=[sgd(0.1), sgd(0.1)], steps=50, noise=0.5)
    one, other = w.paths().values()
    assert np.array_equal(one.positions, other.positions)
    z = np.reshape(w.normals, (50, 2))
    first = one.positions[0] - 0.1 * (
        landscapes.get("bowl").gradient(one.positions[0]) + 0.5 * z[0]
    )
    assert one.positions[1] == pytest.approx(first, abs=1e-15)
    assert Descent(steps=50).normals == w.normals
    assert Descent(steps=50, seed=1).normals != w.normals
    w.steps = 100
    assert w.normals[:100] == Descent(steps=50).normals
    assert len(w.normals) == 200


def test_nesterov_without_momentum_is_plain_descent():
    w = Descent("bowl", racers=[sgd(0.1), {"optimizer": "nesterov", "lr": 0.1, "beta": 0}])
    one, other = w.paths().values()
    assert np.array_equal(one.positions, other.positions)


def test_names_tell_racers_apart():
    assert list(Descent(racers=[sgd(0.1), sgd(0.01)]).paths()) == ["SGD 0.1", "SGD 0.01"]
    assert list(Descent(racers=[sgd(), sgd()]).paths()) == ["SGD 1", "SGD 2"]


def test_it_says_what_each_racer_does():
    w = Descent("bowl", racers=[sgd(0.1), sgd(0.3), {"optimizer": "adagrad", "lr": 0.001}])
    assert w.describe() == (
        "descent: Bowl from (-2.5, 1.5), step 200 of 200. "
        "SGD 0.1 (lr 0.1): at the minimum since step 36, loss 1.6e-18; "
        "SGD 0.3 (lr 0.3): diverged after 17 steps; "
        "AdaGrad (lr 0.001): hardly moves at (-2.47, 1.47), loss 14."
    )
    w.step = 0
    assert "SGD 0.1 (lr 0.1): starts at (-2.5, 1.5), loss 14" in w.describe()
    w.step = 5
    assert "SGD 0.1 (lr 0.1): on its way at" in w.describe()
    well = Descent("double_well", racers=[sgd(0.05)])
    assert "at a local minimum since step" in well.describe()
    assert "near a saddle" in Descent("saddle", y=0.0, racers=[sgd(0.1)]).describe()
    assert "left the map at step" in Descent("saddle", racers=[sgd(0.1)], steps=100).describe()


def test_a_change_from_python_keeps_the_rest_fitting():
    w = Descent(racers=[sgd(), sgd(0.1), sgd(0.2)])
    w.selected = 2
    w.racers = [sgd()]
    assert w.selected == 0
    w.steps = 50
    assert w.step == 50
    w.landscape = "beale"
    assert [w.x, w.y] == [1.0, 1.5]


def test_a_message_from_the_page_changes_all_together():
    w = Descent()
    racers = [sgd(), {"optimizer": "adam", "lr": 0.1, "beta1": 0.8, "beta2": 0.99}, sgd(1.0)]
    w.set_state({"selected": 2, "x": 4.25, "y": -4.0, "racers": racers, "landscape": "beale"})
    assert (w.landscape, w.x, w.y, w.selected) == ("beale", 4.25, -4.0, 2)
    assert w.racers == racers


def test_own_landscapes_are_added():
    w = Descent(landscapes.ravine(condition=10), landscapes=["bowl"])
    assert [about["key"] for about in w.offered] == ["ravine", "bowl"]
    assert w.offered[0]["params"]["condition"] == 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"landscape": "bowel"}, "unknown landscape:? 'bowel'.*Did you mean 'bowl'"),
        ({"x": 4}, "x must lie between -3 and 3 for the landscape 'ravine', got 4"),
        ({"racers": []}, "racers must be 1 to 5, got 0"),
        ({"racers": [sgd()] * 6}, "racers must be 1 to 5, got 6"),
        ({"racers": [{"optimizer": "adma"}]}, r'racers\[0\]\["optimizer"\].*mean \'adam\''),
        ({"racers": [sgd(), sgd(0)]}, r'racers\[1\]\["lr"\] must be from 1e-05 to 10, got 0.0'),
        ({"racers": [sgd(11)]}, r'racers\[0\]\["lr"\] must be from'),
        ({"racers": [{"optimizer": "momentum", "beta": 1}]}, r'\["beta"\] must be less than 1'),
        ({"racers": [{"optimizer": "sgd", "beta": 0.9}]}, r"racers\[0\] \(sgd\):? 'beta'"),
        ({"racers": [{"optimizer": "adam", "beta2": -1}]}, r'\["beta2"\] must be at least 0'),
        ({"steps": 0}, "steps must be at least 1"),
        ({"steps": 501}, "steps must be at most 500, got 501"),
        ({"step": 201}, "step must be at most 200, got 201"),
        ({"noise": -0.1}, "noise must be from 0 to 9, got -0.1"),
        ({"noise": float("nan")}, "noise must be finite"),
        ({"landscapes": []}, "at least one landscape"),
    ],
)
def test_it_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        Descent(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [{"racers": "sgd"}, {"racers": ["sgd"]}, {"racers": [{"lr": 1}]}, {"steps": 1.5}]
    + [{"racers": [sgd("fast")]}, {"noise": "loud"}, {"seed": 0.5}],
)
def test_wrong_types(arguments):
    with pytest.raises((TypeError, traitlets.TraitError)):
        Descent(**arguments)


def test_a_refused_value_changes_nothing():
    w = Descent()
    for name, value in [("step", 999), ("racers", []), ("selected", 7), ("noise", -1.0)]:
        before = getattr(w, name)
        with pytest.raises((ValueError, traitlets.TraitError)):
            setattr(w, name, value)
        assert getattr(w, name) == before
