"""Documents of the wire for the tests: invented figures, the true shape."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.election.reports import Reading
from bot.feeds.elements import Element
from bot.feeds.formats import read

RECEIVED = datetime(2022, 5, 6, 2, 34, tzinfo=UTC)

HULL = """<?xml version='1.0' encoding='UTF-8'?>
<LocalElectionResult revision='1'>
  <Election date='2022-05-05' paId='901'>
    <Council name='Kingston-upon-Hull' paId='7001' type='Unitary' proportion='third'
             winningParty='LD' gainOrHold='gain' sittingParty='Lab'>
      <ElectedCouncillors>
        <Party name='LD' paId='803' seats='10'/>
        <Party name='Lab' paId='802' seats='9'/>
      </ElectedCouncillors>
      <Changes>
        <Party name='LD' paId='803' change='+3'/>
        <Party name='Lab' paId='802' change='-3'/>
      </Changes>
      <NewCouncil>
        <Party name='LD' paId='803' seats='29'/>
        <Party name='Lab' paId='802' seats='27'/>
        <Party name='Ind' paId='806' seats='1'/>
      </NewCouncil>
    </Council>
  </Election>
</LocalElectionResult>
"""

NOMINATIONS = """<LocalElectionNominations>
  <Election date='2022-05-05' paId='901'>
    <Council name='Hull' type='Unitary' proportion='third'>
      <Party name='Labour' abbreviation='Lab' paId='802'
             seatsHeld='30' seatsOffered='10' unopposedReturns='1' candidates='19'/>
      <Party name='Vacant' seatsHeld='1' seatsOffered='1'/>
    </Council>
    <Council name='Wandsworth' type='London' proportion='all' boundaryChange='true'>
      <Party name='Conservative' abbreviation='C' seatsHeld='33' seatsOffered='33'/>
    </Council>
  </Election>
</LocalElectionNominations>
"""

STATE = """<LocalStateOfParties numberOfResults='1' totalNumberOfCouncils='146'>
  <Election date='2022-05-05'/>
  <Parties>
    <Party paId='803' name='Liberal Democrat' abbreviation='LD' totalCouncils='1'
           changeInControl='+1' seatsWon='10' netChangeInSeats='+3'/>
    <Party name='No Overall Control' abbreviation='NOC' totalCouncils='0'
           changeInControl='-1' seatsWon='0' netChangeInSeats='0'/>
  </Parties>
  <CouncilsIncluded><Council name='Hull' type='Unitary' proportion='third'/></CouncilsIncluded>
</LocalStateOfParties>
"""


def reading(document: str | bytes, name: str = "Local_result_Hull_1.xml") -> Reading:
    """Return what is read in a document."""
    body = document.encode() if isinstance(document, str) else document
    return read("pa", name, body, RECEIVED)


_NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20
).filter(lambda name: name.casefold() not in ("noc", "no overall control"))
_SEATS = st.integers(0, 1000).map(str)
_CHANGES = st.integers(-1000, 1000).map(lambda number: f"{number:+d}")


def _block(
    name: str, attribute: str, numbers: st.SearchStrategy[str]
) -> st.SearchStrategy[Element]:
    parties = st.builds(
        lambda party, number: Element("Party", {"name": party, attribute: number}), _NAMES, numbers
    )
    return st.lists(parties, min_size=attribute == "seats", max_size=4).map(
        lambda children: Element(name, {}, children)
    )


@st.composite
def results(draw: st.DrawFn) -> Element:
    """A council's result of any content that the wire allows."""
    council = Element(
        "Council",
        {
            "name": draw(_NAMES),
            "type": draw(st.sampled_from(["Unitary", "London", "Wales"])),
            "proportion": draw(st.sampled_from(["all", "half", "third"])),
            "winningParty": draw(_NAMES | st.just("NOC")),
            "sittingParty": draw(_NAMES | st.just("NOC")),
            "gainOrHold": draw(st.sampled_from(["gain", "lose to NOC", "no change"])),
            **draw(st.sampled_from([{}, {"boundaryChange": "true"}, {"newCouncil": "true"}])),
        },
        draw(
            st.tuples(
                _block("NewCouncil", "seats", _SEATS),
                _block("Changes", "change", _CHANGES),
                _block("ElectedCouncillors", "seats", _SEATS),
            ).flatmap(lambda blocks: st.integers(1, 3).map(lambda some: list(blocks[:some])))
        ),
    )
    election = Element("Election", {"date": "2022-05-05"}, [council])
    revision = {"revision": str(draw(st.integers(1, 9)))}
    return Element("LocalElectionResult", revision, [election])
