"""What a case shows to everybody: noted in its history as public; who gathers such things reads it there."""

from __future__ import annotations

from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.fulfilment.standing import note, standing


@effect("publish")
def publish(order: EffectOrder) -> None:
    """Note it, once."""
    ordered = standing(order)
    kind, values = str(order.values["kind"]), dict(order.values.get("values") or {})
    note(
        ordered, "publish",
        lambda recorder: recorder.noted("document", f"publish.{kind}", public=True, key=order.id, published=values),
    )  # fmt: skip
