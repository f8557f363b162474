"""The browser's racers take coursekit's steps, and the widget's two halves say the same of them."""

import json

import numpy as np
import pytest

from coursekit import landscapes
from coursekit.descent import descend
from coursekit.widgets.offers import about
from coursekit.widgets.racers import KINDS, NoisyLandscape, checked_racers, optimizer_of
from coursekit.widgets.standings import standing
from tests.tools import numerics

STEPS = 200
EACH = 25  # random races for each optimizer on each landscape, a part of them with noise

SCRIPT = """
import { landscape } from "./landscapes.js";
import { run, status } from "./race.js";
import { optimizers } from "./optimizers.js";
import { readFileSync } from "node:fs";
const asked = JSON.parse(readFileSync(0, "utf8"));
const told = asked.races.map(({ about, start, racer, noise, looks }) => {
  const land = landscape(about.name, about.params);
  const way = run(land, start, racer, { steps: asked.steps, noise, normals: asked.normals });
  return { ...way, said: looks.map((step) => status(way, step, about)) };
});
process.stdout.write(JSON.stringify({ names: Object.keys(optimizers), told }));
"""
LARGEST_RATE = {
    "rosenbrock": {"sgd": 1e-3, "momentum": 2e-4, "nesterov": 2e-4},
    "beale": {"sgd": 1e-4, "momentum": 1e-5, "nesterov": 1e-5},
    "himmelblau": {"sgd": 5e-3, "momentum": 1e-3, "nesterov": 1e-3},
    "rastrigin": {"sgd": 1.5e-3, "momentum": 5e-4, "nesterov": 5e-4},
}
USUAL_RATE = {"sgd": 0.03, "momentum": 0.02, "nesterov": 0.02}
NUDGE = 1e-9


def calm(land, noise, start, racer, path):
    """Whether nudged gradients lead nearly the same way: where they do not, round-off grows as well."""
    nudged = noise + NUDGE * np.random.default_rng(0).standard_normal((STEPS, 2))
    objective = NoisyLandscape(land, 1.0, nudged)
    nudged_start = np.add(start, [NUDGE, -NUDGE])
    other = descend(objective, nudged_start, optimizer_of(racer), STEPS, progress=False)
    if other.steps != path.steps:
        return False
    size = max(1, np.abs(path.positions).max())
    return np.abs(other.positions - path.positions).max() <= 8 * NUDGE * size


@pytest.fixture(scope="module")
def races():
    rng = np.random.default_rng(20240815)
    normals = rng.standard_normal(2 * STEPS).round(4)
    found, calms = [], []
    for name in landscapes.names():
        for optimizer, (_, betas) in KINDS.items():
            for i in range(EACH):
                land = landscapes.get(name)
                most = LARGEST_RATE.get(name, USUAL_RATE).get(optimizer, 0.3)
                low = [0.3, 0.99][len(betas) == 2]  # Adam's averages are longer
                settings = {key: rng.uniform(low - 0.3, 0.99) for key in betas}
                lr = max(1e-5, most * 10 ** rng.uniform(-2, 0))
                racer = checked_racers([{"optimizer": optimizer, "lr": lr, **settings}])[0]
                noise = [0.0, 0.5][i % 2]
                start = [rng.uniform(*axis) for axis in land.domain]
                objective = NoisyLandscape(land, noise, normals) if noise else land
                path = descend(objective, start, optimizer_of(racer), STEPS, progress=False)
                calms.append(calm(land, noise * normals.reshape(-1, 2), start, racer, path))
                looks = [0, *(int(t) for t in rng.integers(1, STEPS + 1, 4)), STEPS]
                found.append((land, racer, noise, start, path, looks))
    return normals.tolist(), found, calms


@pytest.fixture(scope="module")
def told(races):
    normals, found, _ = races
    sent = [
        {"about": about(land.name, land), "start": start, "racer": racer, "noise": noise}
        | {"looks": looks}
        for land, racer, noise, start, _, looks in found
    ]
    return numerics(SCRIPT, {"steps": STEPS, "normals": normals, "races": sent})


def test_same_optimizers(told):
    assert told["names"] == list(KINDS)


def test_the_paths_are_equal(races, told):
    worst, compared = {}, {}
    for (land, racer, noise, _, path, _), way, near in zip(
        races[1], told["told"], races[2], strict=True
    ):
        if not near:
            continue
        assert way["last"] == path.steps, (land, racer)
        mine = np.column_stack([path.positions, path.losses])
        theirs = np.array([way["xs"], way["ys"], way["losses"]], dtype=float).T
        assert mine.shape == theirs.shape
        usable = np.isfinite(theirs).all(axis=1)  # JSON has no infinity
        off = np.abs(mine - theirs)[usable] / np.maximum(1, np.abs(mine[usable]))
        key = (land.name, racer["optimizer"])
        worst[key] = max(worst.get(key, (0,)), (off.max(), noise, str(racer)))
        compared[key] = compared.get(key, 0) + 1
    # Of each optimizer on each landscape, several races; of all races, most.
    assert len(compared) == len(landscapes.names()) * len(KINDS)
    assert min(compared.values()) >= 5
    assert sum(compared.values()) >= 0.8 * len(races[1])
    print(sum(compared.values()), min(compared.values()), max(c[0] for c in worst.values()))
    assert {key: case for key, case in worst.items() if case[0] > 1e-12} == {}


def test_the_same_is_said_of_them(races, told):
    seen = set()
    for (land, racer, _, _, path, looks), way, near in zip(
        races[1], told["told"], races[2], strict=True
    ):
        if not near:
            continue
        for step, theirs in zip(looks, way["said"], strict=True):
            mine = standing(path, step, land)
            assert mine.verdict == theirs["verdict"], (land, racer, step)
            assert mine.at == theirs["at"]
            if mine.since is not None:
                assert mine.since == theirs["since"], (land, racer, step, mine)
            seen.add(mine.verdict)
    assert seen >= {"left", "minimum", "local", "start", "still", "rising", "falling"}


def test_a_race_that_overflows_ends_in_both(races):
    land = landscapes.get("ravine")
    racer = {"optimizer": "sgd", "lr": 0.5}
    path = descend(land, land.start, optimizer_of(racer), STEPS, progress=False)
    assert standing(path, STEPS, land).verdict == "diverged"
    code = (
        'import { landscape } from "./landscapes.js"; import { run, status } from "./race.js";'
        f"const about = {json.dumps(about('ravine', land))};"
        f"const way = run(landscape('ravine', about.params), about.start, {json.dumps(racer)},"
        f" {{ steps: {STEPS}, noise: 0, normals: [] }});"
        f"process.stdout.write(JSON.stringify([way.last, status(way, {STEPS}, about)]));"
    )
    last, said = numerics(code)
    assert last == path.steps
    assert said == {"verdict": "diverged", "at": path.steps, "since": path.steps}
