"""Every example in `examples.AWS_EXAMPLES`, one test each, named after what AWS prints and where."""

from __future__ import annotations

import pytest

from tests.services import examples


@pytest.mark.parametrize(
    "example", examples.AWS_EXAMPLES, ids=[f"{e.what} [{e.source}]" for e in examples.AWS_EXAMPLES]
)
def test_aws_example(example: examples.Example) -> None:
    example.reproduced()


def test_the_list_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    examples.main()
    out = capsys.readouterr().out
    assert f"{len(examples.AWS_EXAMPLES)} examples reproduced" in out
    assert "EFS user guide of 2020" in out


def test_a_wrong_number_is_caught() -> None:
    wrong = examples.Example("nowhere", "gp2 100 GiB: baseline", lambda: 301, 300)
    with pytest.raises(AssertionError, match="gp2 100 GiB"):
        wrong.reproduced()
