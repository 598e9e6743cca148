"""What the anomalies report says: per kind its title, its rule, and what a commission may do next.

Rules name the numbers of `Thresholds` in braces, so that text and threshold can't part ways.
"""

from typing import Final

from api.web.words import N_
from api.wording import Phrases
from projections.anomaly import Kind, Measure, Untold

TITLES: Final[Phrases] = {
    Kind.BURST: N_("Burst"),
    Kind.KIOSK_RATE: N_("Kiosk too fast"),
    Kind.KIOSK_SHARE: N_("One kiosk's share"),
    Kind.NIGHT: N_("Ballots at night"),
    Kind.REFUSALS: N_("Many refused ballots"),
    Kind.LATE: N_("Delivered late"),
    Kind.OUTSIDE: N_("Outside of voting"),
    Kind.ORDER: N_("Time went back"),
    Kind.SEQUENCE: N_("Deliveries out of sequence"),
    Kind.REVOKED: N_("Deliveries of a revoked kiosk"),
    Kind.SLIPS_OVER: N_("More ballots than slips"),
    Kind.SLIPS_UNUSED: N_("Slips without ballots"),
    Kind.SLIPS_MISSING: N_("Slips unaccounted for"),
    Kind.SLIPS_AHEAD: N_("Ballots ahead of slips"),
    Kind.SLIPS_DAY: N_("Slips far from a day's ballots"),
}

RULES: Final[Phrases] = {
    Kind.BURST: N_(
        "In an hour more than {burst_times} times the median of the other hours, and more than {burst_ballots} ballots."
    ),
    Kind.KIOSK_RATE: N_(
        "For every hour in which ballots came, the kiosk recorded more than {kiosk_hour_ballots}: more than a voter a minute."
    ),
    Kind.KIOSK_SHARE: N_(
        "One kiosk recorded more than {share_times} times the median of the others, and more than {share_ballots} ballots."
    ),
    Kind.NIGHT: N_(
        "In a night, from {night_begins}:00 to {night_ends}:00, more than {night_ballots} ballots in a unit."
    ),
    Kind.REFUSALS: N_(
        "More than {refusals_per_cent} of those delivered were refused, and more than {refusals_ballots} ballots."
    ),
    Kind.LATE: N_(
        "Behind the announced end came more than {late_per_cent} of a unit's ballots, and more than {late_ballots}."
    ),
    Kind.OUTSIDE: N_("A ballot's hour is before voting opened or after it ended."),
    Kind.ORDER: N_(
        "In the log ballots of a later hour stand first; between neighbouring hours up to {order_positions} entries are usual."
    ),
    Kind.SEQUENCE: N_("The kiosk sent a delivery that does not follow its last one; it was refused."),
    Kind.REVOKED: N_("The kiosk sent after it was revoked; the delivery was refused."),
    Kind.SLIPS_OVER: N_("In a unit more ballots were cast than slips handed out."),
    Kind.SLIPS_UNUSED: N_(
        "More than {slips_per_cent} of the slips handed out, and more than {slips_ballots}, have no ballot."
    ),
    Kind.SLIPS_MISSING: N_("Printed should be handed out, unused and spoiled together, and is not."),
    Kind.SLIPS_AHEAD: N_(
        "At the end of a day more ballots than slips marked until then, by more than {slips_ahead_ballots}."
    ),
    Kind.SLIPS_DAY: N_(
        "More than {slips_day_per_cent} of a day's slips, and more than {slips_ballots}, were not voted with on that day."
    ),
}

NEXT: Final[Phrases] = {
    Kind.BURST: N_(
        "Ask which kiosk had been offline: a spool sent at once is a lawful cause. Compare with the slips of that day."
    ),
    Kind.KIOSK_RATE: N_(
        "Visit the hall, compare the kiosk's own count and the queue of those days; have the device examined."
    ),
    Kind.KIOSK_SHARE: N_(
        "Compare the kiosk's place with others: is it a busy one? Hear staff and observers, and follow its slips."
    ),
    Kind.NIGHT: N_(
        "Find out who held the hall's keys and when the kiosk came online; look at the guard's book and the recordings."
    ),
    Kind.REFUSALS: N_(
        "Have the kiosk's software and scanner checked. Where one code came again and again, slips may have been copied."
    ),
    Kind.LATE: N_(
        "Read the record of closing: which kiosk reported late, and why? What an offline kiosk had spooled is a lawful cause."
    ),
    Kind.OUTSIDE: N_("Ask for the settings of the servers' clocks and the record of work done at that time."),
    Kind.ORDER: N_(
        "Ask who changed the server's clock, and why. The order of the log is right: it does not depend on clocks."
    ),
    Kind.SEQUENCE: N_(
        "Was the kiosk's folder restored from a copy, or do two devices work with its key? Keep the folder, take the device."
    ),
    Kind.REVOKED: N_(
        "Find out who still holds the device, and put the ballots it has not delivered on record."
    ),
    Kind.SLIPS_OVER: N_("Check seals and numbers of unused and spare slips: who could have voted with them?"),
    Kind.SLIPS_UNUSED: N_("Call some of those marked as served, and ask whether they were given a slip."),
    Kind.SLIPS_MISSING: N_(
        "Count the unit's slips again; read the explanation recorded with the reconciliation."
    ),
    Kind.SLIPS_AHEAD: N_(
        "Did the desk mark its list only in the evening? If not, look for where ballots without slips came from."
    ),
    Kind.SLIPS_DAY: N_(
        "Were kiosks down on that day? Ask some of those who took a slip whether they could vote."
    ),
}

UNTOLD: Final[Phrases] = {
    Untold.FEW_HOURS: N_("Bursts: too few hours with ballots to compare."),
    Untold.FEW_KIOSKS: N_("A kiosk's share: there is no other kiosk to compare with."),
    Untold.KIOSKS_OF_OTHER_ROUNDS: N_(
        "The kiosks' numbers are of all rounds of this log: a kiosk counts over its whole life."
    ),
    Untold.KIOSK_HOURS: N_(
        "Which kiosk delivered when: for the secrecy of the vote this is stored nowhere. Of a kiosk only its totals are known."
    ),
    Untold.SLIPS_NOT_RECONCILED: N_("The slips are not reconciled yet."),
    Untold.SLIPS_BY_DAY: N_("Slips by day: in some unit they were not all marked at a desk."),
}

MEASURES: Final[Phrases] = {
    Measure.BALLOTS: N_("ballots"),
    Measure.PER_MILLE: N_("of those delivered"),
    Measure.POSITIONS: N_("entries of the log"),
    Measure.DELIVERIES: N_("deliveries"),
    Measure.SLIPS: N_("slips"),
}

PAGE: Final[Phrases] = {
    "none": N_("Nothing unusual was found"),
    "found": N_("To be looked into: {number}"),
    "no_verdict": N_(
        "These are questions for people, not a verdict, and change no result. Thresholds were set beforehand."
    ),
    "where": N_("Where"),
    "when": N_("When"),
    "measured": N_("Measured"),
    "expected": N_("Usual"),
    "threshold": N_("Threshold"),
    "next": N_("What a commission may do"),
    "everywhere": N_("in all"),
    "untold": N_("What cannot be told from here"),
    "deliveries": N_("Deliveries"),
    "delivered": N_("Delivered"),
    "recorded": N_("Recorded"),
    "refused": N_("Refused"),
    "printed": N_("Printed"),
    "handed_out": N_("Handed out"),
    "unused": N_("Unused"),
    "spoiled": N_("Spoiled"),
}
