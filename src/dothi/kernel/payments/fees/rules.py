"""Facts in, lines out: what is due by a fee table, and why less of it where something is let off. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from dothi.core.errors import BadInput, both
from dothi.core.money import share, vnd
from dothi.kernel.payments.fees.tables import (
    Bill,
    BillLine,
    Channel,
    Conditions,
    Exemption,
    FeeTable,
    Item,
    Plain,
    Reason,
    Share,
    Test,
)

Facts = Mapping[str, Any]
CHANNEL = "channel"


def compute(table: FeeTable, facts: Facts, *, only: Collection[str] = ()) -> Bill:
    """The bill for these facts. ``facts["channel"]`` is ``online`` or ``counter`` (when missing: counter).

    An item whose conditions do not hold is left out; one that is let off stays, with the reason. Of several
    exemptions that fit a line the greatest counts; they are never added up. A condition on a fact that is not
    there does not hold; a count that is missing is one. With ``only`` the bill is of these items.
    """
    asked = [item for item in table.items if not only or item.key in only]
    lines = [_line(table, item, facts) for item in asked if holds(item.when, facts)]
    return Bill(table=table.key, lines=tuple(line for line in lines if line.quantity))


def in_force(table: FeeTable, day: date) -> bool:
    """Whether the table holds on ``day``; both ends are included."""
    begun = table.valid_from is None or table.valid_from <= day
    return begun and (table.valid_to is None or day <= table.valid_to)


def _line(table: FeeTable, item: Item, facts: Facts) -> BillLine:
    quantity = _quantity(item, facts)
    price = _price(item, facts)
    gross = vnd(quantity * price)
    capped = gross if item.most is None else min(gross, item.most)
    let_off = _exemption(table, item, facts)
    off = share(capped, let_off.percent) if let_off and capped else 0
    return BillLine(
        item=item.key,
        label=item.label,
        kind=item.kind,
        quantity=quantity,
        unit_price=price,
        reduction=gross - capped + off,
        reasons=(_reason(let_off),) if let_off and off else (),
    )


def _quantity(item: Item, facts: Facts) -> int:
    if item.per is None:
        return 1
    counted = facts.get(item.per, 1)
    if type(counted) is not int or not 0 <= counted <= 100_000:
        raise BadInput(
            both(
                f"{item.per} phải là số nguyên không âm.", f"{item.per} must be a whole number, zero or more."
            ),
            where=item.per,
        )
    return max(counted - item.free, 0)


def _price(item: Item, facts: Facts) -> int:
    if item.share is not None:
        return _part(item.share, facts)
    if isinstance(item.vnd, int):
        return item.vnd
    channel: Channel = "online" if facts.get(CHANNEL) == "online" else "counter"
    if item.vnd is None:
        return 0
    return item.vnd.online if channel == "online" else item.vnd.counter


def _part(part: Share, facts: Facts) -> int:
    """A share of a sum that must be known, rounded to the nearest đồng, a half up."""
    whole = facts.get(part.of)
    if type(whole) is not int or whole < 0:
        raise BadInput(
            both(
                f"{part.of} phải là số tiền bằng đồng.",
                f"{part.of} must be an amount in đồng, zero or more.",
            ),
            where=part.of,
        )
    return (max(vnd(whole) - part.above, 0) * part.per_mille * 2 + 1000) // 2000


def _exemption(table: FeeTable, item: Item, facts: Facts) -> Exemption | None:
    fitting = [
        each
        for each in table.exemptions
        if (not each.items or item.key in each.items) and holds(each.when, facts)
    ]
    return max(fitting, key=lambda each: each.percent, default=None)


def _reason(let_off: Exemption) -> Reason:
    return Reason(
        key=let_off.key,
        vi=let_off.label.vi,
        en=let_off.label.en,
        percent=let_off.percent,
        basis=let_off.basis,
    )


def holds(conditions: Conditions, facts: Facts) -> bool:
    """Whether every condition holds of the facts."""
    return all(_holds(test, facts.get(name)) for name, test in conditions.items())


def _holds(test: Test | Plain, value: Any) -> bool:
    if not isinstance(test, Test):
        return _same(test, value)
    if test.is_ is not None and not _same(test.is_, value):
        return False
    if test.one_of is not None and not any(_same(each, value) for each in test.one_of):
        return False
    if test.at_least is None and test.below is None:
        return True
    if type(value) is not int:
        return False
    return (test.at_least is None or value >= test.at_least) and (test.below is None or value < test.below)


def _same(wanted: Plain, value: Any) -> bool:
    """Equal and of one type: True is not 1 here."""
    return type(wanted) is type(value) and wanted == value


def faults(table: FeeTable) -> list[str]:
    """What is wrong with a table beyond its form: items named twice, exemptions of items there are not."""
    keys = [item.key for item in table.items]
    found = [f"items.{key}: declared twice" for key in sorted({k for k in keys if keys.count(k) > 1})]
    found += [
        f"items.{item.key}: has exactly one of 'vnd' and 'share'"
        for item in table.items
        if (item.vnd is None) == (item.share is None)
    ]
    for each in table.exemptions:
        found += [f"exemptions.{each.key}: there is no item {key!r}" for key in each.items if key not in keys]
        if not each.when:
            found.append(
                f"exemptions.{each.key}: without a condition everybody is exempt; set the price to 0"
            )
    if table.valid_from and table.valid_to and table.valid_to < table.valid_from:
        found.append("valid_to: before valid_from")
    return found
