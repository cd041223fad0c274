"""How long a learner waits for the first cells, in fresh interpreters, against boto3 and moto alone.

.venv/bin/python bench/first_cell.py [rounds]
"""

from __future__ import annotations

import statistics
import subprocess
import sys

COURSE = """
import time
begin = time.perf_counter()
from course import lab
imported = time.perf_counter()
lab.start()
started = time.perf_counter()
lab.start()
again = time.perf_counter()
import boto3
boto3.client("ec2").describe_volumes()
called = time.perf_counter()
print("seconds", imported - begin, started - imported, again - started, called - again, called - begin)
"""

ALONE = """
import time
begin = time.perf_counter()
import boto3
from moto import mock_aws
imported = time.perf_counter()
mock_aws().start()
started = time.perf_counter()
boto3.client("ec2", region_name="us-east-1").describe_volumes()
called = time.perf_counter()
print("seconds", imported - begin, started - imported, 0.0, called - started, called - begin)
"""

STEPS = ("import", "start", "start again", "first EC2 call", "in all")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    course, alone = [], []
    for _ in range(rounds):
        course.append(measure(COURSE))
        alone.append(measure(ALONE))
    print(f"{'seconds, median of ' + str(rounds):24}{'course':>10}{'moto alone':>12}")
    for step, ours, theirs in zip(STEPS, zip(*course, strict=True), zip(*alone, strict=True), strict=True):
        print(f"{step:24}{statistics.median(ours):10.3f}{statistics.median(theirs):12.3f}")


def measure(program: str) -> list[float]:
    """Seconds of each of STEPS in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("seconds "))
    return [float(figure) for figure in line.split()[1:]]


if __name__ == "__main__":
    main()
