"""The routing of reports: how well a text's category is told, what is left to people, how fast.

    python bench/routing.py [--train] [--write FILE]

Without ``--train`` the shipped model is measured on the held-out texts. ``--train`` trains it again (a minute or two;
needs scikit-learn) and measures both that and one without the development texts, on these; ``--write`` keeps it.
All texts were written for this project by one author; real reports will be harder or easier.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from dothi.centres.hotline.routing import seed, trained
from dothi.centres.hotline.routing.evaluation import Evaluation, Labelled, evaluate
from dothi.centres.hotline.routing.model import Model
from dothi.centres.hotline.routing.texts import features
from dothi.kernel.packs import queries


def hints() -> list[Labelled]:
    return [*seed.composed(), *seed.words(), *seed.declared(queries.report_categories().values())]


def show(title: str, found: Evaluation) -> None:
    print(f"\n{title}: model {found.version}, {found.texts} texts, {len(found.categories)} categories")
    print(
        f"  macro-F1 {found.macro_f1:.3f}  accuracy {found.accuracy:.3f}  among the first three {found.top3:.3f}"
    )
    print(f"  calibration error {found.calibration_error:.3f}")
    print(
        f"  from its threshold {found.threshold:.2f}: decides {found.coverage:.3f}, right {found.precision:.3f}"
    )
    print(
        "  threshold → decided, right: "
        + "  ".join(f"{p.threshold:.1f}→{p.coverage:.2f},{p.precision:.3f}" for p in found.curve)
    )
    print(
        "  said → true (texts): "
        + "  ".join(f"{b.said:.2f}→{b.true:.2f} ({b.texts})" for b in found.reliability)
    )
    worst = sorted(found.categories, key=lambda each: each.f1)[:8]
    print("  lowest F1: " + "  ".join(f"{each.category} {each.f1:.2f}" for each in worst))
    print("  taken for: " + "  ".join(f"{a}→{b} {n}" for a, b, n in found.confusions[:8]))


def speed(model: Model) -> None:
    texts = [row.text for row in seed.held_out()]
    took, busy = [], []
    for text in texts:
        features.cache_clear()
        began, worked = time.perf_counter(), time.thread_time()
        answer = model.probabilities(text)
        model.reasons(text, next(iter(answer)))
        took.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.thread_time() - worked))
    took.sort()
    busy.sort()
    print(
        f"\n  a text with its reasons: median {statistics.median(took):.2f} ms, p99 {took[int(len(took) * 0.99)]:.2f} ms"
    )
    print(
        f"  of processor time: median {statistics.median(busy):.2f} ms, p99 {busy[int(len(busy) * 0.99)]:.2f} ms"
    )
    print(
        f"  the model's file: {len(model.to_bytes()) / 1024:.0f} KiB, {len(model.stored.terms):,} words and pairs"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    if args.train:
        from dothi.centres.hotline.routing.training import train

        known = set(seed.development())
        own = [row for row in seed.whole() if row not in known]
        show(
            "Development texts",
            evaluate(train(own, hints(), version="without-development"), seed.development()),
        )
        model = train(
            seed.whole(), hints(), version="seed-1", note="Trained on texts written for this project."
        )
        if args.write:
            args.write.write_bytes(model.to_bytes())
    else:
        model = trained.shipped()
    show("Held-out texts", evaluate(model, seed.held_out()))
    speed(model)


if __name__ == "__main__":
    main()
