"""The one look of all plots: functions take data and return matplotlib Axes; `show` displays them.

Every series has a colour (Okabe and Ito's, which survive colour blindness) *and* a marker or a hatch. `show`
asks for alternative text and puts the numbers below the figure as a table. Nothing here touches matplotlib's
global settings or pyplot, so a figure appears once, where `show` stands, and nothing is left open.

    from course import charts

    ax = charts.line(hours, {"gp2": iops}, title="A burst ends", xlabel="Time (h)", ylabel="IOPS")
    charts.show(ax, alt="IOPS stay at 3,000 for 33 minutes, then fall to 300.")
"""

import base64
import functools
import html
import io
import itertools
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

# The first import builds the font cache and would say so on stderr, which nbgrader counts as a failure.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

import matplotlib as mpl  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

WIDTH_INCHES = 7.2
HEIGHT_INCHES = 3.6
CSS_PIXELS_PER_INCH = 96
DOTS_PER_INCH = 144
TABLE_ROWS = 24
NARROW_SPAN = 0.06  # share of the axis: what is narrower has no room for a name that lies flat

# Okabe, Ito: Color Universal Design (2008), https://jfly.uni-koeln.de/color/, without the yellow.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":", "-", "--", "-.")
HATCHES = ("", "//", "..", "\\\\", "xx", "--", "++")

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.formatter.useoffset": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "hatch.linewidth": 0.6,
    "legend.framealpha": 0.9,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "savefig.dpi": DOTS_PER_INCH,
}

P = ParamSpec("P")
R = TypeVar("R")


class SeriesStyle(NamedTuple):
    """How one series looks wherever it appears: told apart by colour and by shape."""

    colour: str
    marker: str
    dash: str
    hatch: str


def series_style(index: int) -> SeriesStyle:
    """The look of the series number `index` (0, 1, …); it repeats after seven."""
    return SeriesStyle(*(looks[index % len(looks)] for looks in (COLOURS, MARKERS, DASHES, HATCHES)))


@contextmanager
def style() -> Iterator[None]:
    """The course's look for plots of your own, inside a ``with`` block only."""
    with mpl.rc_context(STYLE):
        yield


def _styled(plot: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(plot)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with style():
            return plot(*args, **kwargs)

    return styled


@_styled
def axes(
    rows: int = 1, columns: int = 1, height: float | None = None, sharey: bool = False, sharex: bool = False
) -> Any:
    """New Axes in the course's look: one, or a flat list of several. `height`: inches of the whole."""
    figure = Figure(figsize=(WIDTH_INCHES, height or HEIGHT_INCHES))
    grid = figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)
    return grid[0, 0] if grid.size == 1 else list(grid.flat)


@_styled
def line(
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    ax: Axes | None = None,
) -> Axes:
    """One line for each series (name → values as long as `x`). Labels name the unit: ``"Time (h)"``."""
    ax = ax or axes()
    for index, (name, values) in enumerate(series.items()):
        _draw_line(ax, index, name, np.asarray(x), np.asarray(values, dtype=float))
    return _labelled(ax, title, xlabel, ylabel, legend=len(series) > 1)


@_styled
def bars(
    values: Mapping[str, float] | Mapping[str, Mapping[str, float]],
    *,
    title: str,
    ylabel: str,
    xlabel: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Bars with their values written on them: category → value, or stacked: category → part → value."""
    ax = ax or axes()
    table = pd.DataFrame(
        {name: v if isinstance(v, Mapping) else {"": v} for name, v in values.items()}
    ).fillna(0.0)
    bottom = np.zeros(len(table.columns))
    for index, (part, row) in enumerate(table.iterrows()):
        look = series_style(index)
        ax.bar(
            [str(name) for name in table.columns],
            row.to_numpy(),
            bottom=bottom,
            label=str(part) or "_bars",
            color=look.colour,
            hatch=look.hatch,
            edgecolor="white",
            width=0.65,
        )
        bottom = bottom + row.to_numpy()
    for position, total in enumerate(bottom):
        ax.annotate(_short_number(total), (position, total), (0, 3), textcoords="offset points", ha="center")
    ax.grid(visible=False, axis="x")
    ax.margins(y=0.12)
    return _labelled(ax, title, xlabel, ylabel, legend=len(table) > 1)


@_styled
def break_even(
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    at: str = "{:,.3g}",
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Lines of cost over `x`, and a ring where the cheapest one changes.

    at: format of the ring's x. log: both axes in powers of ten.
    """
    ax = line(x, series, title=title, xlabel=xlabel, ylabel=ylabel, ax=ax)
    for position, height, cheaper in crossings(x, series):
        # Below the lowest line there is room, on the side to which that line rises.
        falls = np.asarray(series[cheaper], dtype=float)[-1] < height
        ax.plot([position], [height], "o", ms=12, mfc="none", mec="black", mew=1.5, label="_crossing")
        ax.annotate(
            f"from {at.format(position)}: {cheaper}",
            (position, height),
            (-8 if falls else 8, -9),
            textcoords="offset points",
            ha="right" if falls else "left",
            va="top",
            fontsize=9,
        )
    if log:
        ax.set(xscale="log", yscale="log")
        ax.yaxis.set_major_formatter(_tick)
    ax.xaxis.set_major_formatter(_tick)
    return ax


def crossings(x: ArrayLike, series: Mapping[str, ArrayLike]) -> list[tuple[float, float, str]]:
    """Where the lowest series changes along ascending `x`: (x, value, name of the lowest after it).

    Straight lines are taken between the points; a point where a series is nan has no part in it.
    """
    xs = np.asarray(x, dtype=float)
    names = list(series)
    values = np.array([np.asarray(series[name], dtype=float) for name in names])
    lowest = _lowest(values)
    found = []
    for i in range(len(xs) - 1):
        before, after = lowest[i], lowest[i + 1]
        if before == after or before < 0 or after < 0:
            continue
        part = _meeting(values[before, i : i + 2], values[after, i : i + 2])
        if part is None:
            continue
        height = values[after, i] + part * (values[after, i + 1] - values[after, i])
        found.append((float(xs[i] + part * (xs[i + 1] - xs[i])), float(height), names[after]))
    return found


@_styled
def frontier(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str,
    title: str,
    xlabel: str,
    ylabel: str,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """One line of `y` over `x` for each value of `by` in a tidy table; shaded behind, which is lowest.

    Missing rows and nan mean "not possible there": the line ends. log: both axes in powers of ten.
    """
    wide = table.pivot(index=x, columns=by, values=y)
    wide = wide[list(dict.fromkeys(table[by]))]
    ax = line(wide.index, {str(c): wide[c] for c in wide}, title=title, xlabel=xlabel, ylabel=ylabel, ax=ax)
    names = [str(column) for column in wide.columns]
    first, last = wide.index.min(), wide.index.max()
    for index, start, end in _lowest_spans(wide, log):
        look = series_style(index)
        ax.axvspan(
            start, end, facecolor=look.colour, alpha=0.13, hatch=look.hatch, edgecolor=look.colour, lw=0
        )
        _name_span(ax, names[index], *(_share(edge, first, last, log) for edge in (start, end)))
    ax.set_xlim(first, last)
    highest = float(np.nanmax(wide.to_numpy()))
    if log:
        ax.set(xscale="log", yscale="log", ylim=(None, highest * 2))
        ax.yaxis.set_major_formatter(_tick)
    else:
        ax.set_ylim(0, highest * 1.12)
    ax.xaxis.set_major_formatter(_tick)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title=by.replace("_", " ").capitalize())
    return ax


@_styled
def burst_bucket(run: pd.DataFrame, title: str = "The bucket drains, then the volume crawls") -> list[Axes]:
    """A gp2 volume over time, two panels: IOPS asked for and delivered above, the bucket's level below.

    run: columns second, demand_iops, delivered_iops, burst_balance_percent, as
    `course.services.ebs.simulate_gp2` gives them.
    """
    above, below = axes(rows=2, height=4.8, sharex=True)
    minutes = run["second"] / 60
    line(
        minutes,
        {"Asked for": run["demand_iops"], "Delivered": run["delivered_iops"]},
        title=title,
        xlabel="",
        ylabel="IOPS",
        ax=above,
    )
    line(
        minutes,
        {"BurstBalance": run["burst_balance_percent"]},
        title="Credits left in the bucket",
        xlabel="Time (minutes)",
        ylabel="BurstBalance (%)",
        ax=below,
    )
    below.fill_between(minutes, run["burst_balance_percent"], color=COLOURS[0], alpha=0.15, hatch="..", lw=0)
    above.set_ylim(bottom=0)
    below.set_ylim(0, 105)
    return [above, below]


@_styled
def cost_by_iops(
    table: pd.DataFrame,
    title: str = "Which volume type is cheapest",
    size_gib: float | None = None,
    log: bool = False,
) -> Axes:
    """Cost against IOPS for every volume type, the cheapest shaded (kind, iops, usd_per_month)."""
    size = f" for {size_gib:,.0f} GiB" if size_gib else ""
    return frontier(
        table.rename(columns={"kind": "volume_type"}),
        x="iops",
        y="usd_per_month",
        by="volume_type",
        title=f"{title}{size}",
        xlabel="IOPS needed",
        ylabel="Cost (USD per month)",
        log=log,
    )


def show(
    figure: Axes | Figure | Sequence[Axes],
    *,
    alt: str,
    table: pd.DataFrame | None = None,
) -> None:
    """Display a figure with alternative text and, folded below it, its numbers as a table.

    alt: what a person who cannot see the figure has to know: what is drawn and what follows from it.
    table: the numbers, where those of the lines and bars themselves are not what should be read.
    """
    from IPython.display import display

    whole = _figure_of(figure)
    tables = {"": table} if table is not None else _numbers_of(whole)
    display(_bundle(whole, alt, tables), raw=True)
    _forget(whole)


def table(data: pd.DataFrame, caption: str) -> None:
    """Display a tidy table under a caption that screen readers announce."""
    from IPython.display import display

    display(
        {"text/html": _html_table(data, caption), "text/plain": f"{caption}\n{_text_table(data)}"}, raw=True
    )


def what_if(
    draw: Callable[..., Axes],
    *,
    alt: str,
    settings: Sequence[Mapping[str, Any]] | None = None,
    **sliders: tuple[float, float, float] | tuple[float, float, float, float] | Sequence[str],
) -> None:
    """A figure to play with: three settings side by side for every reader, and live sliders in JupyterLab.

    draw: called as ``draw(ax, size_gib=100, …)``, draws into that Axes and returns it. alt: what changes with
    the sliders and what to look for. settings: those shown without sliders; otherwise the first slider's
    lowest, starting and highest value. sliders: name → (lowest, highest, step) or (lowest, highest, step,
    start), or a list of words to choose from.
    """
    controls = {name: _Control.of(name, spec) for name, spec in sliders.items()}
    if not controls:
        raise ValueError("what_if needs at least one slider, as in size_gib=(1, 1000, 1)")
    shown = [dict(one) for one in settings] if settings is not None else _three_settings(controls)
    show(_side_by_side(draw, shown), alt=alt)
    _show_sliders(draw, controls, alt)


class _Control(NamedTuple):
    """One slider: its name, the values that it takes and where it starts."""

    name: str
    values: Sequence[Any]
    start: Any

    @classmethod
    def of(cls, name: str, spec: Sequence[Any]) -> "_Control":
        if all(isinstance(one, str) for one in spec):
            return cls(name, list(spec), spec[0])
        low, high, step = spec[:3]
        values = [low + i * step for i in range(round((high - low) / step) + 1)]
        start = spec[3] if len(spec) > 3 else values[len(values) // 2]
        return cls(name, values, start)

    @property
    def label(self) -> str:
        """The name as a reader says it: ``size_gib`` is "size (GiB)"."""
        return label_of(self.name)


UNITS = {
    "gib": "GiB",
    "mibps": "MiB/s",
    "iops": "IOPS",
    "seconds": "s",
    "hours": "h",
    "days": "days",
    "percent": "%",
}


def label_of(name: str) -> str:
    """A quantity's name as a reader says it: ``size_gib`` is "size (GiB)", ``iops`` "IOPS"."""
    *words, last = name.split("_")
    unit = UNITS.get(last)
    if unit is None:
        return " ".join([*words, last])
    return f"{' '.join(words)} ({unit})" if words else unit


def _three_settings(controls: Mapping[str, _Control]) -> list[dict[str, Any]]:
    starts = {name: control.start for name, control in controls.items()}
    first = next(iter(controls.values()))
    choices = dict.fromkeys((first.values[0], first.start, first.values[-1]))
    return [{**starts, first.name: value} for value in choices]


@_styled
def _side_by_side(draw: Callable[..., Axes], settings: Sequence[Mapping[str, Any]]) -> Figure:
    panels = axes(columns=len(settings), height=3.0, sharey=True)
    panels = panels if isinstance(panels, list) else [panels]
    constant = [name for name in settings[0] if len({one[name] for one in settings}) == 1]
    for index, (ax, one) in enumerate(zip(panels, settings, strict=True)):
        draw(ax, **one)
        varying = [f"{label_of(name)}: {_short_number(v)}" for name, v in one.items() if name not in constant]
        ax.set_title("\n".join(varying) or ax.get_title(loc="left"), loc="left", fontsize=9)
        if index:
            ax.yaxis.label.set_visible(False)
            if ax.get_legend():
                ax.get_legend().remove()
    return panels[0].figure


def _show_sliders(draw: Callable[..., Axes], controls: Mapping[str, _Control], alt: str) -> None:
    """The live part. The figure is an HTML widget, so that it carries alternative text."""
    import ipywidgets
    from IPython.display import display

    picture = ipywidgets.HTML()
    sliders = {name: _slider(control) for name, control in controls.items()}

    def redraw(_change: object = None) -> None:
        values = {name: slider.value for name, slider in sliders.items()}
        ax = draw(axes(), **values)
        now = ", ".join(f"{label_of(name)} {_short_number(value)}" for name, value in values.items())
        picture.value = _image(_figure_of(ax), f"{alt} Now: {now}.")

    for slider in sliders.values():
        slider.observe(redraw, "value")
    redraw()
    box = ipywidgets.VBox([*sliders.values(), picture])
    view = "application/vnd.jupyter.widget-view+json"
    ranges = "; ".join(
        f"{c.label} from {_short_number(c.values[0])} to {_short_number(c.values[-1])}"
        for c in controls.values()
    )
    model = {"model_id": box.model_id, "version_major": 2, "version_minor": 0}
    display({view: model, "text/plain": f"In JupyterLab, sliders stand here: {ranges}."}, raw=True)


def _slider(control: _Control) -> Any:
    """Reachable by Tab, moved by the arrow keys, redrawn when let go."""
    import ipywidgets

    return ipywidgets.SelectionSlider(
        options=[(_short_number(value), value) for value in control.values],
        value=min(control.values, key=lambda v: v != control.start)
        if isinstance(control.start, str)
        else min(control.values, key=lambda v: abs(v - control.start)),
        description=control.label,
        continuous_update=False,
        style={"description_width": "10em"},
        layout={"width": "32em"},
    )


def _draw_line(ax: Axes, index: int, name: str, x: NDArray[Any], y: NDArray[np.float64]) -> None:
    look = series_style(index)
    step = max(1, len(x) // 10)
    ax.plot(
        x,
        y,
        color=look.colour,
        linestyle=look.dash,
        marker=look.marker,
        markevery=(index * step // 4, step),
        label=name,
    )


def _name_span(ax: Axes, name: str, start: float, end: float) -> None:
    """A name at the top of a shaded stretch (shares of the axis), upright where the stretch is narrow."""
    narrow = end - start < NARROW_SPAN
    middle = min(max((start + end) / 2, NARROW_SPAN / 4), 1 - NARROW_SPAN / 4)
    ax.text(
        middle,
        0.97,
        name,
        transform=ax.transAxes,
        rotation=90 if narrow else 0,
        ha="center",
        va="top",
        fontsize=9,
        weight="bold",
    )


def _share(value: float, first: float, last: float, log: bool) -> float:
    """How far `value` is from `first` (0) to `last` (1), by the axis's scale."""
    if log:
        value, first, last = np.log(value), np.log(first), np.log(last)
    return float((value - first) / (last - first))


def _labelled(ax: Axes, title: str, xlabel: str, ylabel: str, legend: bool) -> Axes:
    ax.set_title(title, loc="left")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.yaxis.set_major_formatter(_tick)
    if legend:
        ax.legend()
    return ax


def _tick(value: float, _position: float) -> str:
    return f"{value:,.10g}"


def _lowest(values: NDArray[np.float64]) -> list[int]:
    """Which row is lowest in each column; -1 where all are nan, the first where several are."""
    gone = np.isnan(values)
    lowest = np.argmin(np.where(gone, np.inf, values), axis=0)
    return [-1 if column.all() else int(row) for row, column in zip(lowest, gone.T, strict=True)]


def _meeting(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    """Where two straight lines meet on one step of x, as a share of it; None where one of them is missing."""
    gaps = one - other
    if np.isnan(gaps).any():
        return None
    return float(gaps[0] / (gaps[0] - gaps[1])) if gaps[0] != gaps[1] else 0.0


def _lowest_spans(wide: pd.DataFrame, log: bool = False) -> list[tuple[int, float, float]]:
    """(number of the column, from x, to x) for each stretch in which its line is drawn lowest.

    They touch where the lines meet (log: as drawn in powers of ten), or where one of the lines ends.
    """
    x, values = wide.index.to_numpy(dtype=float), wide.to_numpy(dtype=float).T
    if log:
        x, values = np.log(x), np.log(values)
    lowest = _lowest(values)
    edges = [x[0], *(_edge(x, values, lowest, i) for i in range(len(x) - 1)), x[-1]]
    spans = []
    for index, group in itertools.groupby(enumerate(lowest), key=lambda one: one[1]):
        places = [place for place, _ in group]
        if index >= 0:
            start, end = (
                float(np.exp(edge) if log else edge) for edge in (edges[places[0]], edges[places[-1] + 1])
            )
            spans.append((index, start, end))
    return spans


def _edge(x: NDArray[np.float64], values: NDArray[np.float64], lowest: Sequence[int], i: int) -> float:
    """Where the lowest line of point `i` gives way to that of the next point."""
    before, after = lowest[i], lowest[i + 1]
    if before < 0:
        return float(x[i + 1])
    if after < 0 or np.isnan(values[before, i + 1]):
        return float(x[i])
    part = _meeting(values[before, i : i + 2], values[after, i : i + 2])
    return float(x[i + 1] if part is None else x[i] + part * (x[i + 1] - x[i]))


def _figure_of(figure: Axes | Figure | Sequence[Axes]) -> Figure:
    if isinstance(figure, Figure):
        return figure
    first = figure if isinstance(figure, Axes) else figure[0]
    whole = first.get_figure(root=True)
    if whole is None:
        raise ValueError("these Axes belong to no figure any more")
    return whole


def _bundle(figure: Figure, alt: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """text/html, because neither JupyterLab nor nbconvert gives an image/png output alternative text."""
    folded = "".join(
        f"<details><summary>{html.escape(_summary(title, one))}</summary>{_html_table(one)}</details>"
        for title, one in tables.items()
    )
    plain = "\n\n".join([f"Figure: {alt.strip()}", *(_text_table(one) for one in tables.values())])
    return {"text/html": f"{_image(figure, alt)}{folded}", "text/plain": plain}


@_styled
def _image(figure: Figure, alt: str) -> str:
    text = " ".join(alt.split())
    if len(text) < 15:
        raise ValueError("alt has to say in a sentence what the figure shows and what follows from it")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    source = base64.b64encode(picture.getvalue()).decode("ascii")
    width = round(figure.get_figwidth() * CSS_PIXELS_PER_INCH)
    return (
        f'<img src="data:image/png;base64,{source}" alt="{html.escape(text, quote=True)}" width="{width}" '
        'style="max-width:100%;height:auto">'
    )


def _numbers_of(figure: Figure) -> dict[str, pd.DataFrame]:
    """What each Axes of a figure draws, by the Axes' title where there are several."""
    tables = [(ax.get_title(loc="left") or ax.get_title(), _numbers(ax)) for ax in figure.axes]
    tables = [(title, one) for title, one in tables if not one.empty]
    return {" ".join(title.split()) if len(tables) > 1 else "": one for title, one in tables}


def _numbers(ax: Axes) -> pd.DataFrame:
    """The numbers that an Axes draws: one column for each named line, one row for each x; or its bars."""
    lines = [one for one in ax.get_lines() if not str(one.get_label()).startswith("_")]
    columns = {
        str(one.get_label()): pd.Series(one.get_ydata(), index=np.asarray(one.get_xdata()))
        .groupby(level=0)
        .first()
        for one in lines
    }
    if columns:
        return pd.concat(columns, axis=1).rename_axis(index=ax.get_xlabel() or "x")
    names = [tick.get_text() for tick in ax.get_xticklabels()]
    for container in ax.containers:
        label = str(container.get_label())
        heights = [bar.get_height() for bar in container]
        columns[ax.get_ylabel() if label.startswith("_") else label] = pd.Series(heights, index=names)
    return pd.DataFrame(columns).rename_axis(index=ax.get_xlabel() or None)


def _forget(figure: Figure) -> None:
    """Close a figure made by pyplot, or the notebook would show it a second time."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)


def _sampled(data: pd.DataFrame) -> pd.DataFrame:
    if len(data) <= TABLE_ROWS:
        return data
    return data.iloc[np.unique(np.linspace(0, len(data) - 1, TABLE_ROWS).round().astype(int))]


def _summary(title: str, data: pd.DataFrame) -> str:
    part = "" if len(data) <= TABLE_ROWS else f" ({TABLE_ROWS} of {len(data):,} rows)"
    return f"{title or 'The figure'}: the numbers as a table{part}"


def _html_table(data: pd.DataFrame, caption: str = "") -> str:
    plain = _readable(data)
    body = plain.to_html(border=0, na_rep="", index=not _unnamed(data), justify="left")
    return (
        body.replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>", 1) if caption else body
    )


def _text_table(data: pd.DataFrame) -> str:
    return _readable(data).to_string(na_rep="", index=not _unnamed(data))


def _unnamed(data: pd.DataFrame) -> bool:
    return isinstance(data.index, pd.RangeIndex) and data.index.name is None


def _readable(data: pd.DataFrame) -> pd.DataFrame:
    """At most `TABLE_ROWS` rows, and numbers as a reader wants them."""
    rows = _sampled(data).rename_axis(columns=None)
    named = not _unnamed(data)
    rows = rows.reset_index() if named else rows
    shown = rows.map(_short_number)
    return shown.set_index(shown.columns[0]) if named else shown


def _short_number(value: Any) -> str:
    """Four significant digits and thousands separators; anything but a number as it is."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return str(value)
    number = float(value)
    if np.isnan(number):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}"
