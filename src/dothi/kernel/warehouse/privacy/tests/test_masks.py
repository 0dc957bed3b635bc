"""Masked forms, pseudonyms, small groups."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from dothi.kernel.warehouse.privacy.anonymity import k_anonymity
from dothi.kernel.warehouse.privacy.masks import FORM_OF_KIND, FORMS, mask
from dothi.kernel.warehouse.privacy.pseudonyms import pseudonym, pseudonymise

KEY = b"0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("079090012345", "cccd", "•••••345"),
        ("0901 234 567", "phone", "•••••567"),
        ("12345", "tail", "••••••"),
        ("Nguyễn Thị Mai", "name", "N. T. M."),
        ("mai.nguyen@example.vn", "email", "m•••@example.vn"),
        ("no address", "email", "••••••"),
        ("12/5 Nguyễn Trãi, Phường 7, Quận 5", "address", "•••, Phường 7, Quận 5"),
        ("12/5 Nguyễn Trãi", "address", "••••••"),
        ("01/05/1990", "birth_date", "1990"),
        (date(1990, 5, 1), "year", "1990"),
        (datetime(1990, 5, 1), "year", "1990"),  # noqa: DTZ001
        ("không rõ", "year", "••••••"),
        ("anything", "all", "••••••"),
        ("anything", "null", None),
        ("anything", "a form there is not", "••••••"),
        (None, "all", None),
        (1234567890, "tail", "•••••890"),
        ("", "initials", "••••••"),
    ],
)
def test_a_masked_form(value, kind, shown):
    assert mask(value, kind) == shown


def test_every_kind_has_a_form():
    assert set(FORM_OF_KIND.values()) <= set(FORMS)


@pytest.mark.parametrize("value", ["079090012345", "GD4790123456789", "0901234567", "51F-123.45"])
def test_a_mask_keeps_at_most_three_digits(value):
    for form in FORMS:
        shown = mask(value, form) if form != "pseudonym" else None
        assert sum(letter.isdigit() for letter in shown or "") <= 3


def test_equal_values_have_equal_pseudonyms_under_one_key():
    assert pseudonym("079090012345", KEY) == pseudonym(" 079090012345 ", KEY)
    assert pseudonym("079090012345", KEY) != pseudonym("079090012345", KEY[::-1])
    assert pseudonym("079090012345", KEY, scope="a") != pseudonym("079090012345", KEY, scope="b")
    assert pseudonym("e\u0302", KEY) == pseudonym("ê", KEY)
    assert pseudonym(None, KEY) is None
    assert len(pseudonym("x", KEY)) == 16


def test_a_short_key_makes_no_pseudonyms():
    with pytest.raises(ValueError, match="16 bytes"):
        pseudonym("x", b"short")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", None, "b", "a"]),
        pa.chunked_array([["a", None], ["b", "a"]]),
        pa.array(["a", None, "b", "a"]).dictionary_encode(),
    ],
)
def test_a_column_is_pseudonymised(column):
    found = pseudonymise(column, KEY).to_pylist()
    assert found[0] == found[3] == pseudonym("a", KEY)
    assert found[1] is None
    assert found[2] == pseudonym("b", KEY)


def test_an_empty_column_stays_empty():
    assert pseudonymise(pa.chunked_array([], pa.string()), KEY).to_pylist() == []


GROUPS = pa.table(
    {
        "ward": ["a"] * 6 + ["b"] * 2 + [None],
        "born": [1990] * 6 + [1980, 1981, 1970],
        "ill": ["x"] * 6 + ["x", "y", "y"],
    }
)


def test_small_groups_are_counted():
    report = k_anonymity(GROUPS, ["ward", "born"], k=5)
    assert (
        report.rows,
        report.groups,
        report.smallest,
        report.small,
        report.rows_at_risk,
        report.unique,
    ) == (9, 4, 1, 3, 3, 3)
    assert report.holds is False
    assert report.examples[0].rows == 1


def test_fewer_columns_make_larger_groups():
    assert k_anonymity(GROUPS, ["ward"], k=2).rows_at_risk == 1
    assert k_anonymity(GROUPS.slice(0, 6), ["ward"], k=5).holds


def test_a_group_that_shares_one_secret_is_seen():
    assert k_anonymity(GROUPS, ["ward"], sensitive="ill").diversity == 1


def test_an_empty_table_has_no_small_groups():
    report = k_anonymity(GROUPS.slice(0, 0), ["ward"])
    assert (report.rows, report.smallest, report.holds) == (0, 0, True)


def test_columns_are_named():
    with pytest.raises(ValueError, match="at least one"):
        k_anonymity(GROUPS, [])
    with pytest.raises(KeyError):
        k_anonymity(GROUPS, ["nothing"])
