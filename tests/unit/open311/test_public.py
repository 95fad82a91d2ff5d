"""The public feed of 1,000 generated requests carries nothing that says who reported."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from kopa.open311.public import public_feed, public_text
from kopa.open311.read_open311 import parse_requests
from kopa.open311.write_open311 import write_requests_xml
from kopa.redact import latvian_code

FIRST = ("Jānis", "Anna", "Līga", "Pēteris", "Ilze")
LAST = ("Bērziņš", "Ozola", "Kalniņa", "Liepiņš")
STANDARD = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
    "extended_attributes",
}  # fmt: skip


def code(dice: random.Random) -> str:
    """A personal code whose check digit is right, or of the kind that has none."""
    while True:
        digits = f"{dice.randint(1, 28):02}{dice.randint(1, 12):02}{dice.randint(0, 99):02}"
        digits += f"{dice.choice('012')}{dice.randint(0, 9999):04}"
        if dice.random() < 0.3:
            digits = "32" + digits[2:]
        if latvian_code(digits):
            return dice.choice((f"{digits[:6]}-{digits[6:]}", digits, f"{digits[:6]} {digits[6:]}"))


def phone(dice: random.Random) -> str:
    number = f"{dice.choice('26')}{dice.randint(0, 9_999_999):07}"
    shapes = (
        number, f"+371 {number}", f"{number[:2]} {number[2:5]} {number[5:]}",
        f"{number[:4]}-{number[4:]}", f"+371{number}", f"00371 {number[:4]} {number[4:]}",
        f"(+371) {number}", ".".join((number[:2], number[2:5], number[5:])),
    )  # fmt: skip
    return dice.choice(shapes)


def generated(many: int) -> tuple[list[dict[str, Any]], set[str]]:
    """Requests as an export with everything in it, and what must not be published."""
    dice = random.Random(311)
    rows, secret = [], set()
    for number in range(many):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        mail = f"{first}.{last}{number}@{dice.choice(('inbox.lv', 'gmail.com'))}"
        own, call = code(dice), phone(dice)
        secret |= {mail, own, call, f"device-{number}", f"account-{number}"}
        told = dice.choice(("Zvaniet {p}, {m}, pk {c}", "{c}/{p}/{m}", "Nav ūdens.{p};{m};({c})"))
        text = told.format(p=call, m=mail, c=own)
        rows.append({
            "service_request_id": f"r{number}", "status": "open", "service_code": "water.none",
            "requested_datetime": "2026-11-24T12:00:00Z", "lat": 56.95, "long": 24.1,
            "description": text, "address": f"Brīvības iela {number % 90}, {call}",
            "status_notes": text, "service_notice": text, "agency_responsible": text,
            "service_name": text, "zipcode": own, "address_id": call,
            "media_url": f"https://kopa.example/{dice.choice((mail, own, 'a.jpg?tel=' + call))}",
            "first_name": first, "last_name": last, "name": f"{first} {last}", "email": mail,
            "phone": call, "device_id": f"device-{number}", "account_id": f"account-{number}",
            "extended_attributes": {"kopa": {
                "photos": [f"https://kopa.example/{mail}"],
                "updates": [{"at": "2026-11-24T13:00:00Z", "status": "open", "text": text}],
            }, "email": mail, "first_name": first},
        })  # fmt: skip
    return rows, secret


def test_nothing_of_a_thousand_says_who_reported() -> None:
    rows, secret = generated(1000)
    requests, _ = parse_requests(json.dumps(rows).encode())
    feed = public_feed(requests)
    assert len(feed) == 1000
    for row in feed:
        assert set(row) <= STANDARD
        assert set(row["extended_attributes"]) == {"kopa"}
    for text in (json.dumps(feed, ensure_ascii=False), write_requests_xml(feed).decode()):
        assert [one for one in secret if one in text] == []
        assert "@" not in text
        plain = re.sub(r"2026-11-24T1\d:00:00\+00:00", "", text)
        assert re.findall(r"\d[\d .()-]{6,}\d", plain) == []
        assert re.findall(r"first_name|last_name|\"name|email|phone\"|device|account", plain) == []
    assert "Brīvības iela 7, " in feed[7]["address"]
    assert "Nav ūdens" in json.dumps(feed, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mani sauc Jānis Bērziņš, nav ūdens", "Mani sauc [name], nav ūdens"),
        ("No water. Best regards, John Smith", "No water. Best regards, [name]"),
        ("anna (at) inbox (dot) lv", "[e-mail]"),
        ("spiediens 2,5 bar 3. stāvā", "spiediens 2,5 bar 3. stāvā"),
        ("Brīvības iela 100-12, LV-1010", "Brīvības iela 100-12, LV-1010"),
        ("010190 - 12345", "[number]"),
    ],
)
def test_texts(text: str, left: str) -> None:
    assert public_text(text) == left
