"""Signatures and codes against two published libraries: ``vectors.json`` holds what they gave (see ADR 0131)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import BadInput
from dothi.kernel.payments.providers.vietqr.payload import Transfer, crc, decode, encode
from dothi.kernel.payments.providers.vnpay import signing
from dothi.kernel.payments.providers.vnpay.messages import Shop, notice, plain

VECTORS = json.loads((Path(__file__).with_name("vectors.json")).read_text(encoding="utf-8"))
SECRET = VECTORS["secret"]
SHOP = Shop(VECTORS["terminal"], SECRET)


@pytest.mark.parametrize("vector", VECTORS["pay"])
def test_addresses_to_pay_are_signed_as_the_published_library_signs_them(vector):
    assert signing.is_signed(SECRET, {**vector["params"], "vnp_SecureHash": vector["hash"]})
    if not set("*~") & set(vector["params"]["vnp_OrderInfo"]):  # what plain() never lets through
        assert signing.query(vector["params"]) == vector["query"]
        assert signing.sign(SECRET, vector["params"]) == vector["hash"]


@pytest.mark.parametrize("vector", VECTORS["ipn"])
def test_notices_are_believed_when_the_published_library_believes_them(vector):
    told = notice(SHOP, vector["params"])
    assert (told is not None) == vector["verified"]
    if told is not None:
        assert told.told.paid == vector["success"]
        assert told.amount == vector["amount"]


@pytest.mark.parametrize(("kind", "fields"), [("query", signing.QUERY), ("refund", signing.REFUND)])
def test_requests_are_signed_as_the_published_library_signs_them(kind, fields):
    for body in VECTORS[kind]:
        given_hash = body["vnp_SecureHash"]
        params = {"vnp_TmnCode": SHOP.terminal, **{k: v for k, v in body.items() if k != "vnp_SecureHash"}}
        if kind == "query":  # that library leaves it out of what it sends, not of what it signs
            params["vnp_Version"] = "2.1.0"
        assert signing.sealed(SECRET, params, fields)["vnp_SecureHash"] == given_hash
        assert signing.is_sealed(SECRET, {**params, "vnp_SecureHash": given_hash}, fields)


PARAMS = st.dictionaries(
    st.from_regex(r"vnp_[A-Z][A-Za-z]{1,12}", fullmatch=True), st.text(min_size=1, max_size=30), min_size=1
)


@given(PARAMS, st.data())
def test_any_change_breaks_the_signature(params, data):
    signed = {**params, signing.HASH: signing.sign(SECRET, params)}
    assert signing.is_signed(SECRET, signed)
    key = data.draw(st.sampled_from(sorted(params)))
    assert not signing.is_signed(SECRET, {**signed, key: params[key] + "x"})
    assert not signing.is_signed("another", signed)
    assert not signing.is_signed("", signed)


@given(st.text(max_size=300))
def test_a_description_has_plain_characters_only(text):
    found = plain(text)
    assert found.isascii()
    assert len(found) <= 255
    assert not set(found) & set("*~&=+%#")


# --- VietQR ---


@pytest.mark.parametrize("vector", VECTORS["vietqr"])
def test_codes_are_those_of_the_published_libraries(vector):
    transfer = Transfer(*(vector[key] for key in ("bin", "account", "amount", "content", "service")))
    assert encode(transfer) == vector["text"]
    assert decode(vector["text"]) == transfer


def test_the_python_library_reads_and_writes_the_same():
    library = pytest.importorskip("vietnam_qr_pay")
    ours = encode(Transfer("970436", "1017595600", 75_000, "DT7K2M9QX4C"))
    assert library.QRPay.init_viet_qr("970436", "1017595600", "75000", "DT7K2M9QX4C").build() == ours
    read = library.QRPay(ours)
    assert (read.is_valid, read.amount, read.additional_data.purpose) == (True, "75000", "DT7K2M9QX4C")


TRANSFERS = st.builds(
    Transfer,
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    st.none() | st.integers(1, 10**12),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=25),
    st.sampled_from(["QRIBFTTA", "QRIBFTTC"]),
)


@given(TRANSFERS)
def test_a_code_says_what_was_put_in(transfer):
    assert decode(encode(transfer)) == transfer


@given(TRANSFERS, st.data())
def test_an_altered_code_is_refused(transfer, data):
    text = encode(transfer)
    place = data.draw(st.integers(0, len(text) - 9))
    letter = data.draw(st.characters(min_codepoint=48, max_codepoint=57))
    altered = text[:place] + letter + text[place + 1 :]
    if altered != text:
        with pytest.raises(BadInput):
            decode(altered)


@given(st.text(max_size=80))
def test_whatever_is_scanned_is_read_or_refused(text):
    with pytest.raises(BadInput):
        decode(text + "6304" + ("0000" if crc(text + "6304") != "0000" else "1111"))


@pytest.mark.parametrize(
    "wrong",
    [Transfer("97043", "1"), Transfer("970436", ""), Transfer("970436", "1" * 20), Transfer("970436", "1", 0),
     Transfer("970436", "1", 5, "lệ phí"), Transfer("970436", "1", 5, "x" * 26)],
)  # fmt: skip
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        encode(wrong)
