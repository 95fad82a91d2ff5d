"""Personal codes, phone numbers and e-mail addresses leave a text; nothing else does."""

from __future__ import annotations

import random

import pytest

from kopa.redact import latvian_code, redacted


@pytest.mark.parametrize("text", ["161175-19997", "16117519997", "32865432109", "321234-56789"])
def test_latvian_codes(text: str) -> None:
    # 161175-19997 is the example of python-stdnum, stdnum.lv.pvn
    assert latvian_code(text)
    assert redacted(f"Kods {text}.") == "Kods [personal code]."


@pytest.mark.parametrize("text", ["16117519998", "16137519997", "1611751999", "00117519997", ""])
def test_no_codes(text: str) -> None:
    assert not latvian_code(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zvaniet +371 29 123 456 tūlīt", "zvaniet [phone] tūlīt"),
        ("tel. 29123456, 67-012-345", "tel. [phone], [phone]"),
        ("0037129123456", "[phone]"),
        ("raksti a.b+c@pasts.example.lv!", "raksti [e-mail]!"),
        ("161175-19998 ar kļūdu", "[personal code] ar kļūdu"),
        (
            "caurule P551739995-1, 300 cm2, 12:30-14:00",
            "caurule P551739995-1, 300 cm2, 12:30-14:00",
        ),
        (
            "2026-11-23 10:00, 14090 cilvēku, 56.95,24.10",
            "2026-11-23 10:00, 14090 cilvēku, 56.95,24.10",
        ),
    ],
)
def test_what_goes_and_what_stays(text: str, told: str) -> None:
    assert redacted(text) == told


def test_no_generated_person_comes_through() -> None:
    draw = random.Random(4)
    for _ in range(300):
        phone = f"+371 2{draw.randrange(10**7):07d}"
        mail = f"u{draw.randrange(999)}@x{draw.randrange(99)}.lv"
        code = f"32{draw.randrange(10**4):04d}-{draw.randrange(10**5):05d}"
        said = redacted(f"Es, {code}, {mail}, gaidu pie {draw.randrange(200)}. mājas; {phone}")
        assert not any(secret in said for secret in (phone, phone[5:], mail, code))
