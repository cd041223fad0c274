"""What readers get from a figure: one look, alternative text, the numbers, and nothing twice."""

import re
import subprocess
import sys
from pathlib import Path

import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert import HTMLExporter

from course import charts

X = np.linspace(0, 10, 41)
ALT = "The first line rises from 0 to 10, the second stays at 4."
LABELS = {"title": "One rises", "xlabel": "Time (h)", "ylabel": "IOPS"}
ROOT = Path(__file__).parents[1]


@pytest.fixture
def displayed(monkeypatch) -> list[dict[str, object]]:
    """The mime bundles that a call displays."""
    bundles: list[dict[str, object]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw=False: bundles.append(bundle))
    return bundles


def two_lines(**kwargs):
    return charts.line(X, {"rising": X, "flat": X * 0 + 4}, **(LABELS | kwargs))


# --- the look


def test_series_differ_in_colour_and_in_shape() -> None:
    looks = [charts.series_style(i) for i in range(7)]
    for field in ("colour", "marker", "hatch"):
        assert len({getattr(look, field) for look in looks}) == 7
    lines = two_lines().get_lines()
    assert len({one.get_color() for one in lines}) == len({one.get_marker() for one in lines}) == 2


def test_importing_and_plotting_changes_no_global_setting() -> None:
    code = (
        "import sys, matplotlib as m\n"
        "settings = lambda: {key: m.rcParams[key] for key in m.rcParams if key != 'backend'}\n"
        "before = settings()\n"
        "from course import charts; charts.line([1, 2], {'a': [1, 2]}, title='t', xlabel='x', ylabel='y')\n"
        "assert settings() == before and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_plot_of_your_own_may_borrow_the_look() -> None:
    with charts.style():
        assert mpl.rcParams["axes.titlelocation"] == "left"
    assert mpl.rcParams["axes.titlelocation"] == "center"


def test_axes_are_one_or_a_list() -> None:
    assert charts.axes().get_title() == ""
    assert len(charts.axes(rows=2, columns=2)) == 4


# --- show


def test_show_gives_text_and_numbers_and_no_second_figure(displayed) -> None:
    figure, ax = plt.subplots()
    ax.plot([1, 2], [3.14159, 4], label="cost")
    charts.show(ax, alt=ALT)
    assert not plt.fignum_exists(figure.number)
    (bundle,) = displayed
    assert f'alt="{ALT}"' in bundle["text/html"]
    assert "<summary>The figure: the numbers as a table</summary>" in bundle["text/html"]
    assert bundle["text/plain"].startswith(f"Figure: {ALT}")
    assert "3.142" in bundle["text/plain"]


def test_alternative_text_is_escaped_and_demanded() -> None:
    html = charts._image(two_lines().figure, 'A "quoted" <alternative> text')
    assert 'alt="A &quot;quoted&quot; &lt;alternative&gt; text"' in html
    for missing in ("", "   ", "plot"):
        with pytest.raises(ValueError, match="alt has to say"):
            charts.show(two_lines(), alt=missing)


def test_a_table_of_its_own_replaces_the_lines_numbers(displayed) -> None:
    charts.show(two_lines(), alt=ALT, table=pd.DataFrame({"what": ["break-even"], "value": [1234.5678]}))
    assert "1,235" in displayed[0]["text/html"]
    assert "rising" not in displayed[0]["text/plain"]


def test_a_long_table_is_sampled_from_first_to_last(displayed) -> None:
    charts.show(charts.line(range(1000), {"a": range(1000)}, **LABELS), alt=ALT)
    assert f"({charts.TABLE_ROWS} of 1,000 rows)" in displayed[0]["text/html"]
    assert displayed[0]["text/plain"].splitlines()[-1].split() == ["999", "999"]


def test_the_same_figure_is_the_same_bytes() -> None:
    assert charts._image(two_lines().figure, ALT) == charts._image(two_lines().figure, ALT)


def test_a_table_has_a_caption(displayed) -> None:
    charts.table(pd.DataFrame({"type": ["gp3"], "usd": [0.08]}), caption="Prices & sizes")
    assert "<caption>Prices &amp; sizes</caption>" in displayed[0]["text/html"]
    assert "0.08" in displayed[0]["text/plain"]


def test_bars_carry_their_values_and_their_numbers() -> None:
    ax = charts.bars(
        {"gp3": {"storage": 40, "IOPS": 10}, "io2": {"storage": 62.5}}, title="A month", ylabel="USD"
    )
    assert [text.get_text() for text in ax.texts] == ["50", "62.5"]
    numbers = charts._numbers(ax)
    assert numbers.loc["io2", "storage"] == 62.5
    assert numbers.loc["gp3", "IOPS"] == 10
    assert len({bar.get_hatch() for bar in ax.patches}) == 2
    single = charts._numbers(charts.bars({"a": 1, "b": 2}, title="A month", ylabel="USD"))
    assert list(single["USD"]) == [1, 2]


# --- crossings, frontier


@given(slope=st.floats(0.1, 10), level=st.floats(1, 20))
def test_two_straight_lines_cross_where_algebra_says(slope, level) -> None:
    x = np.linspace(0, 300, 301)
    found = charts.crossings(x, {"rising": slope * x, "flat": level + 0 * x})
    assert [(pytest.approx(level / slope, abs=1e-6), pytest.approx(level, abs=1e-6), "flat")] == found


def test_lines_that_never_cross_or_are_missing_have_no_crossing() -> None:
    assert charts.crossings(X, {"a": X, "b": X + 1}) == []
    assert charts.crossings(X, {"a": X * np.nan, "b": X}) == []
    assert charts.crossings(X, {"a": np.where(X < 5, X, np.nan), "b": X + 1}) == []


def test_break_even_names_what_is_cheaper_from_where() -> None:
    ax = charts.break_even(X, {"rising": X, "flat": X * 0 + 4}, at="{:.0f} h", **LABELS)
    (label,) = ax.texts
    assert label.get_text() == "from 4 h: flat"
    assert (label.get_ha(), label.get_va()) == ("left", "top")


def test_the_label_of_a_break_even_keeps_clear_of_a_falling_line() -> None:
    ax = charts.break_even(X, {"flat": X * 0 + 4, "falling": 8 - X}, **LABELS)
    (label,) = ax.texts
    assert (label.get_text(), label.get_ha()) == ("from 4: falling", "right")


@pytest.mark.parametrize("log", [False, True])
def test_the_frontier_shades_the_cheapest_of_those_that_can(log) -> None:
    table = pd.DataFrame(
        [
            (kind, iops, cost if cost else np.nan)
            for kind, iops, cost in [
                ("gp3", 1000, 10),
                ("gp3", 2000, 20),
                ("gp3", 3000, 0),
                ("io2", 1000, 30),
                ("io2", 2000, 15),
                ("io2", 3000, 40),
            ]
        ],
        columns=["kind", "iops", "usd_per_month"],
    )
    ax = charts.cost_by_iops(table, size_gib=500, log=log)
    assert ax.get_title(loc="left").endswith("for 500 GiB")
    assert [text.get_text() for text in ax.texts] == ["gp3", "io2"]
    wide = table.pivot(index="iops", columns="kind", values="usd_per_month")
    assert charts._lowest_spans(wide) == [(0, 1000.0, 1800.0), (1, 1800.0, 3000.0)]
    assert ax.get_legend().get_title().get_text() == "Volume type"


def test_shades_of_the_frontier_touch_where_lines_meet_or_end() -> None:
    nan = np.nan
    wide = pd.DataFrame(
        {
            "a": [1, 100, nan, nan, nan],
            "b": [10, 10, 10, nan, nan],
            "c": [nan, nan, nan, nan, 5],
            "d": [nan] * 5,
        },
        index=[1, 100, 1_000, 10_000, 100_000],
    )
    # 1 + 99 (x - 1) / 99 is 10 at x = 10, on straight lines as in powers of ten.
    for log in (False, True):
        spans = charts._lowest_spans(wide, log)
        assert [index for index, *_ in spans] == [0, 1, 2]
        assert spans[0][1:] == (1, pytest.approx(10))
        assert spans[1][1:] == (pytest.approx(10), pytest.approx(1_000))
        assert spans[2][1:] == (pytest.approx(100_000), pytest.approx(100_000))
    ends = pd.DataFrame({"gp3": [40, 50, nan], "io2": [70, 80, 90]}, index=[10, 80_000, 128_000])
    assert charts._lowest_spans(ends) == [(0, 10, 80_000), (1, 80_000, 128_000)]


@pytest.mark.parametrize("log", [False, True])
def test_names_of_the_frontier_stay_inside_of_the_axes(log) -> None:
    """The first stretch is too narrow for its name, which stands upright and covers no tick label."""
    x = [1, 1.1, 1.2, 1000]
    table = pd.DataFrame(
        {
            "kind": ["sc1"] * 4 + ["gp3"] * 4,
            "iops": [*x, *x],
            "usd_per_month": [1, 1, 9, 9, 5, 5, 5, 5],
        }
    )
    ax = charts.cost_by_iops(table, log=log)
    ax.figure.draw_without_rendering()
    inside = ax.get_window_extent()
    first, second = ax.texts
    assert (first.get_rotation(), second.get_rotation()) == (90, 0)
    for text in (first, second):
        box = text.get_window_extent()
        assert inside.x0 - 2 <= box.x0
        assert box.x1 <= inside.x1 + 2


# --- Section 3


def test_the_bucket_has_two_panels_over_one_time() -> None:
    run = pd.DataFrame(
        {
            "second": [0, 60, 120],
            "demand_iops": [3000] * 3,
            "delivered_iops": [3000, 3000, 300],
            "burst_balance_percent": [100, 50, 0],
        }
    )
    above, below = charts.burst_bucket(run)
    assert list(charts._numbers(above)["Delivered"]) == [3000, 3000, 300]
    assert list(charts._numbers(below).index) == [0, 1, 2]
    assert "minutes" in below.get_xlabel()


def test_a_break_even_in_powers_of_ten_marks_where_the_cheapest_changes() -> None:
    reads = np.geomspace(0.1, 100, 400)
    ax = charts.break_even(
        reads,
        {"IA": 0.016 + 0.01 * reads, "Standard": 0.3 + 0 * reads},
        title="Read rarely, store cold",
        xlabel="Reads a month",
        ylabel="USD per GiB-month",
        log=True,
    )
    assert [text.get_text() for text in ax.texts] == ["from 28.4: Standard"]
    assert ax.yaxis.get_major_formatter()(0.01, None) == "0.01"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("size_gib", "size (GiB)"),
        ("throughput_mibps", "throughput (MiB/s)"),
        ("iops", "IOPS"),
        ("policy_days", "policy (days)"),
    ],
)
def test_names_are_read_with_their_units(name, label) -> None:
    assert charts.label_of(name) == label


# --- what if


def test_what_if_shows_three_settings_and_says_what_the_sliders_do(displayed) -> None:
    def draw(ax, size_gib, demand_iops):
        return charts.line(X, {"a": X * size_gib}, **LABELS, ax=ax)

    charts.what_if(draw, alt=ALT, size_gib=(1, 1000, 1, 334), demand_iops=(100, 3000, 100))
    static, live = displayed
    for size in ("1", "334", "1,000"):
        assert f"size (GiB): {size}: the numbers as a table" in static["text/html"]
    assert live["text/plain"] == (
        "In JupyterLab, sliders stand here: size (GiB) from 1 to 1,000; demand (IOPS) from 100 to 3,000."
    )
    assert "model_id" in live["application/vnd.jupyter.widget-view+json"]


def test_what_if_redraws_with_new_text_when_a_slider_moves(monkeypatch) -> None:
    seen: list[dict[str, object]] = []

    def draw(ax, **values):
        seen.append(values)
        return charts.line(X, {"a": X}, **LABELS, ax=ax)

    boxes = []
    real = ipywidgets.VBox
    monkeypatch.setattr(ipywidgets, "VBox", lambda children: boxes.append(children) or real(children))
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    charts.what_if(
        draw, alt=ALT, settings=[{"size_gib": 1, "kind": "gp2"}], size_gib=(1, 10, 1), kind=["gp2", "gp3"]
    )
    size, kind, picture = boxes[0]
    kind.value = "gp3"
    size.value = 10
    assert seen[-1] == {"size_gib": 10, "kind": "gp3"}
    assert "Now: size (GiB) 10, kind gp3." in picture.value
    assert size.continuous_update is False


def test_what_if_needs_a_slider() -> None:
    with pytest.raises(ValueError, match="at least one slider"):
        charts.what_if(lambda ax: ax, alt=ALT)


@pytest.mark.slow
def test_a_real_kernel_and_an_html_export_show_the_figure_once_with_its_text() -> None:
    setup = "from course import charts\nimport matplotlib.pyplot as plt"
    line = "charts.line([0, 1], {'a': [0, 1]}, title='T', xlabel='x', ylabel='y'"
    cells = [
        setup,
        f"charts.show({line}), alt='A figure of the course')",
        f"charts.what_if(lambda ax, n: {line}, ax=ax), alt='A figure to play with', n=(1, 5, 1))",
        "_, ax = plt.subplots()\nax.plot([1, 2])\ncharts.show(ax, alt='A figure by pyplot')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    assert [len(one) for one in outputs] == [0, 1, 2, 1]
    assert not [o for one in outputs for o in one if o.output_type == "stream"]
    assert "interactive(children" not in str(outputs)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    alts = re.findall(r"""<img alt=["']([^"']*)["']""", page)
    assert alts == ["A figure of the course", "A figure to play with", "A figure by pyplot"]
