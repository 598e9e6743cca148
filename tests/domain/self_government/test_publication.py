"""Acts are published electronically, after adoption and not later than they are said to have been."""

from datetime import timedelta

import pytest

from domain.conclusion import MOST_CHANNELS, Channel, ChannelKind
from domain.self_government.publication import (
    NotPublishedElectronically,
    PublicationTimeInvalid,
    check_channels,
    published_electronically,
)
from domain.text import TextInvalid
from tests.given import refused
from tests.self_government import AFTER, HELD

SITE = Channel(ChannelKind.SITE, "https://akimat.example/acts/1", HELD + timedelta(hours=2))
PAPER = Channel(ChannelKind.MASS_MEDIA, "«Ауыл»", HELD + timedelta(hours=1))


def test_the_first_site_counts_not_the_newspaper() -> None:
    later = Channel(ChannelKind.SITE, "https://mirror.example", HELD + timedelta(hours=3))
    channels = check_channels((later, PAPER, SITE), adopted=HELD, at=AFTER)
    assert channels == (later, PAPER, SITE)
    assert published_electronically(channels) == SITE.when


@pytest.mark.parametrize("channels", [(), (PAPER,), (SITE,) * (MOST_CHANNELS + 1)])
def test_without_a_site_it_is_not_published(channels: tuple[Channel, ...]) -> None:
    with refused(NotPublishedElectronically):
        check_channels(channels, adopted=HELD, at=AFTER)


@pytest.mark.parametrize("moved", [-timedelta(hours=3), timedelta(hours=3)])
def test_nothing_is_published_before_it_was_adopted_or_in_the_future(moved: timedelta) -> None:
    wrong = Channel(ChannelKind.SITE, SITE.where, SITE.when + moved)
    with refused(PublicationTimeInvalid):
        check_channels((wrong,), adopted=HELD, at=AFTER)


def test_a_channel_says_where() -> None:
    with refused(TextInvalid, field="where"):
        check_channels((Channel(ChannelKind.SITE, " ", HELD),), adopted=HELD, at=AFTER)
