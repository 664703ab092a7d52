"""Draws repeat, stay in bounds and are spread as promised."""

from __future__ import annotations

from collections import Counter

import pytest

from caretally.synthetic.dice import Dice, spread


def test_the_same_seed_draws_the_same_on_every_platform() -> None:
    dice = Dice(7, 3, "clinic")
    assert [dice.below(1000) for _ in range(8)] == [455, 531, 386, 815, 100, 777, 690, 179]


@pytest.mark.parametrize("seed", [(1,), (1, 1), ("1", "11"), (11, 1)])
def test_seeds_that_look_alike_draw_apart(seed: tuple[int | str, ...]) -> None:
    draws = [Dice(*seed).below(1 << 30), Dice(1, 2).below(1 << 30)]
    assert len(set(draws)) == 2


def test_draws_reach_both_bounds_and_never_pass_them() -> None:
    dice = Dice("bounds")
    assert {dice.between(-1, 2) for _ in range(200)} == {-1, 0, 1, 2}
    assert {dice.below(3) for _ in range(200)} == {0, 1, 2}
    assert {dice.hump(5, 8) for _ in range(400)} == {5, 6, 7, 8}
    assert {dice.hump(4, 4) for _ in range(5)} == {4}


def test_a_hump_is_highest_in_the_middle() -> None:
    dice = Dice("hump")
    drawn = Counter(dice.hump(0, 10) for _ in range(5_000))
    assert drawn[5] > 3 * drawn[0]
    assert abs(sum(value * times for value, times in drawn.items()) / 5_000 - 5) < 0.2


def test_a_chance_comes_true_as_often_as_said() -> None:
    dice = Dice("chance")
    assert 150 < sum(dice.chance(20) for _ in range(10_000)) < 250
    assert not any(dice.chance(0) for _ in range(1_000))
    assert all(dice.chance(1000) for _ in range(1_000))


def test_some_of_draws_without_repeating_and_no_more_than_there_are() -> None:
    dice = Dice("some")
    assert sorted(dice.some_of(5, 3, 7)) == [3, 4, 5, 6, 7]
    assert sorted(dice.some_of(50, 1, 3)) == [1, 2, 3]
    assert dice.some_of(0, 1, 3) == []


def test_spread_repeats_every_item_by_its_weight() -> None:
    assert spread(("a", 2), ("b", 1)) == ("a", "a", "b")
