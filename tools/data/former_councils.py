"""The councils that ended before the register begins: their names in the history, and who followed.

Each reorganisation by the Act or orders that made it, with the day on which its councils ended and
the codes of those that took over; a council whose area was shared out has several.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.election.parties import folded


class Former(NamedTuple):
    """A council that ended: its name as the history has it, its type in the wire's words."""

    name: str
    nation: str
    type: str
    ends: str
    successors: tuple[str, ...]

    @property
    def code(self) -> str:
        """Our code: the name in lower case, as the register has none."""
        return folded(self.name).replace(" & ", " and ").replace(" ", "-").translate(_NO_BRACKETS)


_ENDED = {
    # Local Government Act 1985.
    ("England", "County", "1986-04-01"): """
        Glc: BDG BNE BEX BEN BRY CMD CRY EAL ENF GRE HCK HMF HRY HRW HAV HIL HNS ISL KEC KTT LBH LEW
            MRT NWM RDB RIC SWK STN TWH WFT WND WSM LND
        Greater Manchester: BOL BUR MAN OLD RCH SLF SKP TAM TRF WGN
        Merseyside: KWL LIV SHN SFT WRL
        South Yorkshire: BNS DNC ROT SHF
        Tyne & Wear: GAT NET NTY STY SND
        West Midlands: BIR COV DUD SAW SOL WLL WLV
        West Yorkshire: BRD CLD KIR LDS WKF""",
    # Orders of 1995 and 1996 under the Local Government Act 1992.
    ("England", "Non-Met", "1995-04-01"): """
        Medina: IOW
        South Wight: IOW""",
    ("England", "County", "1996-04-01"): """
        Avon: BAS BST NSM SGC
        Cleveland: HPL MDB RCC STT
        Humberside: ERY KHL NLN NEL""",
    ("England", "Non-Met", "1996-04-01"): """
        Bath: BAS
        Beverley: ERY
        Boothferry: ERY NLN
        Cleethorpes: NEL
        East Yorkshire: ERY
        Glanford: NLN
        Great Grimsby: NEL
        Holderness: ERY
        Kingswood: SGC
        Langbaurgh: RCC
        Northavon: SGC
        Scunthorpe: NLN
        Wansdyke: BAS
        Woodspring: NSM""",
    ("England", "Non-Met", "1997-04-01"): """
        Brighton: BNH
        Hove: BNH""",
    ("England", "County", "1998-04-01"): """
        Berkshire: BRC RDG SLG WBK WNM WOK
        Hereford & Worcester: HEF WOR""",
    ("England", "Non-Met", "1998-04-01"): """
        Gillingham: MDW
        Hereford: HEF
        Leominster: HEF MAV
        Rochester Upon Medway: MDW
        South Herefordshire: HEF""",
    # Orders of 2008 under the Local Government and Public Involvement in Health Act 2007.
    ("England", "County", "2009-04-01"): """
        Bedfordshire: BDF CBF
        Cheshire: CHE CHW""",
    ("England", "Non-Met", "2009-04-01"): """
        Alnwick: NBL
        Berwick-Upon-Tweed: NBL
        Blyth Valley: NBL
        Bridgnorth: SHR
        Caradon: CON
        Carrick: CON
        Castle Morpeth: NBL
        Chester: CHW
        Chester-Le-Street: DUR
        Congleton: CHE
        Crewe & Nantwich: CHE
        Derwentside: DUR
        Durham (district): DUR
        Easington: DUR
        Ellesmere Port & Neston: CHW
        Kennet: WIL
        Kerrier: CON
        Macclesfield: CHE
        Mid Bedfordshire: CBF
        North Cornwall: CON
        North Shropshire: SHR
        North Wiltshire: WIL
        Oswestry: SHR
        Penwith: CON
        Restormel: CON
        Salisbury: WIL
        Sedgefield: DUR
        Shrewsbury & Atcham: SHR
        South Bedfordshire: CBF
        South Shropshire: SHR
        Teesdale: DUR
        Tynedale: NBL
        Vale Royal: CHW
        Wansbeck: NBL
        Wear Valley: DUR
        West Wiltshire: WIL""",
    # Local Government (Wales) Act 1994.
    ("Wales", "Wales", "1996-04-01"): """
        Aberconwy: CWY
        Alyn & Deeside: FLN
        Arfon: GWN
        Brecknock: POW
        Carmarthen: CMN
        Clwyd: CWY DEN FLN WRX
        Colwyn: CWY DEN
        Cynon Valley: RCT
        Delyn: FLN
        Dinefwr: CMN
        Dwyfor: GWN
        Dyfed: CGN CMN PEM
        Glyndwr: DEN WRX POW
        Gwent: BGW CAY MON NWP TOF
        Islwyn: CAY
        Llanelli: CMN
        Lliw Valley: SWA NTL
        Meirionnydd: GWN
        Mid Glamorgan: BGE CAY MTY RCT
        Monmouth: MON
        Montgomeryshire: POW
        Neath: NTL
        Ogwr: BGE
        Port Talbot: NTL
        Preseli Pembrokeshire: PEM
        Radnor: POW
        Rhondda: RCT
        Rhuddlan: DEN
        Rhymney Valley: CAY
        South Glamorgan: CRF VGL
        South Pembrokeshire: PEM
        Taff-Ely: RCT CRF
        West Glamorgan: NTL SWA
        Wrexham Maelor: WRX
        Ynys Mon (district): AGY""",
    # Local Government etc. (Scotland) Act 1994.
    ("Scotland", "Scotland", "1996-04-01"): """
        Annandale & Eskdale: DGY
        Badenoch & Strathspey: HLD
        Banff & Buchan: ABD
        Bearsden & Milngavie: EDU
        Berwickshire: SCB
        Caithness: HLD
        Central: CLK FAL STG
        Clydebank: WDU
        Clydesdale: SLK
        Cumbernauld & Kilsyth: NLK
        Cumnock & Doon Valley: EAY
        Cunninghame: NAY
        Dumbarton: WDU AGB
        Dunfermiline: FIF
        East Kilbride: SLK
        Eastwood: ERW
        Ettrick & Lauderdale: SCB
        Gordon: ABD
        Grampian: ABD ABE MRY
        Hamilton: SLK
        Inverness: HLD
        Kilmarnock & Loudoun: EAY
        Kincardine & Deeside: ABD
        Kirkcaldy: FIF
        Kyle & Carrick: SAY
        Lochaber: HLD
        Lothian: EDH ELN MLN WLN
        Monklands: NLK
        Motherwell: NLK
        Nairn: HLD
        Nithsdale: DGY
        North East Fife: FIF
        Renfrew: RFW ERW
        Ross & Cromarty: HLD
        Roxburgh: SCB
        Skye & Lochalsh: HLD
        Stewartry: DGY
        Strathclyde: AGB EAY EDU ERW GLG IVC NAY NLK RFW SAY SLK WDU
        Strathkelvin: EDU NLK
        Sutherland: HLD
        Tayside: ANS DND PKN
        Tweedale: SCB
        Wigtown: DGY""",
}

_NO_BRACKETS = str.maketrans("", "", "()")

_AS_A_NEWSROOM_WRITES_IT = {
    "Glc": "Greater London Council",
    "Dunfermiline": "Dunfermline",
    "Tweedale": "Tweeddale",
    "Ynys Mon (district)": "Ynys Môn (district)",
}
"""Names that the history misspells or shortens."""


def former_councils() -> list[Former]:
    """Return every council that ended before the register begins."""
    return [
        Former(name, nation, kind, ends, codes)
        for (nation, kind, ends), text in _ENDED.items()
        for name, codes in _entries(text)
    ]


def _entries(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each council of a reorganisation with the codes of those that followed it."""
    for line in text.replace("\n            ", " ").strip().splitlines():
        name, _, codes = line.partition(":")
        yield name.strip(), tuple(codes.split())


def name_of(former: Former) -> str:
    """Return the name that readers see."""
    return _AS_A_NEWSROOM_WRITES_IT.get(former.name, former.name).replace(" & ", " and ")
