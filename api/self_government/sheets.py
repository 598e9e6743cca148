"""The pages of gatherings, Councils, their sittings and decisions: every number that a decision rests on, under its name."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from api.self_government.councils import CouncilView
from api.self_government.sheet import (
    Cell,
    Link,
    Sheet,
    Table,
    digest_of,
    links_to,
    term_of,
    time_of,
)
from api.self_government.substance_words import facts_of
from api.self_government.tables import force_of, reason_of
from api.wording import Say, local_time, number
from domain.conclusion import Channel
from domain.self_government.call import Notice
from projections.self_government.councils import RegisteredCouncil
from projections.self_government.decisions import RegisteredDecision
from projections.self_government.gatherings import RegisteredGathering, VotedItem
from projections.self_government.offices import TermOfOffice
from projections.self_government.sittings import RegisteredSitting

Names = dict[str, str]
"""Members' names by their ids."""


def gathering_sheet(say: Say, found: RegisteredGathering) -> Sheet:
    call, opening = found.call, found.opening
    voted = {item.key: item for item in found.items}
    return Sheet(
        title=_sentence(f"{say(f'gathering_{found.level}')}, {local_time(found.held_at)}"),
        unit=found.unit,
        facts=[
            (
                say("state"),
                say(f"gathering_state_{found.state}") + (f": {found.reason}" if found.reason else ""),
            ),
            (say("place"), call.place),
            (say("notice"), _notice(say, found.notice, local_time(call.convened_at))),
            *(
                [
                    (
                        say("attendance"),
                        say(
                            "attended",
                            present=number(opening.present),
                            entitled=number(opening.entitled),
                            needed=number(opening.needed),
                        ),
                    )
                ]
                if opening
                else []
            ),
            (say("minutes"), digest_of(found.minutes_digest)),
            (say("published"), channels_of(found.publication.channels if found.publication else ())),
        ],
        tables=[
            Table(
                say("agenda"),
                (say("point"), say("kind"), say("votes"), say("outcome")),
                [
                    (f"{item.key}. {item.title}", say(f"item_{item.kind}"), *_voted(say, voted.get(item.key)))
                    for item in call.agenda
                ],
            ),
            *_stated(say, found),
            *_representatives(say, found),
        ],
        data=[Link("JSON", f"/v1/gatherings/{found.id}")],
        id=found.id,
    )


def _voted(say: Say, item: VotedItem | None) -> tuple[str, str]:
    if item is None:
        return "—", say("not_voted")
    vote = item.vote
    counted = say(
        "votes_counted",
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        abstained=vote.abstained,
        needed=item.needed,
    )
    return counted, say(f"adopted_{str(item.adopted).lower()}")


def _stated(say: Say, found: RegisteredGathering) -> Iterator[Table]:
    """What was put to the vote besides the titles: the texts, and whom and what a motion names."""
    if not found.items:
        return
    texts = [(f"{item.key}", item.motion.text_digest) for item in found.items]
    yield Table(say("texts"), (say("point"), "SHA-256"), texts)
    candidates = [each for item in found.items for each in item.motion.candidates]
    if candidates:
        rows = [(each.official.name, each.locality) for each in candidates]
        yield Table(say("candidates"), (say("holder"), say("locality")), rows)
    priorities = [each for item in found.items for each in item.motion.priorities]
    if priorities:
        due = [(each.title, local_time(each.due)) for each in priorities]
        yield Table(_sentence(say("item_priorities")), (say("matter"), say("due")), due)
    rated = [item.motion for item in found.items if item.motion.rating]
    if rated:
        ratings = [(motion.akim, say(f"rating_{motion.rating}")) for motion in rated]
        yield Table(_sentence(say("item_akim_report_rated")), (say("akim"), say("outcome")), ratings)


def _representatives(say: Say, found: RegisteredGathering) -> Iterator[Table]:
    if not found.representatives:
        return
    quotas = {quota.locality: quota.representatives for quota in found.quotas}
    yield Table(
        say("representatives"),
        (say("locality"), say("quota"), say("chosen"), say("separate")),
        [
            (
                each.locality,
                number(quotas[each.locality]),
                number(each.representatives),
                Link(say("separate"), f"/gatherings/{each.separate_gathering}"),
            )
            for each in found.representatives
        ],
    )


def council_sheet(say: Say, view: CouncilView) -> Sheet:
    council = view.council
    seats = say(
        "seats_by_table",
        seats=sum(each.seats for each in council.seats),
        people=number(council.population.people),
        least=council.band.least,
        most=council.band.most,
    )
    facts: list[tuple[str, Cell]] = [
        (say("term"), term_of(say, council.term_from, council.term_until)),
        (say("seats"), seats),
        (say("elected_at"), Link(local_time(council.elected_on), f"/gatherings/{council.gathering_id}")),
    ]
    if council.dissolution:
        end = council.dissolution
        facts.append((say("dissolved"), Link(local_time(end.on), f"/gatherings/{end.gathering_id}")))
    return Sheet(
        title=say("council_title", number=council.number),
        unit=council.unit,
        facts=facts,
        tables=[
            _terms(say, say("chairs"), view.chairs),
            _terms(say, say("members"), view.members),
            Table(
                say("interests"),
                (say("number"), say("member"), say("matter"), say("day")),
                [(each.key, each.member, each.matter, local_time(each.on)) for each in council.interests],
            ),
        ],
        data=[Link("JSON", f"/v1/councils/{council.id}")],
        id=council.id,
    )


def _terms(say: Say, title: str, terms: list[TermOfOffice]) -> Table:
    return Table(
        title,
        (say("holder"), say("locality"), say("term"), say("left")),
        [
            (
                each.holder.name,
                each.locality or "—",
                term_of(say, each.term_from, each.term_until),
                f"{time_of(each.left_on)}, {reason_of(say, each)}" if each.left_on else "—",
            )
            for each in terms
        ],
    )


def sitting_sheet(say: Say, found: RegisteredSitting, council: RegisteredCouncil, names: Names) -> Sheet:
    facts: list[tuple[str, Cell]] = [
        (say("state"), say(f"sitting_state_{found.state}") + (f": {found.reason}" if found.reason else "")),
        (say("held"), local_time(found.held_at)),
        (say("place"), found.summons.place),
        (say("council"), Link(say("council_title", number=council.number), f"/councils/{council.id}")),
        (say("notice"), _notice(say, found.notice, local_time(found.summons.convened_at))),
    ]
    if found.opening:
        opening = found.opening
        attended = say(
            "attended", present=len(opening.present), entitled=opening.seats, needed=opening.needed
        )
        facts += [
            (say("attendance"), attended),
            (say("present"), ", ".join(names.get(each, each) for each in opening.present)),
        ]
    facts.append((say("minutes"), digest_of(found.minutes_digest)))
    tables = [
        Table(
            say("agenda"),
            (say("point"), say("matter")),
            [(each.key, each.title) for each in found.summons.agenda],
        )
    ]
    if found.movements:
        rows = [
            (names.get(each.member, each.member), say(each.step), local_time(each.at))
            for each in found.movements
        ]
        tables.append(Table(say("movements"), (say("member"), say("step"), say("day")), rows))
    return Sheet(
        title=say("sitting_title", number=found.number),
        unit=found.unit,
        facts=facts,
        tables=tables,
        data=[Link("JSON", f"/v1/sittings/{found.id}")],
        id=found.id,
    )


def decision_sheet(say: Say, found: RegisteredDecision, names: Names, titles: Mapping[UUID, str]) -> Sheet:
    """`titles`: of the decisions that it repeals or amends, or that repeal or amend it."""
    facts: list[tuple[str, Cell]] = [
        (say("kind"), say(f"decision_{found.kind}")),
        (say("state"), say(f"decision_state_{found.state}")),
        (say("in_force"), force_of(say, found)),
        (say("legal_basis"), found.legal_basis),
        (say("text"), found.text_digest),
        (say("sitting"), Link(time_of(found.decided_on), f"/sittings/{found.sitting_id}")),
    ]
    if found.signature:
        signer = names.get(found.signature.signer, found.signature.signer)
        facts.append((say("signed"), f"{signer}, {local_time(found.signature.on)}"))
    facts.append((say("published"), channels_of(found.publication.channels if found.publication else ())))
    facts += [
        (say(label), links)
        for label, links in (
            ("repeals", links_to("decisions", found.repeals, titles)),
            ("amends", links_to("decisions", found.amends, titles)),
            ("repealed_by", links_to("decisions", [found.repeal.repealing] if found.repeal else [], titles)),
            ("amended_by", links_to("decisions", [each.amending for each in found.amendments], titles)),
        )
        if links
    ]
    substance = list(facts_of(say, found.substance))
    tables = [Table(say("substance"), (say("field"), say("value")), substance)] if substance else []
    return Sheet(
        title=say("decision_title", number=found.number, title=found.title),
        unit=found.unit,
        facts=facts + _counted(say, found),
        tables=[*tables, _roll_call(say, found, names)],
        data=[Link("JSON", f"/v1/decisions/{found.id}")],
        id=found.id,
    )


def _counted(say: Say, found: RegisteredDecision) -> list[tuple[str, Cell]]:
    if found.roll_call is None:
        return []
    count = found.roll_call.count
    attended = say("attended", present=count.present, entitled=count.seats, needed=count.quorum_needed)
    votes = say(
        "votes_counted",
        votes_for=count.votes_for,
        votes_against=count.votes_against,
        abstained=count.abstained,
        needed=count.votes_needed,
    )
    return [(say("attendance"), attended), (say("votes"), votes)]


def _roll_call(say: Say, found: RegisteredDecision, names: Names) -> Table:
    votes = found.roll_call.votes if found.roll_call else ()
    rows = [(names.get(each.member, each.member), say(f"vote_{each.vote}")) for each in votes]
    rows += [(names.get(each.member, each.member), say("recused")) for each in found.recusals]
    return Table(say("roll_call"), (say("member"), say("vote")), rows)


def channels_of(channels: tuple[Channel, ...]) -> str:
    return "; ".join(f"{each.where} ({local_time(each.when)})" for each in channels) or "—"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _notice(say: Say, notice: Notice, told: str) -> str:
    return say("notice_days", given=notice.given_days, told=told, needed=notice.needed_days)
