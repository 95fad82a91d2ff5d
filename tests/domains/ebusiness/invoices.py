"""Tiny invoices, and rules of the shape that Schematron compilers write, for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def ubl(number: str = "7", total: str = "12.10", customization: str = "urn:cen.eu:en16931:2017",
        head: str = "") -> str:  # fmt: skip
    """An invoice of UBL with next to nothing in it."""
    return (
        f'<?xml version="1.0"?>\n{head}<Invoice xmlns="{UBL}" xmlns:cbc="{CBC}">\n'
        f"<cbc:CustomizationID>{customization}</cbc:CustomizationID>\n"
        f"<cbc:ID>{number}</cbc:ID>\n<cbc:PayableAmount>1.00</cbc:PayableAmount>\n"
        f"<cbc:PayableAmount>{total}</cbc:PayableAmount></Invoice>"
    )


def sheet(rules: str, space: str = UBL) -> str:
    """A stylesheet that reports in SVRL."""
    return f"""<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:d="{space}" xmlns:cbc="{CBC}">
<xsl:template match="/"><svrl:schematron-output><xsl:apply-templates/></svrl:schematron-output>
</xsl:template>
<xsl:template match="text()"/>
<xsl:template match="d:*"><svrl:fired-rule context="x"/>{rules}<xsl:apply-templates/></xsl:template>
</xsl:stylesheet>"""


NUMBER = f"""<xsl:if test="not(normalize-space(cbc:ID))">
<svrl:failed-assert id="BR-02" flag="fatal" location="/*:Invoice[namespace-uri()='{UBL}'][1]">
<svrl:text>[BR-02]-An Invoice shall have an Invoice number (BT-1).</svrl:text></svrl:failed-assert>
</xsl:if>"""
DECIMALS = f"""<xsl:if test="string-length(substring-after(cbc:PayableAmount[2], '.')) &gt; 2">
<svrl:failed-assert id="BR-DEC-18" flag="warning"
 location="/Q{{{{{UBL}}}}}Invoice[1]/Q{{{{{CBC}}}}}PayableAmount[2]">
<svrl:text>The allowed maximum number of decimals for (BT-115) is 2.</svrl:text>
</svrl:failed-assert></xsl:if>"""


def write_rules(folder: Path) -> Path:
    """A zip of rules for all invoices, more for Peppol, and a sheet that is no rule."""
    file = folder / "rules.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xslt/OWN-UBL.xslt", sheet(NUMBER + DECIMALS))
        archive.writestr("xslt/PEPPOL-UBL.xsl", sheet(NUMBER.replace("BR-02", "PEPPOL-R1")))
        archive.writestr("xslt/other.xsl", sheet(""))
        archive.writestr("readme.txt", "rules")
    return file
