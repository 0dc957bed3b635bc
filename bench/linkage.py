"""Finding duplicates among generated people of whom the truth is known: our own model, and splink on DuckDB beside it.

    python bench/linkage.py [--rows 100000] [--seed 7] [--without-splink]

Both get the same records, the same blocking keys and the same prepared values. Recall is over all true pairs, also
those that no blocking rule brought together.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import time
from typing import Any

import numpy as np

from dothi.kernel.registers.linkage import blocking, linking
from dothi.kernel.registers.linkage.comparing import COMPARISONS, prepared
from linkage_data import records

COMPARE = (
    ("full_name", "name"), ("birth_date", "date"), ("sex", "exact"), ("residence_address", "address"),
    ("phone", "phone"), ("personal_id", "code"), ("old_id", "code"),
)  # fmt: skip
BLOCK = (
    (("sounds", "full_name"), ("year", "birth_date")),
    (("initials", "full_name"), ("day", "birth_date")),
    (("phone", "phone"),),
    (("same", "personal_id"),),
    (("same", "old_id"),),
    (("door", "residence_address"), ("initials", "full_name")),
    (("door", "residence_address"), ("year", "birth_date")),
)
PLAN = linking.Plan(COMPARE, BLOCK)
LEVELS = (0.2, 0.5, 0.9, 0.95, 0.99)


def report(name: str, probability: Any, same: Any, true: int, seconds: float) -> None:
    print(
        f"\n{name}: {seconds:.1f} s, {len(same):,} pairs looked at, {same.sum() / true:.4f} of the true pairs among them"
    )
    for level in LEVELS:
        sure = probability >= level
        right = int(same[sure].sum())
        print(
            f"  from {level:<5} {sure.sum():>8,} pairs  precision {right / max(sure.sum(), 1):.4f}  recall {right / true:.4f}"
        )
    edges = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01)
    told = []
    for low, high in itertools.pairwise(edges):
        there = (probability >= low) & (probability < high)
        if there.sum() >= 20:
            told.append(f"{probability[there].mean():.2f}→{same[there].mean():.2f}")
    print(f"  said→true: {'  '.join(told)}")


def ours(rows: list[dict[str, Any]], who: Any, true: int) -> None:
    began = time.perf_counter()
    found = linking.link(PLAN, linking.table(PLAN, rows))
    took = time.perf_counter() - began
    report("dothi", found.probability, who[found.pairs[0]] == who[found.pairs[1]], true, took)


def flat(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The prepared values and the keys as columns, for SQL."""
    table: dict[str, list[Any]] = {"unique_id": list(range(len(rows)))}
    for property, way in COMPARE:
        forms = [prepared(COMPARISONS[way], row.get(property)) for row in rows]
        for index in range(max(map(len, forms))):
            table[f"{property}_{index}"] = [each[index] if each else None for each in forms]
    for place, rule in enumerate(BLOCK):
        table[f"key_{place}"] = [blocking.key_of(rule, row) or None for row in rows]
    return table


def splinks(rows: list[dict[str, Any]], who: Any, true: int) -> None:
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    table = pa.table(flat(rows))
    began = time.perf_counter()
    comparisons = [
        cl.JaroWinklerAtThresholds("full_name_2", [0.95, 0.88]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("birth_date_0", [1, 2]),
        cl.ExactMatch("sex_0"),
        cl.JaroWinklerAtThresholds("residence_address_2", [0.92, 0.8]),
        *(cl.DamerauLevenshteinAtThresholds(f"{each}_0", [1]) for each in ("phone", "personal_id", "old_id")),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(f"key_{place}") for place in range(len(BLOCK))],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(table), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("personal_id_0"), block_on("key_0")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for column in TRAINED_BY:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    told = linker.inference.predict().as_duckdbpyrelation().to_arrow_table()
    took = time.perf_counter() - began
    left, right = (told[f"unique_id_{side}"].to_numpy() for side in "lr")
    report("splink", told["match_probability"].to_numpy(), who[left] == who[right], true, took)


# Rules written on the compared columns, so that splink leaves those out while it learns from the pairs.
TRAINED_BY = ("full_name_2", "birth_date_0", "phone_0")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--without-splink", action="store_true")
    options = asked.parse_args()
    told = list(records(options.rows, options.seed))
    who, rows = np.array([each for each, _ in told]), [row for _, row in told]
    true = int(sum(count * (count - 1) // 2 for count in np.bincount(who)))
    print(f"{len(rows):,} records, {true:,} true pairs, seed {options.seed}")
    ours(rows, who, true)
    print(f"  most memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    if not options.without_splink:
        splinks(rows, who, true)
        print(f"  most memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
