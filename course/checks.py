"""What a graded cell calls. A failure says what was checked, seen, needed, why it matters, where to look.

A graded cell reads::

    from course import checks

    check = checks.Exercise("s03-gp2-burst", look_at="Burst: a bucket of I/O credits")
    seconds = check.call(burst_seconds, 100, 3000, checked="a 100 GiB volume at 3,000 IOPS")
    check.number(
        seconds, 2000, unit="s",
        checked="how long a full bucket lasts on 100 GiB",
        needed="credits divided by what drains them: demand minus baseline",
        why="After that the volume falls back to its baseline and the application crawls.",
        mistakes={1800: "The baseline refills the bucket while you drain it; you left it out."},
    )
    check.done()

Rules that hold everywhere: the type is looked at before the value, and exactly (``type(x) is T``), so that
no ``__eq__`` of the learner's own decides; a check raises `CheckFailed` or returns ``None`` (`Exercise.call`
alone returns a value); the wanted value is never shown unless the author asks for it with ``reveal=True``.
"""

import contextlib
import copy
import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import EllipsisType, NoneType
from typing import Any, NoReturn

from botocore.exceptions import ClientError

LINE_LENGTH = 160
VALUE_LENGTH = 80
PLAIN_SCALARS = (NoneType, bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta)
PLAIN_CONTAINERS = (list, tuple, dict, set, frozenset)
NOT_ANSWERED = "not answered yet"

Mistakes = Mapping[Any, str] | Iterable[tuple[Any, str]]


class CheckFailed(AssertionError):  # noqa: N818 - the name that learners read
    """One property of an answer does not hold. `lines` are the at most five lines that the learner reads.

    ``str()`` is the first line; the others are notes, which a plain Python traceback prints below it. IPython
    and nbclient show the lines alone.
    """

    def __init__(
        self, checked: str, saw: str = "", needed: str = "", why: str = "", look_at: str = ""
    ) -> None:
        labelled = {
            "Checked": checked,
            "Saw": saw,
            "Needed": needed,
            "Why it matters": why,
            "Look at": look_at,
        }
        self.lines = tuple(
            _shorten(f"{label}: {text}", LINE_LENGTH) for label, text in labelled.items() if text
        )
        super().__init__(self.lines[0])
        for line in self.lines[1:]:
            self.add_note(line)

    @property
    def text(self) -> str:
        """The whole failure, one line for each part."""
        return "\n".join(self.lines)

    def _render_traceback_(self) -> list[str]:
        """IPython's documented hook: what to show instead of a traceback."""
        return list(self.lines)


class Exercise:
    """The checks of one graded cell.

    exercise: the exercise's id, as in ``s03-gp2-burst``. look_at: the heading of the topic to read again.
    hidden: True in a hidden graded cell, where `done` says nothing.
    """

    def __init__(self, exercise: str, look_at: str = "", hidden: bool = False) -> None:
        if not re.fullmatch(r"s\d\d(-[a-z0-9]+)+", exercise):
            raise ValueError(f"an exercise id looks like s03-gp2-burst, not {exercise!r}")
        self.exercise = exercise
        self.look_at = look_at
        self.hidden = hidden

    def call(self, fn: Any, /, *args: Any, checked: str = "", why: str = "", **kwargs: Any) -> Any:
        """Call the learner's function (or a boto3 operation) with plain data; return what it returns.

        The arguments are copied, so that a function that changes them cannot change the test. What it prints
        is swallowed: text on stderr would cost nbgrader's points. Whatever it raises becomes a `CheckFailed`;
        only KeyboardInterrupt, which ends a cell that runs too long, passes through.
        """
        checked = checked or f"calling {_name_of(fn)}"
        self._answered(fn, checked, why)
        if not callable(fn):
            self._fail(checked, _described(fn), "a function", why)
        try:
            with _swallowed_output():
                return fn(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        except (Exception, SystemExit) as error:
            saw = _refusal(fn, error, f"{_place(fn, error)}, called as {_call_text(fn, args, kwargs)}")
            self._fail(checked, saw, "a result, without an error", why)

    def kind(self, value: Any, *kinds: type, checked: str, needed: str = "", why: str = "") -> None:
        """The value is exactly of one of these plain types (bool is no int), plain data inside too."""
        if type(value) in kinds:
            odd = _first_odd(value)
            if odd is None:
                return
            place, inner = odd
            self._fail(checked, f"{_described(inner)} at {place}", _conversion(inner, ()), why)
        self._answered(value, checked, why)
        wanted = " or ".join(_article(kind.__name__) for kind in kinds)
        hint = _conversion(value, kinds)
        self._fail(checked, _described(value), f"{needed or wanted}{'; ' + hint if hint else ''}", why)

    def number(
        self,
        value: Any,
        want: float,
        *,
        checked: str,
        unit: str = "",
        rel: float = 1e-6,
        abs: float = 0.0,  # noqa: A002 - math.isclose and pytest.approx call it so
        needed: str = "",
        why: str = "",
        mistakes: Mistakes = (),
        reveal: bool = False,
    ) -> None:
        """The value is a plain number within ``rel`` (relative) or ``abs`` (in `unit`) of `want`.

        mistakes: the number that a misconception leads to, and the sentence that names it. needed: the
        property in words; the wanted number itself appears only with ``reveal=True``.
        """
        self.kind(value, int, float, checked=checked, needed=f"a plain number{_in(unit)}", why=why)
        if _close(value, want, rel, abs):
            return
        right = needed or ("a number, not nan" if value != value else "the number that the task asks for")
        tolerance = f", within {rel:.3g} of it, relatively" if rel >= 1e-3 else ""
        shown = f" = {_show(want)}" if reveal else ""
        why = self._why(value, mistakes, why, lambda wrong: _close(value, wrong, max(rel, 1e-9), abs))
        self._fail(checked, f"{_show(value)} {unit}", f"{right}{shown}{_in(unit)}{tolerance}", why)

    def equal(
        self,
        value: Any,
        want: Any,
        *,
        checked: str,
        needed: str = "",
        why: str = "",
        mistakes: Mistakes = (),
        reveal: bool = False,
    ) -> None:
        """The value is plain data equal to `want`: types first, floats to one part in a billion.

        mistakes: as in `number`; as pairs (wrong value, sentence) where the wrong value cannot be a dict key.
        """
        if want is not None:
            self._answered(value, checked, why)
        difference = _difference(want, value)
        if difference is None:
            return
        place, inner = difference
        saw = _described(value) if not place else f"{_show(value)}; at {place}: {_described(inner)}"
        right = needed or ("this value" if reveal else "the value that the task asks for")
        shown = f": {_show(want)}" if reveal else ""
        why = self._why(value, mistakes, why, lambda wrong: _difference(wrong, value) is None)
        self._fail(checked, saw, f"{right}{shown}", why)

    def that(self, ok: bool, *, checked: str, saw: Any, needed: str, why: str = "") -> None:
        """A property that the graded cell has worked out itself, mostly of the state of the cloud.

        ok: True or False exactly. saw: text as it stands, anything else as its value.
        """
        if type(ok) is not bool:
            raise TypeError(
                f"ok must be True or False, not {_described(ok)}: compare plain values in the cell"
            )
        if not ok:
            self._fail(checked, saw if type(saw) is str else _show(saw), needed, why)

    def raises(
        self,
        fn: Any,
        /,
        *args: Any,
        error: type[BaseException] = ValueError,
        code: str | None = None,
        checked: str,
        why: str = "",
        **kwargs: Any,
    ) -> None:
        """The call is refused with this kind of error (for a ClientError: with this AWS error code)."""
        self._answered(fn, checked, why)
        needed = f"{code or error.__name__} raised"
        if not callable(fn):
            self._fail(checked, _described(fn), needed, why)
        call = _call_text(fn, args, kwargs)
        try:
            with _swallowed_output():
                value = fn(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        except (Exception, SystemExit) as raised:
            if isinstance(raised, error) and (code is None or _code_of(raised) == code):
                return
            self._fail(checked, _refusal(fn, raised, f", called as {call}"), needed, why)
        self._fail(checked, f"no error: {call} returned {_show(value)}", needed, why)

    def choices(
        self,
        answers: Any,
        key: Mapping[str, Any],
        *,
        checked: str,
        reasons: Mapping[str, str | Mapping[Any, str]] | None = None,
        needed: str = "the choice that meets every line of the scenario",
        why: str = "",
    ) -> None:
        """Every pick is right: `answers` is a dict of question to option, `key` one with the right options.

        Only the questions in `key` are looked at. Where the right option is a set, the pick may be a list,
        tuple or set in any order. reasons: question → wrong option → why it is wrong (or one sentence for
        every wrong option), shown for the first wrong pick.
        """
        self.kind(answers, dict, checked=checked, needed="a dict of question to choice", why=why)
        wrong = []
        for question, right in key.items():
            pick = answers.get(question)
            if pick is None or pick == "":
                saw = f"{_show(question)} is {NOT_ANSWERED}"
                self._fail(checked, saw, "a choice for every question", why)
            if not _same_pick(pick, right):
                wrong.append((question, pick))
        if not wrong:
            return
        question, pick = wrong[0]
        count = f" ({len(wrong)} of {len(key)} picks are not right)" if len(key) > 1 else ""
        reason = _reason((reasons or {}).get(question, {}), pick, key[question])
        self._fail(checked, f"{_show(question)}: {_show(pick)}{count}", needed, _joined(reason, why))

    def picks(
        self, answers: Any, questions: Iterable[str], options: Iterable[str], *, checked: str = ""
    ) -> None:
        """Every question has a pick that is one of the options; says nothing about which is right."""
        checked = checked or "a pick for every question, in the words offered"
        self.keys(answers, questions, checked=checked)
        offered = list(options)
        for question, pick in answers.items():
            if type(pick) is not str or pick not in offered:
                self._fail(checked, f"{_show(question)}: {_show(pick)}", f"one of {', '.join(offered)}", "")

    def keys(self, value: Any, names: Iterable[str], *, checked: str = "", why: str = "") -> None:
        """The value is a plain dict with exactly these keys."""
        checked = checked or "the shape of the answer"
        wanted = list(names)
        needed = f"a dict with the keys {', '.join(wanted)}"
        self.kind(value, dict, checked=checked, needed=needed, why=why)
        if sorted(map(repr, value)) != sorted(map(repr, wanted)):
            shown = ", ".join(key if type(key) is str else _described(key) for key in value)
            self._fail(checked, f"the keys {shown or 'none'}", needed, why)

    def done(self) -> None:
        """The end of a visible graded cell: says that its checks passed and what is still to come."""
        if not self.hidden:
            print(f"{self.exercise}: visible checks passed. Hidden checks run when you grade.")

    def _answered(self, value: Any, checked: str, why: str) -> None:
        if value is None:
            self._fail(checked, f"{NOT_ANSWERED} (None: is a return missing?)", "an answer", why)
        if value is ...:
            self._fail(checked, f"{NOT_ANSWERED} (...)", "an answer", why)

    def _why(self, value: Any, mistakes: Mistakes, why: str, matches: Callable[[Any], bool]) -> str:
        pairs = mistakes.items() if isinstance(mistakes, Mapping) else mistakes
        named = next((sentence for wrong, sentence in pairs if matches(wrong)), "")
        return _joined(named, why)

    def _fail(self, checked: str, saw: str, needed: str, why: str) -> NoReturn:
        raise CheckFailed(checked, saw, needed, why, self.look_at) from None


class _Nowhere(io.TextIOBase):
    """A stream that forgets what is written to it."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _swallowed_output() -> Iterator[None]:
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        yield


def _close(value: float, want: float, rel: float, abs: float) -> bool:  # noqa: A002
    """Whether two numbers agree; equal infinities do, nan never does, and no size of int overflows."""
    try:
        return math.isclose(want, value, rel_tol=rel, abs_tol=abs)
    except OverflowError:
        return want == value


def _difference(want: Any, value: Any) -> tuple[str, Any] | None:
    """The first place where plain data differ and what is there in `value`; None if nowhere."""
    if type(want) in (int, float) and type(value) in (int, float):
        return None if _close(value, want, 1e-9, 0.0) else ("", value)
    if type(want) is not type(value):
        return "", value
    if type(want) in (list, tuple):
        inner = ((f"[{i}]", w, v) for i, (w, v) in enumerate(zip(want, value, strict=False)))
        return _first_inside(inner) or (("", value) if len(want) != len(value) else None)
    if type(want) is dict:
        if _first_odd(list(value)) or want.keys() != value.keys():
            return "", value
        return _first_inside((f"[{_show(key)}]", want[key], value[key]) for key in want)
    if type(want) in (set, frozenset) and _first_odd(value):
        return "", value
    return None if want == value else ("", value)


def _first_inside(pairs: Iterable[tuple[str, Any, Any]]) -> tuple[str, Any] | None:
    for place, want, value in pairs:
        difference = _difference(want, value)
        if difference is not None:
            return place + difference[0], difference[1]
    return None


def _first_odd(value: Any, place: str = "", depth: int = 0) -> tuple[str, Any] | None:
    """Where plain data stop being plain, and the odd thing there; None if they are plain throughout."""
    if type(value) in PLAIN_SCALARS:
        return None
    if type(value) not in PLAIN_CONTAINERS or depth > 50:
        return place, value
    items = list(value.items()) if type(value) is dict else list(enumerate(value))
    if type(value) is dict:
        for key in value:
            if type(key) not in (str, int, float, bool, tuple, NoneType):
                return f"{place} (a key)", key
    for key, inner in items:
        odd = _first_odd(inner, f"{place}[{_show(key)}]", depth + 1)
        if odd is not None:
            return odd
    return None


def _same_pick(pick: Any, right: Any) -> bool:
    if type(right) in (set, frozenset):
        return (
            type(pick) in (list, tuple, set, frozenset)
            and len(pick) == len(right)
            and all(any(_difference(one, other) is None for other in pick) for one in right)
        )
    return _difference(right, pick) is None


def _reason(reasons: str | Mapping[Any, str], pick: Any, right: Any) -> str:
    """Why a pick is wrong; for a pick of several, why its first wrong member is."""
    if isinstance(reasons, str):
        return reasons
    several = type(right) in (set, frozenset) and type(pick) in PLAIN_CONTAINERS
    members = [one for one in pick if one not in right] if several else [pick]
    return next((reasons[one] for one in members if type(one) in PLAIN_SCALARS and one in reasons), "")


def _joined(first: str, second: str) -> str:
    """Two sentences where both fit on the line, otherwise the first."""
    if not first or not second:
        return first or second
    both = f"{first}{'' if first.endswith(('.', '!', '?')) else '.'} {second}"
    return both if len(both) + len("Why it matters: ") <= LINE_LENGTH else first


def _refusal(fn: Any, error: BaseException, where: str) -> str:
    """What the learner sees of an error that their call raised."""
    if isinstance(error, NotImplementedError):
        return f"{NOT_ANSWERED} ({_name_of(fn)} raises NotImplementedError)"
    return f"{_error_text(error)}{where}"


def _error_text(error: BaseException) -> str:
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        message = _shorten(str(details.get("Message", "")), VALUE_LENGTH)
        return f"AWS refused {error.operation_name} with {details.get('Code')}: {message}"
    if isinstance(error, RecursionError):
        return "RecursionError: the function calls itself without end"
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be shown)"
    return f"{type(error).__name__}{': ' + _shorten(message, VALUE_LENGTH) if message else ''}"


def _code_of(error: BaseException) -> str | None:
    return error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None


def _place(fn: Any, error: BaseException) -> str:
    """Where in the learner's own code an error arose, as `` (line 4 of the cell, in burst_seconds)``."""
    traceback = error.__traceback__
    file = getattr(getattr(fn, "__code__", None), "co_filename", None)
    place = ""
    while traceback is not None:
        if file is not None and traceback.tb_frame.f_code.co_filename == file:
            place = f" (line {traceback.tb_lineno} of the cell, in {traceback.tb_frame.f_code.co_name})"
        traceback = traceback.tb_next
    return place


def _name_of(fn: Any) -> str:
    name = getattr(fn, "__name__", None)
    return name if type(name) is str else "the answer"


def _call_text(fn: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    shown = [_show(arg, 40) for arg in args]
    shown += [f"{name}={_show(value, 40)}" for name, value in kwargs.items()]
    return f"{_name_of(fn)}({_shorten(', '.join(shown), VALUE_LENGTH)})"


def _described(value: Any) -> str:
    """A value and its type, as ``'30' (a str)``; the type alone where there is nothing to see."""
    if value is None:
        return "None"
    return f"{_show(value)} ({_article(_type_name(value))})"


def _type_name(value: Any) -> str:
    kind = type(value)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__.split('.')[0]}."
    return f"{module}{kind.__qualname__}"


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _in(unit: str) -> str:
    return f", in {unit}" if unit else ""


def _conversion(value: Any, kinds: Sequence[type]) -> str:
    """What to do about a value of the wrong kind; empty where its kind says enough."""
    module = type(value).__module__.split(".")[0]
    if module == "numpy" and getattr(value, "shape", None) == ():
        return "plain Python: wrap it in float(…) or int(…)"
    if module in ("numpy", "pandas"):
        return "plain Python: turn it into one with .tolist() or .to_dict()"
    if type(value) is str and (int in kinds or float in kinds):
        return "a number, not text"
    if type(value) is bool and (int in kinds or float in kinds):
        return "a number, not True or False"
    if not kinds or issubclass(type(value), tuple(kinds)):
        return "plain Python data, not a class of your own"
    return ""


def _show(value: Any, limit: int = VALUE_LENGTH) -> str:
    """A value as one short line, whatever it is: never raises, never runs a __repr__ of the learner's own."""
    kind = type(value)
    if kind is str:
        return repr(_shorten(value, limit - 2))
    if kind is int:
        return repr(value) if -(10**30) < value < 10**30 else f"an int of {value.bit_length()} bits"
    if kind in PLAIN_SCALARS:
        return _shorten(repr(value[:limit] if kind is bytes else value), limit)
    if kind is EllipsisType:
        return "..."
    if kind in PLAIN_CONTAINERS:
        return _show_container(value, limit)
    return _shorten(repr(value) if _small_numpy(value) else f"<{_type_name(value)}>", limit)


def _show_container(value: Any, limit: int) -> str:
    """The first items that fit; a container inside gets half the room, so that a cycle ends."""
    opening, closing = (
        ("[", "]") if type(value) is list else ("(", ")") if type(value) is tuple else ("{", "}")
    )
    if limit < 10:
        return f"{opening}…{closing}"
    parts: list[str] = []
    room = limit
    for item in value:
        if room <= 0:
            break
        part = _show(item, limit // 2)
        parts.append(f"{part}: {_show(value[item], limit // 2)}" if type(value) is dict else part)
        room -= len(parts[-1]) + 2
    left = len(value) - len(parts)
    return f"{opening}{_shorten(', '.join(parts), limit)}{f', … {left} more' if left else ''}{closing}"


def _small_numpy(value: Any) -> bool:
    """A numpy number, whose repr is numpy's own."""
    return (
        type(value).__module__ == "numpy"
        and getattr(value, "shape", None) == ()
        and value.dtype.kind in "biuf"
    )


def _shorten(text: str, limit: int) -> str:
    """One line of printable characters, cut at `limit`."""
    line = "".join(char if char.isprintable() else "?" for char in " ".join(str(text[: limit * 4]).split()))
    return line if len(line) <= limit and len(text) <= limit * 4 else line[: limit - 1].rstrip() + "…"
