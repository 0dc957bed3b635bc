import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput, Conflict
from dothi.kernel.payments import rules

CODES = st.builds(rules.new_code)
STATES = st.sampled_from(sorted(rules.MOVES))


@given(STATES, st.lists(STATES, max_size=12))
def test_an_order_only_ever_moves_along_the_table_and_never_out_of_its_ends(state, wishes):
    for wish in wishes:
        if rules.may_move(state, wish):
            state = rules.move(state, wish)
        else:
            with pytest.raises(Conflict):
                rules.move(state, wish)
    assert not rules.MOVES["refunded"]
    assert not rules.MOVES["cancelled"]


@given(STATES, st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_dong_that_came_in_is_lost_and_an_order_is_paid_whole_or_not_at_all(state, owed, amount):
    found = rules.received(state, owed, amount)
    assert found.settles + found.excess == amount
    assert found.settles in (0, owed)
    assert (found.settles == owed) == (state in ("created", "pending", "expired") and amount >= owed)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_not_money_that_came_in(amount):
    with pytest.raises(ValueError, match="did not come in"):
        rules.received("pending", 10, amount)


@given(CODES)
def test_a_fresh_reference_is_one_and_fits_a_transfer(code):
    assert rules.is_code(code)
    assert len(code) <= 25


@given(CODES, st.integers(2, 10), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_letter_is_noticed(code, place, letter):
    altered = code[:place] + letter + code[place + 1 :]
    assert rules.is_code(altered) == (altered == code)


NOISE = st.text(string.ascii_letters + string.digits + " .-/:;_", max_size=20)


@given(CODES, NOISE, NOISE)
def test_a_reference_is_found_whatever_the_bank_writes_around_it(code, before, after):
    assert code in list(rules.codes_in(f"{before}{code}{after}"))


@given(CODES, st.data())
def test_a_reference_is_found_however_its_payer_wrote_it(code, data):
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", "."]), min_size=len(code), max_size=len(code)))
    written = "".join(letter + gap for letter, gap in zip(code, gaps, strict=True))
    written = data.draw(
        st.sampled_from([written, written.lower(), written.replace("0", "O"), written.replace("1", "l")])
    )
    assert code in list(rules.codes_in(f"Nộp lệ phí {written}"))


def test_a_text_without_a_reference_has_none():
    assert list(rules.codes_in("Chuyển tiền ăn trưa DT123 cho anh Đạt")) == []


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-5, 10**6))
def test_never_more_goes_back_than_came_in(paid, refunded, waiting, amount):
    if amount > 0 and amount + refunded + waiting <= paid:
        rules.may_refund(paid=paid, refunded=refunded, waiting=waiting, amount=amount)
    else:
        with pytest.raises(BadInput):
            rules.may_refund(paid=paid, refunded=refunded, waiting=waiting, amount=amount)


@pytest.mark.parametrize(
    ("by", "kind"), [("account:1", "account"), ("token:9", "token"), ("system", "system")]
)
def test_nobody_approves_a_refund_they_asked_for_and_no_program_does(by, kind):
    with pytest.raises(Conflict):
        rules.may_approve(requested_by="account:1", by=by, kind=kind)


@pytest.mark.parametrize(
    ("amount", "refunded", "waits", "state"),
    [(10, 10, False, "refunded"), (10, 4, False, "paid"), (10, 4, True, "refunding")],
)
def test_an_order_is_refunded_when_all_of_it_went_back(amount, refunded, waits, state):
    assert rules.after_refund(amount, refunded, waits) == state
