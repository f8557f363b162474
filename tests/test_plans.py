"""The workshop's plans can be kept, and one that cannot is refused."""

import re
from dataclasses import replace

import pytest
import yaml

from coursekit import content
from coursekit.site import outline, plans, timetable
from coursekit.site.entries import OutlineError
from coursekit.site.plans import Block
from coursekit.site.times import hours

BOOK = content.root()
COURSE = outline.load(BOOK)
PLANS = plans.load(BOOK, COURSE)


def test_the_plans_take_ninety_minutes_half_a_day_and_two_days():
    lengths = {name: [day.minutes for day in plan.days] for name, plan in PLANS.items()}
    assert lengths == {"ninety-minutes": [90], "half-day": [210], "two-days": [390, 390]}


def test_the_teachers_path_is_what_the_plans_draw_on():
    used = {page for plan in PLANS.values() for page in plan.pages}
    assert used == {stop.page for stop in COURSE.way("teacher").stops}
    assert {plan.pages[0] for plan in PLANS.values()} == {"gradients/slope"}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_plan_begins_with_setting_up_and_leaves_little_unused(plan):
    first = plan.days[0].blocks[0]
    assert not first.page
    assert first.minutes >= 5
    for day in plan.days:
        assert day.minutes - 20 <= day.used <= day.minutes
        assert not day.blocks[-1].is_break


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_times_on_the_clock_are_the_sums_of_what_came_before(plan):
    for day in plan.days:
        times = [passed for passed, _ in day.clock()]
        ends = [passed + block.minutes for passed, block in day.clock()]
        assert times == [0, *ends[:-1]]
        assert ends[-1] == day.used


def spoiled(name, day, blocks):
    """The plan with other blocks on one of its days."""
    days = list(PLANS[name].days)
    days[day] = replace(days[day], blocks=tuple(blocks))
    return replace(PLANS[name], days=tuple(days))


def faults(name, day, change):
    blocks = list(PLANS[name].days[day].blocks)
    change(blocks)
    return plans.problems(spoiled(name, day, blocks), COURSE)


def longer(blocks):
    blocks[-1] = replace(blocks[-1], minutes=blocks[-1].minutes + 30)


def at(blocks, what):
    return next(i for i, block in enumerate(blocks) if block.what == what or block.page == what)


def test_a_plan_that_overruns_is_told_by_how_much():
    used = PLANS["half-day"].days[0].used + 30
    assert faults("half-day", 0, longer) == [f"day 1 takes {used} minutes and has 210"]


def test_a_plan_without_a_break_is_told_where():
    found = faults("half-day", 0, lambda blocks: blocks.pop(at(blocks, "Break")))
    assert len(found) == 1
    assert re.match(r"day 1 has no break of 10 minutes in the \d+ before \d:\d\d", found[0])


def test_a_break_too_short_is_none():
    def shorten(blocks):
        where = at(blocks, "Break")
        blocks[where] = replace(blocks[where], minutes=5)

    assert "no break of 10 minutes" in faults("half-day", 0, shorten)[0]


def test_a_long_day_without_a_meal_is_refused():
    def hurry(blocks):
        where = at(blocks, "Lunch")
        blocks[where] = replace(blocks[where], minutes=20)

    assert faults("two-days", 1, hurry) == [
        "day 2 is longer than 300 minutes and has no break of 45 for a meal"
    ]


def test_a_chapter_before_what_it_builds_on_is_refused_unless_it_is_told():
    def leave_out(blocks):
        blocks.pop(at(blocks, "descent/update_rule"))

    found = faults("ninety-minutes", 0, leave_out)
    assert found == [
        "descent/learning_rate builds on descent/update_rule, which does not come before it"
    ]

    def tell(blocks):
        leave_out(blocks)
        where = at(blocks, "descent/learning_rate")
        blocks[where] = replace(blocks[where], instead=(("descent/update_rule", "the rule"),))

    assert faults("ninety-minutes", 0, tell) == []


def test_a_section_that_is_not_in_the_notebook_is_refused():
    def rename(blocks):
        where = at(blocks, "gradients/slope")
        blocks[where] = replace(blocks[where], sections=("A loop that climbs",))

    assert faults("ninety-minutes", 0, rename) == [
        "gradients/slope has no section 'A loop that climbs'"
    ]


def test_a_chapter_cannot_be_given_more_than_it_takes_or_next_to_nothing():
    def generous(blocks):
        where = at(blocks, "gradients/slope")
        blocks[where] = replace(blocks[where], minutes=34)

    assert "gradients/slope is given 41 minutes, and takes 35 as a whole" in faults(
        "ninety-minutes", 0, generous
    )

    def hurried(blocks):
        where = at(blocks, "gradients/slope")
        blocks[where] = replace(blocks[where], minutes=7)

    assert faults("ninety-minutes", 0, hurried) == ["gradients/slope: 7 minutes for 4 sections"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda plan: plan["days"][0].update(minutes=60), "ninety-minutes: day 1 takes 88 minutes"),
        (lambda plan: plan.pop("who"), r"plans\[1\]: 'who' is missing"),
        (lambda plan: plan["days"][0]["blocks"][1].pop("minutes"), "takes its own minutes"),
        (lambda plan: plan["days"][0]["blocks"][0].update(minutes=0), "above 0, got 0"),
        (lambda plan: plan["days"][0]["blocks"][1].update(chapter="x/y"), "no chapter 'x/y'"),
    ],
    ids=["overrun", "missing", "minutes", "zero", "chapter"],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, spoil, message):
    data = yaml.safe_load((BOOK / plans.FILE).read_text("utf8"))
    spoil(data["plans"][0])
    (tmp_path / "workshop").mkdir()
    (tmp_path / plans.FILE).write_text(yaml.safe_dump(data), "utf8")
    with pytest.raises(OutlineError, match=message):
        plans.load(tmp_path, COURSE)


def test_a_whole_chapter_takes_the_minutes_of_its_notebook():
    block = next(b for b in PLANS["half-day"].days[0].blocks if b.page and not b.sections)
    assert isinstance(block, Block)
    assert block.minutes == COURSE.chapters[block.page].minutes


def test_every_chapter_has_a_summary_for_the_handout():
    for chapter in COURSE.chapters.values():
        assert "|---" in chapter.notebook.section(timetable.SUMMARY)
    sheets = (BOOK / "workshop" / "handout.md").read_text("utf8")
    for part in COURSE.parts:
        assert f"## {part.number} · {part.title}\n" in sheets
        assert f"```{{part-summaries}} {part.folder}\n" in sheets
    with pytest.raises(OutlineError, match="'Slope' has no section 'At length'"):
        COURSE.chapters["gradients/slope"].notebook.section("At length")


def test_minutes_are_written_as_they_are_said():
    assert [hours(each) for each in (1, 45, 60, 120, 175)] == [
        "1 minute", "45 minutes", "1 hour", "2 hours", "2 h 55 min",
    ]  # fmt: skip
