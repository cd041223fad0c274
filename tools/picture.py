"""Draw docs/picture.png, the two charts in README, from the calculators and charts of Section 3.

.venv/bin/python tools/picture.py
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from course import charts
from course.services import ebs

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "picture.png"
DOTS_PER_INCH = 100
COLOURS = 160


def main() -> None:
    pages = [as_image(burst()), as_image(costs())]
    whole = Image.new("RGB", (sum(page.width for page in pages), max(page.height for page in pages)), "white")
    left = 0
    for page in pages:
        whole.paste(page, (left, (whole.height - page.height) // 2))
        left += page.width
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


def burst() -> Figure:
    """An hour of 3,000 IOPS asked of a 100 GiB gp2 volume, and the hours after."""
    demand = [100] * 10 + [3_000] * 60 + [100] * 230
    log = ebs.simulate_gp2(size_gib=100, demand_iops=demand, step_s=60)
    return charts.burst_bucket(log, title="A 100 GiB gp2 volume bursts for 33 minutes, then crawls")[0].figure


def costs() -> Figure:
    """What 500 GiB cost with every volume type against the IOPS they must sustain."""
    needs = [10, 20, 50, 100, 250, 500, 1_000, 3_000, 6_000, 10_000, 16_000, 32_000, 64_000, 80_000]
    table = ebs.cheapest_frontier(500, [*needs, 128_000, 256_000])
    title = "The cheapest volume type for the IOPS you need,"
    return charts.cost_by_iops(table, title=title, size_gib=500, log=True).figure


def as_image(figure: Figure) -> Image.Image:
    buffer = BytesIO()
    figure.savefig(buffer, dpi=DOTS_PER_INCH, bbox_inches="tight", pad_inches=0.15)
    return Image.open(buffer).convert("RGB")


if __name__ == "__main__":
    main()
