"""Takes out of free text what names a person: personal codes, phone numbers, e-mail addresses.

Names of people are not found by any rule here: what is published must have no field for them.

References
----------
Latvian personal code: Regulations of the Cabinet No. 281 (1998), the check digit; since 1 July 2017
codes that begin with 32 tell nothing and have no check digit (Law on the Register of Natural
Persons).
"""

from __future__ import annotations

import re

_WEIGHTS = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(r"(?<!\d)(\d{6})([-‐-–—]?)(\d{5})(?!\d)")
_ABROAD = r"(?<![\w.,])(?:\+|00)\d(?:[ ().-]?\d){6,13}(?!\d)"
_HOME = r"(?<![\w.,-])[26](?:\d{7}|\d[ -]\d{3}[ -]\d{3}|\d(?:[ -]\d\d){3})(?![\d-])"
_PHONE = re.compile(f"{_ABROAD}|{_HOME}")
"""Any number with its country's code, and Latvian ones of eight digits without."""


def latvian_code(text: str) -> bool:
    """Whether eleven digits are a Latvian personal code.

    Parameters
    ----------
    text
        With or without a dash after the sixth digit.
    """
    digits = "".join(one for one in text if one.isdigit())
    if len(digits) != 11:
        return False
    if digits.startswith("32"):
        return True
    check = 1 + sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False))
    if check % 11 % 10 != int(digits[10]):
        return False
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= day <= 31 and 1 <= month <= 12 and digits[6] in "012"


def redacted(text: str) -> str:
    """The text with marks in place of what names a person.

    Eleven digits with a dash count as a personal code though the check digit is wrong: a slip of
    the pen still names somebody. Without a dash they count where the check digit is right.

    Parameters
    ----------
    text
        Free text.
    """

    def code(found: re.Match[str]) -> str:
        return "[personal code]" if found[2] or latvian_code(found[0]) else found[0]

    text = _EMAIL.sub("[e-mail]", text)
    text = _CODE.sub(code, text)
    return _PHONE.sub("[phone]", text)
