from __future__ import annotations

from datetime import date

import pytest

from bot.almanac.tables import Tables
from bot.election.councils import Council, Councils
from tests.election.build import HULL, NIGHT, PARTIES

COUNCILS = Councils(
    [
        Council(
            "KHL",
            "Kingston upon Hull",
            gss="E06000010",
            official_name="Hull City Council",
            aliases=("hull",),
        ),
        Council("KTT", "Kingston upon Thames", gss="E09000021"),
        Council("BAS", "Bath and North East Somerset", gss="E06000022"),
        Council("BDF", "Bedford", gss="E06000055", official_name="Bedford Borough Council"),
        Council("BDG", "Barking and Dagenham", gss="E09000002"),
        Council("CAR", "Carlisle", ends=date(2023, 4, 1), successors=("CMD",)),
        Council("OLD", "Oldshire", ends=date(2019, 4, 1), successors=("BDF",)),
        Council("DUR", "Durham", ends=date(2009, 4, 1)),
        Council("DHM", "Durham", gss="E06000047", official_name="Durham County Council"),
    ]
)


@pytest.mark.parametrize(
    "words",
    [
        "Hull",
        "hull city council",
        "KHL",
        "khl",
        "E06000010",
        "e06000010",
        "Kingston-upon-Hull",
        "Kingston_upon_Hull",
        "KINGSTON UPON HULL",
        "  the City of Hull  ",
        "Kingston upon Hul",
        "Kinston upon Hull",
        "Hulll",
    ],
)
def test_hull_is_found_under_all_its_names_and_a_slip(words: str) -> None:
    assert COUNCILS.find(words, NIGHT).council == COUNCILS.get("KHL")


def test_and_may_be_an_ampersand_or_an_underscore() -> None:
    for words in ("Bath & North East Somerset", "Bath___North_East_Somerset"):
        assert COUNCILS.find(words, NIGHT).council == COUNCILS.get("BAS")


def test_the_living_council_has_the_name() -> None:
    assert COUNCILS.find("Durham", NIGHT).council == COUNCILS.get("DHM")


def test_a_council_that_has_ended_finds_the_one_that_followed_it() -> None:
    found = COUNCILS.find("Oldshire", NIGHT)
    assert (found.council, found.former) == (COUNCILS.get("BDF"), COUNCILS.get("OLD"))


def test_what_stands_between_two_is_suggested_not_guessed() -> None:
    match = COUNCILS.find("Kingston upon", NIGHT)
    assert match.council is None
    assert {c.code for c in match.suggestions[:2]} == {"KHL", "KTT"}


def test_a_name_may_be_cut_after_whole_words() -> None:
    assert COUNCILS.find("Barking", NIGHT).council == COUNCILS.get("BDG")
    assert COUNCILS.find("Bath", NIGHT).council == COUNCILS.get("BAS")
    kingstons = COUNCILS.find("Kingston", NIGHT)
    assert kingstons.council is None
    assert [c.code for c in kingstons.suggestions] == ["KHL", "KTT"]


@pytest.mark.parametrize("words", ["", "   ", "Gotham", "🗳️", "x" * 4000, "%", "'; DROP TABLE"])
def test_nonsense_finds_nothing(words: str) -> None:
    assert COUNCILS.find(words, NIGHT).council is None


def test_the_wire_is_never_guessed() -> None:
    assert COUNCILS.resolve("Kingston-upon-Hull", NIGHT).code == "KHL"
    slip = COUNCILS.resolve("Kingston-upon-Hul", NIGHT)
    assert (slip.known, slip.name) == (False, "Kingston-upon-Hul")
    assert COUNCILS.get(slip.code).code == slip.code


def test_completion_puts_beginnings_first_and_offers_who_followed() -> None:
    assert [c.code for c in COUNCILS.complete("b", NIGHT)][:3] == ["BDG", "BAS", "BDF"]
    assert COUNCILS.complete("hull", NIGHT)[0].code == "KHL"
    assert COUNCILS.complete("Oldsh", NIGHT) == [COUNCILS.get("BDF")]
    assert len(COUNCILS.complete("", NIGHT, limit=3)) == 3


def test_a_council_without_a_name_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="code and a name"):
        Council("", "x")


def test_hull_of_the_other_tests_is_known() -> None:
    assert HULL.known


@pytest.mark.parametrize(
    ("name", "abbreviation", "ec_id", "code"),
    [
        ("Labour Party", None, None, "Lab"),
        ("C", None, None, "Con"),
        ("UK Independence Party", "UKIP", None, "UKIP"),
        ("green", None, None, "Green"),
        ("anything", None, "PP90", "LD"),
        ("anything", None, "party:90", "LD"),
        ("Wessex First", "WF", "PP1", "wire:wessex first"),
        ("WF", None, None, "wire:wf"),
    ],
)
def test_parties_are_known_by_id_name_and_abbreviation(
    name: str, abbreviation: str | None, ec_id: str | None, code: str
) -> None:
    from bot.election.parties import WireParty

    party = PARTIES.resolve(WireParty(name, abbreviation, ec_id))
    assert party.code == code
    assert PARTIES.get(code).code == code
    assert party.known is not code.startswith("wire:")


def test_short_names_of_strangers_are_learnt_unless_two_share_one() -> None:
    from bot.election.parties import WireParty

    knowing = PARTIES.knowing([WireParty("Wessex First", "WF"), WireParty("Labour Party", "Lab")])
    assert knowing.resolve(WireParty("WF")).code == "wire:wessex first"
    twins = PARTIES.knowing([WireParty("Local Alliance", "LA"), WireParty("Labour Action", "LA")])
    assert twins.resolve(WireParty("LA")).code == "wire:la"
    assert twins.resolve(WireParty("Local Alliance", "LA")).code == "wire:local alliance"
    assert PARTIES.knowing([WireParty("Labour Party", "Lab")]) is PARTIES


def test_an_alias_cannot_name_two_parties() -> None:
    from bot.election.parties import Parties, Party

    with pytest.raises(ValueError, match="names both"):
        Parties([Party("A", "One", "A"), Party("B", "Two", "B", aliases=("one",))])


def test_a_party_needs_a_colour_as_hex() -> None:
    from bot.election.parties import Party

    with pytest.raises(ValueError, match="#RRGGBB"):
        Party("A", "One", "A", colour="red")


IN_OTHER_LANGUAGES = {
    "AGY": "Ynys Môn; Ynys Mon; Sir Ynys Môn; Cyngor Sir Ynys Môn; Isle of Anglesey / Ynys Môn",
    "BGE": "Pen-y-bont ar Ogwr; Cyngor Bwrdeistref Sirol Pen-y-bont ar Ogwr",
    "BGW": "Blaenau Gwent; Cyngor Bwrdeistref Sirol Blaenau Gwent",
    "CAY": "Caerffili; Cyngor Bwrdeistref Sirol Caerffili",
    "CGN": "Ceredigion; Cyngor Sir Ceredigion",
    "CMN": "Sir Gâr; Sir Gaerfyrddin; Cyngor Sir Gâr; Cyngor Sir Gaerfyrddin; CYNGOR SIR GAR",
    "CRF": "Caerdydd; Cyngor Caerdydd; Caerdydd / Cardiff",
    "CWY": "Conwy; Cyngor Bwrdeistref Sirol Conwy",
    "DEN": "Sir Ddinbych; Cyngor Sir Ddinbych",
    "FLN": "Sir y Fflint; Cyngor Sir y Fflint; Flintshire (Sir y Fflint)",
    "GWN": "Gwynedd; Cyngor Gwynedd",
    "MON": "Sir Fynwy; Cyngor Sir Fynwy; Monmouthshire - Sir Fynwy",
    "MTY": "Merthyr Tudful; Cyngor Bwrdeistref Sirol Merthyr Tudful",
    "NTL": "Castell-nedd Port Talbot; Cyngor Bwrdeistref Sirol Castell-nedd Port Talbot",
    "NWP": "Casnewydd; Cyngor Dinas Casnewydd",
    "PEM": "Sir Benfro; Sir Penfro; Cyngor Sir Penfro",
    "POW": "Powys; Cyngor Sir Powys",
    "RCT": "Rhondda Cynon Tâf; Cyngor Bwrdeistref Sirol Rhondda Cynon Taf",
    "SWA": "Abertawe; Cyngor Abertawe; Dinas a Sir Abertawe",
    "TOF": "Torfaen; Cyngor Bwrdeistref Sirol Torfaen",
    "VGL": "Bro Morgannwg; Cyngor Bro Morgannwg",
    "WRX": "Wrecsam; Cyngor Bwrdeistref Sirol Wrecsam",
    "ELS": "Na h-Eileanan Siar; Western Isles; Comhairle nan Eilean Siar",
    "EDH": "Dùn Èideann; Dun Eideann; Edinburgh / Dùn Èideann",
    "HLD": "A' Ghàidhealtachd; Comhairle na Gàidhealtachd; Highland / A' Ghàidhealtachd",
    "GLG": "Glaschu; Glasgow City Council",
    "CON": "Kernow; Konsel Kernow; Cornwall / Kernow",
}


@pytest.mark.parametrize("code", IN_OTHER_LANGUAGES)
def test_a_council_is_known_by_its_name_in_each_of_its_languages(code: str) -> None:
    councils = Councils(Tables().councils)
    for name in IN_OTHER_LANGUAGES[code].split("; "):
        assert councils.resolve(name, date(2024, 5, 2)).code == code
        assert councils.resolve(name.upper(), date(2024, 5, 2)).code == code


@pytest.mark.parametrize("name", ["Cardiff / Swansea", "Sir", "Cyngor Sir", "Nowhere / Kernow"])
def test_names_of_two_councils_mean_neither(name: str) -> None:
    assert not Councils(Tables().councils).resolve(name, date(2024, 5, 2)).known


def test_an_unknown_borough_is_the_place_that_others_call_it() -> None:
    councils = Councils(Tables().councils)
    names = ("Aldermoor", "Aldermoor Council", "Aldermoor Borough Council",
             "Aldermoor  district council", "Aldermoor Metropolitan Borough Council")  # fmt: skip
    codes = {councils.resolve(name, date(2024, 5, 2)).code for name in names}
    assert codes == {"wire:Aldermoor"}
    others = ("Aldermoor City Council", "Aldermoor County Council", "Council")
    codes |= {councils.resolve(name, date(2024, 5, 2)).code for name in others}
    assert len(codes) == 1 + len(others)  # a city may be another council than its county
