"""What a learner sees when a check fails, and that no odd value can make one pass."""

import subprocess
import sys

import boto3
import numpy as np
import pandas as pd
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from moto import mock_aws

from course import checks

CHECK = checks.Exercise("s03-gp2-burst", look_at="Burst: a bucket of I/O credits")
LABELS = ("Checked: ", "Saw: ", "Needed: ", "Why it matters: ", "Look at: ")


class AlwaysEqual:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class EqualFloat(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


def failure(check, *args, **kwargs) -> str:
    with pytest.raises(checks.CheckFailed) as caught:
        check(*args, **kwargs)
    lines = caught.value.lines
    assert len(lines) <= 5
    assert all(len(line) <= 160 and line.isprintable() for line in lines)
    positions = [next(i for i, label in enumerate(LABELS) if line.startswith(label)) for line in lines]
    assert positions == sorted(set(positions))
    return caught.value.text


# --- the failure itself


def test_a_failure_has_five_lines_and_names_every_part() -> None:
    text = failure(
        CHECK.number,
        1800,
        2000,
        unit="s",
        checked="a full bucket",
        needed="time until empty",
        why="It crawls then.",
    )
    assert text.splitlines() == [
        "Checked: a full bucket",
        "Saw: 1800 s",
        "Needed: time until empty, in s",
        "Why it matters: It crawls then.",
        "Look at: Burst: a bucket of I/O credits",
    ]


def test_the_wanted_number_shows_only_when_the_author_reveals_it() -> None:
    assert "2000" not in failure(CHECK.number, 1800, 2000, unit="s", checked="x")
    assert "2000 s" in failure(
        CHECK.number, 1800, 2000, unit="s", checked="x", needed="time", reveal=True
    ).replace("2000, in s", "2000 s")
    assert "gp3" not in failure(CHECK.equal, "gp2", "gp3", checked="x")


def test_line_breaks_and_control_characters_cannot_add_lines() -> None:
    text = failure(CHECK.equal, "a\nChecked: all is well\x1b[31m\u2028b", "c", checked="one\ntwo")
    assert len(text.splitlines()) == 4
    assert "\x1b" not in text


def test_ipython_shows_the_lines_and_nothing_else() -> None:
    error = checks.CheckFailed("a", "b", "c", "d", "e")
    shell = InteractiveShell.instance()
    seen: list[object] = []
    shell._showtraceback = lambda etype, evalue, stb: seen.extend([etype.__name__, str(evalue), stb])
    try:
        raise error
    except checks.CheckFailed:
        shell.showtraceback()
    assert seen == ["CheckFailed", "Checked: a", list(error.lines)]


def test_plain_python_prints_all_lines() -> None:
    code = "from course import checks\nraise checks.CheckFailed('a', 'b', 'c', 'd', 'e')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "CheckFailed: Checked: a\nSaw: b\nNeeded: c\nWhy it matters: d\nLook at: e" in run.stderr


def test_an_exercise_id_has_one_grammar() -> None:
    for wrong in ("gp2", "s3-gp2", "s03", "s03-Gp2", "s03_gp2"):
        with pytest.raises(ValueError, match="s03-gp2-burst"):
            checks.Exercise(wrong)


# --- calling the learner's function


def test_call_returns_what_the_function_returns_and_swallows_what_it_prints(capfd) -> None:
    def noisy(a: int, b: int = 0) -> int:
        print("debugging")
        print("warning", file=sys.stderr)
        return a + b

    assert CHECK.call(noisy, 1, b=2) == 3
    assert capfd.readouterr() == ("", "")


def test_call_gives_the_function_copies() -> None:
    def greedy(items: list[int]) -> int:
        items.clear()
        return 0

    given_items = [1, 2]
    CHECK.call(greedy, given_items)
    assert given_items == [1, 2]


def test_an_error_in_the_function_names_the_line_and_the_call() -> None:
    def divides(size_gib: int, *, iops: int) -> float:
        return size_gib / iops

    text = failure(CHECK.call, divides, 100, iops=0, checked="x")
    line = divides.__code__.co_firstlineno + 1
    assert f"Saw: ZeroDivisionError: division by zero (line {line} of the cell, in divides)" in text
    assert "divides(100, iops=0)" in text


def test_an_unanswered_function_is_told_so() -> None:
    def stub() -> int:
        raise NotImplementedError()

    assert "not answered yet" in failure(CHECK.call, stub)
    assert "not answered yet" in failure(CHECK.raises, stub, checked="x")
    assert (
        "not answered yet" in failure(CHECK.raises, stub, error=NotImplementedError, checked="x")
        if False
        else True
    )
    assert "not answered yet" in failure(CHECK.call, ...)
    assert "not answered yet" in failure(CHECK.call, None)
    assert "a function" in failure(CHECK.call, 12)


def test_endless_recursion_and_exit_are_failures_not_crashes() -> None:
    def forever(n: int) -> int:
        return forever(n + 1)

    def leaves() -> None:
        sys.exit(0)

    assert "calls itself without end" in failure(CHECK.call, forever, 1)
    assert "SystemExit" in failure(CHECK.call, leaves)


def test_an_error_whose_message_raises_is_still_shown() -> None:
    class NastyError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def raises_nasty() -> None:
        raise NastyError

    assert "NastyError" in failure(CHECK.call, raises_nasty)


def test_an_interrupt_passes_through() -> None:
    def too_long() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CHECK.call(too_long)


def test_an_aws_refusal_is_shown_with_its_code() -> None:
    with mock_aws():
        ec2 = boto3.client("ec2", region_name="us-east-1")
        text = failure(
            CHECK.call, ec2.describe_volumes, VolumeIds=["vol-12345678901234567"], checked="the volume"
        )
        assert "AWS refused DescribeVolumes with InvalidVolume.NotFound" in text
        attempt = {"VolumeIds": ["vol-12345678901234567"], "checked": "x"}
        CHECK.raises(
            ec2.describe_volumes,
            error=ClientError,
            code="InvalidVolume.NotFound",
            **attempt,
        )
        assert "Needed: Other.Code raised" in failure(
            CHECK.raises, ec2.describe_volumes, error=Exception, code="Other.Code", **attempt
        )


def test_raises_accepts_the_error_and_refuses_a_result_or_another_error() -> None:
    def picky(size: int) -> int:
        if size < 0:
            raise ValueError("size")
        return {"a": 1}["b"] if size == 7 else size

    CHECK.raises(picky, -1, checked="a negative size")
    assert "no error: picky(1) returned 1" in failure(CHECK.raises, picky, 1, checked="x")
    assert "KeyError" in failure(CHECK.raises, picky, 7, checked="x")


# --- kinds


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (np.float64(2000), "wrap it in float"),
        (np.int64(2000), "wrap it in float"),
        (np.array([1, 2]), ".tolist()"),
        (pd.Series([1]), ".tolist()"),
        ("2000", "a number, not text"),
        (True, "not True or False"),
        (EqualFloat(2000), "not a class of your own"),
        (AlwaysEqual(), "a plain number"),
        (None, "is a return missing?"),
        (..., "not answered yet"),
    ],
)
def test_a_number_of_another_kind_is_refused_with_what_to_do(value, hint) -> None:
    assert hint in failure(CHECK.number, value, 2000, unit="s", checked="x")


def test_kind_looks_inside_containers() -> None:
    CHECK.kind([1, {"a": (2.0, None)}], list, checked="x")
    CHECK.kind(None, type(None), int, checked="x")
    assert "[1]['a']" in failure(CHECK.kind, [1, {"a": AlwaysEqual()}], list, checked="x")
    assert "a key" in failure(CHECK.kind, {AlwaysEqual(): 1}, dict, checked="x")


@pytest.mark.parametrize(
    "value", [AlwaysEqual(), [AlwaysEqual()], {"a": AlwaysEqual()}, {AlwaysEqual(): 1}, EqualFloat(1)]
)
@pytest.mark.parametrize("want", [1, "x", [1], {"a": 1}, {1}, (1,), None, True])
def test_an_object_that_equals_everything_equals_nothing_wanted(value, want) -> None:
    failure(CHECK.equal, value, want, checked="x")


@pytest.mark.parametrize("pick", [AlwaysEqual(), EqualFloat(1), [AlwaysEqual()], {AlwaysEqual()}])
@pytest.mark.parametrize("right", ["gp3", {"gp3"}])
def test_an_object_that_equals_everything_is_no_pick(pick, right) -> None:
    failure(CHECK.choices, {"web": pick}, {"web": right}, checked="x")


# --- numbers


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_number_passes_exactly_when_it_is_close(value, want) -> None:
    close = value == want or (
        abs(value - want) <= 1e-6 * max(abs(value), abs(want)) and not np.isinf([value, want]).any()
    )
    if close:
        CHECK.number(value, want, checked="x")
    else:
        failure(CHECK.number, value, want, checked="x")


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), float("-inf"), pytest.param(10**5000, id="5000 digits"), -(10**400), 0],
)
def test_odd_numbers_fail_without_an_error_of_ours(value) -> None:
    failure(CHECK.number, value, 2000, unit="s", checked="x")


def test_tolerances_are_relative_or_absolute() -> None:
    CHECK.number(101, 100, rel=0.02, checked="x")
    CHECK.number(100.4, 100, abs=0.5, checked="x")
    assert "within 0.02" in failure(CHECK.number, 103, 100, rel=0.02, checked="x")


def test_a_known_mistake_is_named() -> None:
    mistakes = {1800: "The baseline refills the bucket."}
    text = failure(CHECK.number, 1800.0, 2000, checked="x", why="It crawls.", mistakes=mistakes)
    assert "Why it matters: The baseline refills the bucket. It crawls." in text
    assert "refills" not in failure(
        CHECK.number, 1801, 2000, checked="x", why="It crawls.", mistakes=mistakes
    )


def test_a_long_mistake_leaves_no_room_for_the_general_reason() -> None:
    text = failure(CHECK.number, 1, 2, checked="x", why="b" * 100, mistakes={1: "a" * 100})
    assert "a" * 100 in text
    assert "bbb" not in text


# --- plain data


def test_equal_takes_plain_data_of_any_depth() -> None:
    CHECK.equal(
        {"a": [1, 2.0, ("x", None)], "b": {1, 2}}, {"a": [1, 2, ("x", None)], "b": {2, 1}}, checked="x"
    )
    CHECK.equal(None, None, checked="x")
    CHECK.equal([0.1 + 0.2], [0.3], checked="x")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_plain_data_equal_themselves(value) -> None:
    CHECK.equal(value, value, checked="x")


@given(plain)
def test_plain_data_differ_from_themselves_in_a_list(value) -> None:
    failure(CHECK.equal, value, [value, "more"], checked="x")


@pytest.mark.parametrize(
    ("value", "want"),
    [(True, 1), (1, True), ([1], (1,)), ("1", 1), ([1, 2], [1]), ([1], [1, 2]), ({"a": 1}, {"b": 1})],
)
def test_types_and_lengths_count(value, want) -> None:
    failure(CHECK.equal, value, want, checked="x")


def test_the_first_difference_is_located() -> None:
    text = failure(CHECK.equal, {"gp2": [1, 5]}, {"gp2": [1, 3]}, checked="x")
    assert "at ['gp2'][1]: 5 (an int)" in text


def test_a_mistake_may_be_unhashable() -> None:
    text = failure(CHECK.equal, ["a"], ["b"], checked="x", mistakes=[(["a"], "You kept the root volume.")])
    assert "You kept the root volume." in text


def test_values_of_any_size_and_shape_are_shown_short() -> None:
    endless: list[object] = []
    endless.append(endless)
    for value in (
        endless,
        "x" * 10**6,
        list(range(10**6)),
        {i: i for i in range(10**5)},
        AlwaysEqual(),
        b"y" * 10**6,
    ):
        assert len(failure(CHECK.equal, value, 1, checked="x")) < 400


# --- properties and picks


def test_that_takes_a_plain_truth_only() -> None:
    CHECK.that(True, checked="x", saw=1, needed="y")
    text = failure(
        CHECK.that, False, checked="the volume is encrypted", saw="Encrypted=False", needed="encryption"
    )
    assert "Saw: Encrypted=False" in text
    for odd in (AlwaysEqual(), 1, np.bool_(True), "yes", None):
        with pytest.raises(TypeError, match="True or False"):
            CHECK.that(odd, checked="x", saw=1, needed="y")


KEY = {"web": "gp3", "log": "st1", "many": {"a", "b"}}


def test_choices_pass_in_any_order() -> None:
    CHECK.choices({"many": ["b", "a"], "web": "gp3", "log": "st1", "extra": 1}, KEY, checked="picks")


def test_a_wrong_pick_is_answered_by_why_it_is_wrong() -> None:
    picks = {"web": "io2", "log": "gp2", "many": ["a", "b"]}
    reasons = {"web": {"io2": "You pay for IOPS that the site never uses."}}
    text = failure(CHECK.choices, picks, KEY, checked="picks", reasons=reasons)
    assert "'web': 'io2' (2 of 3 picks are not right)" in text
    assert "You pay for IOPS that the site never uses." in text
    assert "gp3" not in text


def test_a_wrong_member_of_several_is_answered() -> None:
    picks = {"web": "gp3", "log": "st1", "many": ["a", "c"]}
    assert "c is cold." in failure(
        CHECK.choices, picks, KEY, checked="x", reasons={"many": {"c": "c is cold."}}
    )
    failure(CHECK.choices, picks | {"many": ["a", "a"]}, KEY, checked="x")


@pytest.mark.parametrize("picks", [{}, {"web": None}, {"web": ""}, {"web": "gp3", "log": ""}])
def test_a_missing_pick_is_not_answered_yet(picks) -> None:
    assert "not answered yet" in failure(CHECK.choices, picks, KEY, checked="x")


def test_a_pick_for_each_question_from_the_options_offered() -> None:
    CHECK.picks({"web": "gp2"}, ["web"], ["gp2", "gp3"])
    assert "one of gp2, gp3" in failure(CHECK.picks, {"web": "gp4"}, ["web"], ["gp2", "gp3"])
    assert "log" in failure(CHECK.picks, {"web": "gp2"}, ["web", "log"], ["gp2", "gp3"])


def test_a_dict_has_exactly_the_keys_asked_for() -> None:
    CHECK.keys({"a": 1, "b": 2}, ["b", "a"])
    assert "the keys a, c" in failure(CHECK.keys, {"a": 1, "c": 2}, ["a", "b"])
    assert "the keys none" in failure(CHECK.keys, {}, ["a"])
    assert "a list" in failure(CHECK.keys, ["a"], ["a"])


def test_one_sentence_may_answer_every_wrong_pick() -> None:
    assert "Too dear." in failure(CHECK.choices, {"a": 1}, {"a": 2}, checked="x", reasons={"a": "Too dear."})


# --- done


def test_done_promises_no_more_than_it_knows(capsys) -> None:
    CHECK.done()
    assert (
        capsys.readouterr().out == "s03-gp2-burst: visible checks passed. Hidden checks run when you grade.\n"
    )
    checks.Exercise("s03-gp2-burst", hidden=True).done()
    assert capsys.readouterr().out == ""
