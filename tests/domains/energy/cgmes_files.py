"""A small grid as CGMES 2.4.15 writes it, made by hand: 110/20 kV, one line, one load."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

Things = dict[str, tuple[str, dict[str, str]]]
"""Class and properties by id; a value that begins with # is a reference."""

CIM = "http://iec.ch/TC57/2013/CIM-schema-cim16#"
PROFILES = {
    "EQ": "http://entsoe.eu/CIM/EquipmentCore/3/1",
    "SSH": "http://entsoe.eu/CIM/SteadyStateHypothesis/1/1",
    "TP": "http://entsoe.eu/CIM/Topology/4/1",
    "SV": "http://entsoe.eu/CIM/StateVariables/4/1",
}
NODES = {"n0": "110", "n1": "20", "n2": "20"}
TERMINALS = {
    "t-grid": ("grid", "n0", 1),
    "t-hv": ("trafo", "n0", 1),
    "t-lv": ("trafo", "n1", 2),
    "t-begin": ("line", "n1", 1),
    "t-end": ("line", "n2", 2),
    "t-load": ("load", "n2", 1),
}


def profiles() -> dict[str, Things]:
    """The four profiles of the grid."""
    return {"EQ": _equipment(), "SSH": _steady(), "TP": _topology(), "SV": _state()}


def written(folder: Path, content: dict[str, Things]) -> Path:
    """An archive of profiles."""
    path = folder / "grid.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, things in content.items():
            archive.writestr(f"grid_{name}.xml", _xml(name, things))
    return path


def _xml(profile: str, things: Things) -> str:
    head = (
        f'<rdf:RDF xmlns:cim="{CIM}" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">'
        f'<md:FullModel rdf:about="urn:uuid:{profile}">'
        f"<md:Model.profile>{PROFILES[profile]}</md:Model.profile></md:FullModel>"
    )
    parts = []
    for native, (name, values) in things.items():
        new = profile in ("EQ", "SV") or name == "TopologicalNode"
        own = f'rdf:ID="_{native}"' if new else f'rdf:about="#_{native}"'
        inner = "".join(
            f'<cim:{key} rdf:resource="{value if ":" in value else "#_" + value[1:]}"/>'
            if value.startswith(("#", "http"))
            else f"<cim:{key}>{escape(value)}</cim:{key}>"
            for key, value in values.items()
        )
        parts.append(f"<cim:{name} {own}>{inner}</cim:{name}>")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{"".join(parts)}</rdf:RDF>'


def _equipment() -> Things:
    name = "IdentifiedObject.name"
    found: Things = {
        "geo": ("GeographicalRegion", {name: "geo"}),
        "sub": ("SubGeographicalRegion", {name: "sub", "SubGeographicalRegion.Region": "#geo"}),
        "station": ("Substation", {name: "station", "Substation.Region": "#sub"}),
    }
    for kv in ("110", "20"):
        base = {name: kv, "BaseVoltage.nominalVoltage": kv}
        found[f"bv{kv}"] = ("BaseVoltage", base)
        level = {
            name: f"vl{kv}",
            "VoltageLevel.BaseVoltage": f"#bv{kv}",
            "VoltageLevel.Substation": "#station",
        }
        found[f"vl{kv}"] = ("VoltageLevel", level)
    for node, kv in NODES.items():
        place = {name: node, "ConnectivityNode.ConnectivityNodeContainer": f"#vl{kv}"}
        found[f"c{node}"] = ("ConnectivityNode", place)
    for terminal, (device, node, number) in TERMINALS.items():
        ends = {
            name: terminal,
            "Terminal.ConnectivityNode": f"#c{node}",
            "Terminal.ConductingEquipment": f"#{device}",
            "ACDCTerminal.sequenceNumber": str(number),
        }
        found[terminal] = ("Terminal", ends)
    at_20 = {"ConductingEquipment.BaseVoltage": "#bv20"}
    found["line"] = (
        "ACLineSegment",
        {name: "line", "Conductor.length": "5", "ACLineSegment.r": "1", "ACLineSegment.x": "1.5"}
        | {"ACLineSegment.bch": "0.0003", "ACLineSegment.gch": "0"}
        | at_20,
    )
    found["load"] = (
        "EnergyConsumer",
        {name: "load", "Equipment.EquipmentContainer": "#vl20"} | at_20,
    )
    found["control"] = (
        "RegulatingControl",
        {name: "control", "RegulatingControl.Terminal": "#t-grid"}
        | {"RegulatingControl.mode": f"{CIM}RegulatingControlModeKind.voltage"},
    )
    found["grid"] = (
        "ExternalNetworkInjection",
        {name: "grid", "ConductingEquipment.BaseVoltage": "#bv110"}
        | {"Equipment.EquipmentContainer": "#vl110"}
        | {"RegulatingCondEq.RegulatingControl": "#control"}
        | {"ExternalNetworkInjection.governorSCD": "1"},
    )
    trafo = {name: "trafo", "Equipment.EquipmentContainer": "#station"}
    found["trafo"] = ("PowerTransformer", trafo)
    # 25 MVA, 11.2 % and 0.28 % of 110² / 25 ohm
    for number, (kv, terminal, r, x) in enumerate(
        (("110", "t-hv", "1.3552", "54.20"), ("20", "t-lv", "0", "0")), 1
    ):
        found[f"end{number}"] = (
            "PowerTransformerEnd",
            {
                name: f"end{number}",
                "PowerTransformerEnd.PowerTransformer": "#trafo",
                "TransformerEnd.endNumber": str(number),
                "TransformerEnd.Terminal": f"#{terminal}",
                "TransformerEnd.BaseVoltage": f"#bv{kv}",
                "PowerTransformerEnd.ratedS": "25",
                "PowerTransformerEnd.ratedU": kv,
                "PowerTransformerEnd.r": r,
                "PowerTransformerEnd.x": x,
                "PowerTransformerEnd.b": "0",
                "PowerTransformerEnd.g": "0",
                "PowerTransformerEnd.phaseAngleClock": "0",
            },
        )
    found["tap"] = (
        "RatioTapChanger",
        {
            name: "tap",
            "RatioTapChanger.TransformerEnd": "#end1",
            "RatioTapChanger.stepVoltageIncrement": "1.5",
            "TapChanger.neutralStep": "0",
            "TapChanger.lowStep": "-9",
            "TapChanger.highStep": "9",
            "TapChanger.neutralU": "110",
            "TapChanger.normalStep": "0",
            "TapChanger.ltcFlag": "false",
        },
    )
    return found


def _steady() -> Things:
    found: Things = {
        terminal: ("Terminal", {"ACDCTerminal.connected": "true"}) for terminal in TERMINALS
    }
    found["load"] = ("EnergyConsumer", {"EnergyConsumer.p": "8", "EnergyConsumer.q": "2"})
    step = {"TapChanger.step": "-2", "TapChanger.controlEnabled": "false"}
    found["tap"] = ("RatioTapChanger", step)
    found["grid"] = (
        "ExternalNetworkInjection",
        {"ExternalNetworkInjection.p": "-8", "ExternalNetworkInjection.q": "-2"}
        | {"ExternalNetworkInjection.referencePriority": "1"}
        | {"RegulatingCondEq.controlEnabled": "true"},
    )
    found["control"] = (
        "RegulatingControl",
        {"RegulatingControl.discrete": "false", "RegulatingControl.enabled": "true"}
        | {"RegulatingControl.targetValue": "112.2"}
        | {"RegulatingControl.targetValueUnitMultiplier": f"{CIM}UnitMultiplier.k"},
    )
    return found


def _topology() -> Things:
    found: Things = {
        f"tn-{node}": (
            "TopologicalNode",
            {"IdentifiedObject.name": node, "TopologicalNode.BaseVoltage": f"#bv{kv}"}
            | {"TopologicalNode.ConnectivityNodeContainer": f"#vl{kv}"},
        )
        for node, kv in NODES.items()
    }
    for node in NODES:
        found[f"c{node}"] = (
            "ConnectivityNode",
            {"ConnectivityNode.TopologicalNode": f"#tn-{node}"},
        )
    for terminal, (_, node, _) in TERMINALS.items():
        found[terminal] = ("Terminal", {"Terminal.TopologicalNode": f"#tn-{node}"})
    return found


def _state() -> Things:
    volts = {"n0": "112.2", "n1": "20", "n2": "20"}
    return {
        f"sv-{node}": (
            "SvVoltage",
            {"SvVoltage.TopologicalNode": f"#tn-{node}", "SvVoltage.v": kv, "SvVoltage.angle": "0"},
        )
        for node, kv in volts.items()
    }
