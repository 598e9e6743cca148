"""Publication of acts: electronically without exception, and wherever else the act says.

The same channels as a conclusion's (`domain.conclusion`), but of them only the site is obligatory (concept, lines 616-617).
"""

from datetime import datetime
from typing import ClassVar

from domain.conclusion import MOST_CHANNELS, Channel, ChannelKind
from domain.errors import Refused
from domain.text import TITLE_CHARS, check_text
from domain.times import check_time


class NotPublishedElectronically(Refused):
    """A publication has `most` channels at most, and a site is one of them."""

    code: ClassVar[str] = "not_published_electronically"


class PublicationTimeInvalid(Refused):
    """Nothing is published before it was adopted or later than now."""

    code: ClassVar[str] = "publication_time_invalid"


def check_channels(channels: tuple[Channel, ...], *, adopted: datetime, at: datetime) -> tuple[Channel, ...]:
    """The channels with trimmed texts and times in UTC; it is recorded once it has happened, between `adopted` and `at`."""
    sites = [channel for channel in channels if channel.kind is ChannelKind.SITE]
    if not sites or len(channels) > MOST_CHANNELS:
        raise NotPublishedElectronically(most=MOST_CHANNELS)
    for channel in channels:
        if not adopted <= check_time("when", channel.when) <= at:
            raise PublicationTimeInvalid(adopted=adopted, now=at)
    return tuple(
        Channel(
            channel.kind, check_text("where", channel.where, TITLE_CHARS), check_time("when", channel.when)
        )
        for channel in channels
    )


def published_electronically(channels: tuple[Channel, ...]) -> datetime:
    """When the first site carried it: from then on an act may be in force."""
    return min(channel.when for channel in channels if channel.kind is ChannelKind.SITE)
