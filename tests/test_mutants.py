"""Mutants are made where they should be, each once, and always the same."""

import ast

import pytest

from tests.mutants import mutants


def answer(body: str) -> str:
    lines = [f"    {line}" for line in ("### BEGIN SOLUTION", *body.splitlines(), "### END SOLUTION")]
    return "\n".join(["def f(a, b):", '    """Give 7."""', "    given = 5", *lines])


def made(body: str, choices: bool = False) -> list[str]:
    return [mutant.description.partition("  =>  ")[2] for mutant in mutants(answer(body), choices)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a < b", ["return a <= b"]),
        ("return a != b", ["return a == b"]),
        ("return a not in b", ["return a in b"]),
        ("return a + b", ["return a - b"]),
        ("return a // b", ["return a / b"]),
        ("return min(a, b)", ["return max(a, b)"]),
        ("return math.ceil(a)", ["return math.floor(a)"]),
        ("return a and b", ["return a or b"]),
        ("return not a", ["return a"]),
        ("return True", ["return False"]),
        ("return 7", ["return 8", "return 6", "return 14", "return 0"]),
        ("return 0.5", ["return 1.5", "return -0.5", "return 1.0", "return 0"]),
        ("return 1024", ["return 1025", "return 1023", "return 2048", "return 0", "return 1000"]),
        ("return a[0]", ["return a[1]"]),
        ("return a[:-1]", ["return a[:-2]"]),
        ("a += b", ["a -= b"]),
        ("raise ValueError('x')", ["pass"]),
        ("c.create_volume(Size=a, Encrypted=b)", ["c.create_volume(Encrypted=b)", "c.create_volume(Size=a)"]),
        ("c.get_waiter(a).wait(VolumeIds=b)", []),
        ("g(size_gib=a)", []),
        ("return 'gp2'", []),
    ],
)
def test_each_kind_of_change(body: str, expected: list[str]) -> None:
    assert made(body) == expected


def test_texts_are_swapped_among_the_answers_of_a_choice() -> None:
    body = "return {'a': 'gp2', 'b': 'io2', 'c': 'gp2'}"
    assert made(body, choices=True) == [
        "return {'a': 'io2', 'b': 'io2', 'c': 'gp2'}",
        "return {'a': 'gp2', 'b': 'gp2', 'c': 'gp2'}",
        "return {'a': 'gp2', 'b': 'io2', 'c': 'io2'}",
    ]


def test_only_the_solution_is_changed() -> None:
    for mutant in mutants(answer("return a + 1")):
        assert "given = 5" in mutant.source
        assert "Give 7." in mutant.source
    assert mutants("def f():\n    return 1 + 1") == []


def test_mutants_differ_run_in_order_and_have_names_of_their_own() -> None:
    source = answer("x = 1\nif a < 1:\n    return 1\nreturn 1")
    found = mutants(source)
    assert found == mutants(source)
    assert (
        len({mutant.source for mutant in found})
        == len({mutant.description for mutant in found})
        == len(found)
    )
    for mutant in found:
        ast.parse(mutant.source)


def test_equal_statements_are_numbered() -> None:
    found = [mutant.description for mutant in mutants(answer("if a:\n    return a + b\nreturn a + b"))]
    assert found == ["return a + b  =>  return a - b", "return a + b  =>  return a - b  (2)"]


def test_of_a_long_statement_the_changed_part_is_named() -> None:
    body = "return {" + ", ".join(f"'key_{i}': {i * 3 + 2}" for i in range(20)) + "}"
    descriptions = [mutant.description for mutant in mutants(answer(body))]
    assert len(set(descriptions)) == len(descriptions)
    assert max(map(len, descriptions)) < 200
    assert any("'key_5': 18" in one.partition("=>")[2] for one in descriptions)
