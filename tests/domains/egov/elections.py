"""Small elections in the shape of Pabulib's files."""

from __future__ import annotations

from pathlib import Path

META = "META\nkey;value\ndescription;A town\nbudget;100\nvote_type;approval\n"
PROJECTS = "PROJECTS\nproject_id;cost;name;selected\na;60;Park;1\nb;40;Lamp;0\nc;50;Bench;0\n"
VOTES = "VOTES\nvoter_id;vote;age;sex\n1;a,b;30;F\n2;a;40;M\n3;b;50;F\n4;c;60;M\n"


def write_election(folder: Path, text: str = META + PROJECTS + VOTES) -> Path:
    """Write an election; gives the file."""
    file = folder / "e.pb"
    file.write_text(text, encoding="utf-8")
    return file
