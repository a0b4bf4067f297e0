from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.card import Card, page_of
from bot.cards.night import changes_card, latest_card, next_card
from bot.cards.party import how_a_party_is_known, party_card
from bot.election.almanac import LONDON
from bot.election.ballots import Ballot, BallotStanding
from bot.election.control import Outcome
from bot.election.reports import BallotKind, VotingSystem
from bot.election.standings import CouncilStanding, Held
from bot.election.stories import Lens
from bot.wording.night import NightView
from bot.wording.sources import FeedAges
from tests.cards.nights import ALMANAC, AT_0232, COUNCILS, NIGHT, PA, PARTIES, a_night, standing
from tests.election.test_stories import ballot
from tests.election.test_tally import ward

NOW = datetime(2022, 5, 6, 17, 40, tzinfo=LONDON)
LABOUR = PARTIES.get("Lab")


def test_changes_of_hands_newest_first(snapshot):
    page = changes_card(
        NightView(a_night(), ALMANAC, NOW, feeds=FeedAges(NOW - timedelta(minutes=3)))
    )
    assert (page.number, page.pages) == (1, 1)
    assert page.card.to_text() == snapshot


def test_a_partys_changes_are_its_gains_and_its_losses():
    text = changes_card(NightView(a_night(), ALMANAC, NOW), party=LABOUR).card.to_text()
    assert text.startswith("Labour: 3 councils gained or lost, 8 of 9 declared")
    assert "Labour gain Westminster" in text
    assert "gain Tower Hamlets from Labour" in text
    assert "Worcester" not in text


def test_changes_of_one_kind():
    card = changes_card(NightView(a_night(), ALMANAC, NOW), outcomes={Outcome.HOLD}).card
    assert card.title.startswith("1 result,")
    assert "Labour hold Sunderland, 42 of 75" in card.to_text()
    lost = changes_card(NightView(a_night(), ALMANAC, NOW), outcomes={Outcome.LOSS_TO_NOC}).card
    assert lost.title.startswith("2 councils have changed hands,")


def test_nothing_changed_yet():
    none = changes_card(NightView([], ALMANAC, NOW)).card
    assert none.title == "No councils have changed hands: nothing has come in yet"
    assert none.description == "None so far."


def test_the_latest_results(snapshot):
    assert latest_card(NightView(a_night(), ALMANAC, NOW)).card.to_text() == snapshot


def test_what_declares_next(snapshot):
    night = [
        standing("KHL", "Lab", expected_at=AT_0232),
        standing("WSM", "Con", expected_at=NOW + timedelta(hours=1)),
        standing("MON", "Con", expected_at=NOW + timedelta(hours=20)),
        standing("SND", "Lab", awaiting_desk=(Held(3, PA, ("why",)),)),
        standing("BOL", "Lab"),
    ]
    assert next_card(NightView(night, ALMANAC, NOW)).card.to_text() == snapshot


def test_nothing_left_to_declare():
    later = [replace(one, night=NIGHT + timedelta(days=364)) for one in a_night()[:-1]]
    known = next_card(NightView(later, ALMANAC, NOW)).card
    assert "of how many is not known" in known.title
    assert known.description == "Every council known so far has declared."
    told = next_card(NightView(later, ALMANAC.told(later[0].night, 230), NOW)).card
    assert told.title == f"Still to declare: {230 - len(later)} of 230 councils"
    assert told.description == f"{230 - len(later)} more councils not known by name yet."
    assert (
        next_card(NightView(a_night()[:-1], ALMANAC, NOW)).card.description
        == "Every council has declared."
    )


def test_the_timetable_has_contests_and_when_each_nation_begins(snapshot):
    begin = {"England": NOW - timedelta(hours=9), "Wales": NOW + timedelta(hours=2)}
    night = replace(ALMANAC.night(NIGHT), counts_begin=begin)
    almanac = replace(ALMANAC, nights={NIGHT: night})
    mayor = Ballot("m.a", BallotKind.MAYOR, "Mayor of A", "A", "Wales", VotingSystem.PLURALITY)
    ballots = [
        BallotStanding(NIGHT, replace(mayor, expected_at=NOW - timedelta(minutes=40))),
        BallotStanding(NIGHT, replace(mayor, name="Mayor *B*", expected_at=NOW)),
        BallotStanding(NIGHT, replace(mayor, name="Mayor of C"), awaiting_desk=(Held(1, PA, ()),)),
        BallotStanding(NIGHT, replace(mayor, name="Foyle", kind=BallotKind.ASSEMBLY)),
    ]
    whole = next_card(NightView(a_night(), almanac, NOW, ballots=ballots)).card
    assert whole.to_text() == snapshot
    london = next_card(
        NightView(a_night(), almanac, NOW, ballots=ballots, lens=Lens(region="London"))
    ).card
    assert london.to_text().startswith("Still to declare, London: 0 of 2 councils\nEvery council")
    ireland = next_card(
        NightView(a_night(), almanac, NOW, ballots=[], lens=Lens(nation="Northern Ireland"))
    )
    assert ireland.card.to_text().startswith(
        "Still to declare, Northern Ireland: nothing\nNothing left to declare there."
    )


def test_long_lists_have_pages():
    lines = [f"Council {number} stays under no overall control" for number in range(200)]
    first = page_of("Results", lines, 1, empty="None.", footer="PA")
    last = page_of("Results", lines, 99, empty="None.", footer="PA")
    assert first.number == 1
    assert last.number == last.pages == first.pages > 3
    assert first.card.footer == f"Page 1 of {first.pages} · PA"
    assert "Council 199" in last.card.description


def test_a_notice_is_a_sentence_with_a_next_step():
    assert Card("Hull is followed.", "Stop with a click.").to_text() == (
        "Hull is followed.\nStop with a click."
    )


def test_a_party(snapshot):
    card = party_card(LABOUR, NightView(a_night(), ALMANAC, NOW, feeds=FeedAges(NOW)))
    assert card.to_text() == snapshot


def test_a_party_has_its_posts_and_its_seats_of_the_assembly():
    mayor = ballot("mayor.a", BallotKind.MAYOR, "Ann", "Lab", "Con")
    assembly = ballot("ni.foyle", BallotKind.ASSEMBLY, "Ben", "SNP", nation="Northern Ireland")
    told = (mayor, assembly)
    text = party_card(LABOUR, NightView(a_night(), ALMANAC, NOW, ballots=told)).to_text()
    assert "🟥 mayor.a: Ann, Labour, gain from Conservatives" in text
    assert "Assembly" not in text
    text = party_card(
        PARTIES.get("SNP"), NightView(a_night(), ALMANAC, NOW, ballots=told)
    ).to_text()
    assert text.startswith("SNP\nNorthern Ireland Assembly: 1 of 1 constituency declared")
    assert "🟨 SNP 1, 52.6% of the first preferences counted" in text
    assert "no councils" not in text
    bare = party_card(PARTIES.get("SNP"), NightView(a_night(), ALMANAC, NOW)).to_text()
    assert bare.startswith("SNP: no seats so far\n")


def test_a_party_of_which_nothing_is_reported_is_not_said_to_have_lost():
    night = [one for one in a_night() if one.held]
    view = NightView(night, ALMANAC, NOW)
    aspire = party_card(PARTIES.get("Asp"), NightView(night[:2], ALMANAC, NOW)).to_text()
    assert aspire.startswith(
        "Aspire: no seats reported so far\n"
    ) or "Aspire: no seats reported" in (aspire)
    assert "Results often count them among independents and others." in aspire
    snp = party_card(PARTIES.get("SNP"), view).to_text()
    assert "No seats before in the councils that vote." in snp
    assert "excludes" not in snp
    undeclared = [replace(one, declared=None) for one in night]
    early = party_card(PARTIES.get("SNP"), NightView(undeclared, ALMANAC, NOW))
    assert early.title == "SNP: no results yet"


def test_a_party_that_results_fold_into_the_others_is_told_by_its_wards():
    none = [one for one in a_night() if one.declared and not one.declared.now.get("Asp")]
    told = [ward(1, {"Asp": 2}, 2), ward(2, {"Lab": 1}), ward(3, {"Asp": 1})]
    night = [replace(none[0], wards=tuple(told)), *none[1:]]
    text = party_card(PARTIES.get("Asp"), NightView(night, ALMANAC, NOW)).to_text()
    assert text.startswith("Aspire win 3 seats\n")
    assert f"Ward results: {none[0].council.name} (Ward 1 and Ward 3)." in text


def test_losses_tell_to_whom(snapshot):
    assert party_card(PARTIES.get("Con"), NightView(a_night(), ALMANAC, NOW)).to_text() == snapshot


def test_the_bucket_is_said_to_be_several(snapshot):
    assert party_card(PARTIES.get("Ind"), NightView(a_night(), ALMANAC, NOW)).to_text() == snapshot


def test_a_party_before_anything_is_declared():
    waiting = [CouncilStanding(NIGHT, one) for one in COUNCILS.rows]
    text = party_card(PARTIES.get("PC"), NightView(waiting, ALMANAC, NOW)).to_text()
    assert "0 of 10 councils declared." in text
    assert "Gains" not in text


def test_a_party_that_no_table_knows():
    night = [*a_night(), standing("KHL", None, {"wire:Save *Us*": 5}, new=True)]
    text = party_card(PARTIES.get("wire:Save *Us*"), NightView(night, ALMANAC, NOW)).to_text()
    assert text.startswith("Save *Us* win 1 new council\n1 council, at a first election")


def test_how_a_party_is_known_says_what_its_changes_rest_on():
    text = how_a_party_is_known(LABOUR, NightView(a_night(), ALMANAC, NOW)).to_text()
    assert text.startswith("How we know: Labour\nSource: 8 councils reported by ")
    assert "Counted from " in text
    assert "Excludes 1 new council." in text
    assert "Councils at their first election count in no change." in text
    none = how_a_party_is_known(LABOUR, NightView([], ALMANAC, NOW)).to_text()
    assert "Nothing has come in yet." in none
