"""Learning from corrections: a candidate beside the current model, and what must hold before a person promotes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dothi.centres.hotline.routing.evaluation import Evaluation, Labelled, evaluate
from dothi.centres.hotline.routing.model import Model
from dothi.core.errors import Conflict, Text, both

REPEATED: Final = 3
"""What a person corrected weighs as much as this many texts of the seed."""
WORSE_AT_MOST: Final = 0.01
WORSE_CATEGORY: Final = 0.15


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate and the current model on the same texts; ``warnings`` are for the person who decides."""

    candidate: Evaluation
    current: Evaluation
    gained: tuple[tuple[str, float], ...]  # category → change of F1, the largest first
    lost: tuple[tuple[str, float], ...]
    warnings: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that waits for a person."""

    model: Model
    comparison: Comparison
    corrections: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """That a person put a model in force."""

    version: str
    replaces: str
    by: str
    note: str


def retrain(
    corrections: Iterable[Labelled],
    *,
    base: Sequence[Labelled],
    hints: Sequence[Labelled] = (),
    test: Sequence[Labelled],
    current: Model,
    version: str,
) -> Candidate:
    """A candidate that has learned what people corrected, compared with ``current`` on ``test``.

    A text that is in ``test`` is never learned from. The later of two corrections of one text counts.
    """
    from dothi.centres.hotline.routing.training import train

    asked = {row.text for row in test}
    latest = {row.text: row for row in corrections if row.text not in asked}
    taught = [row for row in latest.values() for _ in range(REPEATED)]
    kept = [row for row in base if row.text not in latest and row.text not in asked]
    note = f"{len(latest)} corrections"
    model = train(kept + list(latest.values()), [*hints, *taught], version=version, note=note)
    return Candidate(model, compare(model, current, test), len(latest))


def compare(candidate: Model, current: Model, test: Sequence[Labelled]) -> Comparison:
    """Both models on the same texts."""
    new, old = evaluate(candidate, test), evaluate(current, test)
    before = {each.category: each.f1 for each in old.categories}
    changes = sorted(
        ((each.category, each.f1 - before[each.category]) for each in new.categories),
        key=lambda pair: (-pair[1], pair[0]),
    )
    return Comparison(
        candidate=new,
        current=old,
        gained=tuple(pair for pair in changes if pair[1] > 0),
        lost=tuple(pair for pair in reversed(changes) if pair[1] < 0),
        warnings=tuple(_warnings(new, old, changes)),
    )


def _warnings(new: Evaluation, old: Evaluation, changes: Sequence[tuple[str, float]]) -> Iterable[Text]:
    if new.macro_f1 < old.macro_f1 - WORSE_AT_MOST:
        yield both(
            f"Macro-F1 giảm từ {old.macro_f1:.3f} xuống {new.macro_f1:.3f}.",
            f"Macro-F1 falls from {old.macro_f1:.3f} to {new.macro_f1:.3f}.",
        )
    if new.precision < old.precision - WORSE_AT_MOST:
        yield both(
            f"Tỷ lệ đúng khi tự chọn giảm từ {old.precision:.3f} xuống {new.precision:.3f}.",
            f"Of what it decides less is right: {old.precision:.3f} before, {new.precision:.3f} now.",
        )
    for key, change in changes:
        if change < -WORSE_CATEGORY:
            yield both(f"Loại {key} kém đi {-change:.2f} F1.", f"Category {key} loses {-change:.2f} of F1.")


def promote(candidate: Candidate, *, current: str, by: str, note: str = "") -> Promotion:
    """That ``by``, a person, puts the candidate in force in place of ``current``.

    Refused when another model came into force since the comparison, and, where there are warnings, without a
    note that says why all the same.
    """
    if current != candidate.comparison.current.version:
        raise Conflict(
            both(
                "Mô hình đang dùng đã thay đổi sau khi so sánh; hãy so sánh lại.",
                "Another model came into force since the comparison; compare again.",
            )
        )
    if candidate.comparison.warnings and not note.strip():
        raise Conflict(
            both(
                "Mô hình mới có điểm kém hơn: hãy ghi lý do vẫn đưa vào dùng.",
                "The new model is worse in places: say why it is put in force all the same.",
            )
        )
    return Promotion(candidate.model.version, current, by, note.strip())
