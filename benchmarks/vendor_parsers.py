"""How long does each vendor's parser take for a reading?

Prints, for each vendor, the median microseconds of processor time a reading over its golden
deliveries that hold readings: `python benchmarks/vendor_parsers.py`.
"""

from __future__ import annotations

import statistics
import sys
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from caretally.devices.vendors.registry import SLICES
from tests.vendors import kit

TIMES, ROUNDS = 200, 7


def microseconds(golden: kit.Golden) -> float | None:
    """Return what a reading of a delivery costs; None where it holds none."""
    parse = SLICES[golden.vendor].parse
    count = len(parse(golden.posted).readings)
    if not count:
        return None
    rounds = timeit.repeat(
        lambda: parse(golden.posted), number=TIMES, repeat=ROUNDS, timer=time.process_time
    )
    return min(rounds) / TIMES * 1e6 / count


def main() -> None:
    """Print a line a vendor."""
    print(f"{'vendor':<12}{'median':>8}{'best':>8}   µs a reading")
    for vendor in SLICES:
        found = [each for golden in kit.golden_of(vendor) if (each := microseconds(golden))]
        print(f"{vendor:<12}{statistics.median(found):>8.1f}{min(found):>8.1f}")


if __name__ == "__main__":
    main()
