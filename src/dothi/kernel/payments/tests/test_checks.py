import pytest

from dothi.kernel.payments.checks import check_config, settings_of_providers


def wrong(key, level="error"):
    return {each.setting for each in check_config().get(key, []) if each.level == level}


def test_what_is_set_up_well_has_only_warnings(setting):
    setting(public_url="https://city.example")
    assert wrong("vnpay") == wrong("vietqr") == set()
    assert {"vnpay_url", "vnpay_api_url"} <= wrong("vnpay", "warning")  # the sandbox


@pytest.mark.parametrize(
    ("key", "change", "setting_named"),
    [
        ("vnpay", {"vnpay_secret": ""}, "vnpay_secret"),
        ("vnpay", {"vnpay_terminal": "SHORT"}, "vnpay_terminal"),
        ("vnpay", {"vnpay_url": "http://pay.example"}, "vnpay_url"),
        ("vnpay", {}, "public_url"),
        ("vietqr", {"vietqr_bank": "VCB"}, "vietqr_account"),
        ("vietqr", {"vietqr_account": ""}, "vietqr_account"),
    ],
)
def test_each_error_names_its_setting(setting, key, change, setting_named):
    setting(**change)
    assert setting_named in wrong(key)
    assert any(setting_named in message.msg for message in settings_of_providers())


def test_what_nobody_began_to_set_up_is_no_problem(setting):
    setting(
        **dict.fromkeys(
            ("vnpay_terminal", "vnpay_secret", "vietqr_account", "vietqr_bank", "vietqr_token"), ""
        )
    )
    assert settings_of_providers() == []


def test_a_way_that_is_none_is_named(setting):
    setting(payments="vnpay,momo")
    assert any("momo" in message.msg for message in settings_of_providers())


def test_every_problem_is_said_in_both_languages(setting):
    setting(vnpay_terminal="X", vnpay_secret="short", vietqr_bank="", vietqr_name="", vietqr_token="")
    problems = [each for found in check_config().values() for each in found]
    assert len(problems) > 5
    assert all(each.text["vi"] != each.text["en"] for each in problems)
