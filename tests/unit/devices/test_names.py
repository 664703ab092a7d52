"""One name however it is written, and names that are none."""

from __future__ import annotations

import pytest

from caretally.devices.names import check_digit, imei_of, is_imei, is_mac, name_of, scheme_and_value

IMEI = "352099001761481"


@pytest.mark.parametrize(
    "written", [IMEI, "35209900176148", "35 209900 176148 1", "35-209900-176148-1", f" {IMEI} "]
)
def test_an_imei_is_one_name_however_it_is_written(written: str) -> None:
    assert name_of("IMEI", written) == f"imei {IMEI}"


def test_leading_zeros_and_the_check_digit_come_back() -> None:
    """BodyTrace writes an IMEI without both; reporting body 01 begins with a zero."""
    whole = "01234567890123" + check_digit("01234567890123")
    assert imei_of("1234567890123") == whole
    assert is_imei(whole)


@pytest.mark.parametrize("wrong", ["352099001761482", "35209900176148", "x" * 15, "٣" * 15, ""])
def test_what_is_no_imei_is_known(wrong: str) -> None:
    assert not is_imei(wrong)


@pytest.mark.parametrize("written", ["A4:C1:38:0B:5E:11", "a4-c1-38-0b-5e-11", "a4c1.380b.5e11"])
def test_a_mac_address_is_one_name(written: str) -> None:
    assert name_of("mac", written) == "mac a4c1380b5e11"


def test_what_is_neither_stays_as_it_is() -> None:
    assert name_of("imei", "not a number") == "imei not a number"
    assert name_of("mac", "a4:c1") == "mac a4:c1"
    assert not is_mac("a4:c1")
    assert name_of("tenovi:device", " 77AA ") == "tenovi:device 77AA"
    assert scheme_and_value("serial A 1") == ("serial", "A 1")
