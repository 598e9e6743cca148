"""Words of the office's and the expert council's consoles whose key is made of data: acts, states, kinds, fields, rules."""

from typing import Final

from api.web.words import N_, NP_
from api.wording import Phrases, saying

PHRASES: Final[Phrases] = {
    "act_open_voting": N_("Open the voting"),
    "act_close_early": N_("Close the voting early"),
    "act_approve_conclusion": N_("Approve the conclusion"),
    "act_publish_correction": N_("Publish a correction"),
    "act_invite_kiosk": N_("Invite a kiosk"),
    "act_replace_slip": N_("Replace a slip"),
    "will_open_voting": N_(
        "The paper is frozen as it stands, and ballots are taken from that moment. The list of projects, costs and rules can "
        "never be changed afterwards."
    ),
    "will_close_early": N_("No ballot is taken any more. Voting cannot be opened again."),
    "will_approve_conclusion": N_(
        "The conclusion with this digest becomes the office's word. It can then be published, and nothing in it can be changed "
        "but by a public correction."
    ),
    "will_publish_correction": N_(
        "The corrected conclusion replaces the published one on the site at once. The earlier version stays readable for ever."
    ),
    "will_invite_kiosk": N_(
        "A one-time code is made and shown once, to you. Whoever enters it makes a device a kiosk of this election."
    ),
    "will_replace_slip": N_("One of the counted spare slips is handed to a person whose first slip is gone."),
    "approval_requested": N_("waiting"),
    "approval_expired": NP_("request", "expired"),
    "approval_granted": NP_("request", "approved"),
    "approval_declined": NP_("request", "declined"),
    "approval_withdrawn": NP_("request", "taken back"),
    "parameter_paper_digest": N_("SHA-256 of the paper"),
    "parameter_projects": N_("Projects on the paper"),
    "parameter_early_reason": N_("Reason, as the public will read it"),
    "parameter_document_digest": N_("SHA-256 of the conclusion"),
    "parameter_label": N_("Label on the device"),
    "parameter_place": N_("Place"),
    "parameter_unit": N_("Unit"),
    "parameter_fate": N_("What became of the first slip"),
    "decide_admit": N_("Admit the proposal"),
    "decide_return": N_("Return the proposal"),
    "decide_reject": N_("Reject the proposal"),
    "proposal_submitted": N_("to be reviewed"),
    "proposal_returned": N_("returned to the author"),
    "proposal_admitted": N_("admitted"),
    "proposal_rejected": N_("rejected"),
    "proposal_withdrawn": NP_("proposal", "withdrawn"),
    "proposal_merged": NP_("proposal", "merged with another"),
    "merging_proposed": N_("waits for the authors"),
    "merging_merged": NP_("merging", "done"),
    "merging_declined": NP_("merging", "an author declined"),
    "merging_withdrawn": NP_("merging", "taken back"),
    "merging_lapsed": NP_("merging", "lapsed"),
    "ballot_approval": N_("Several projects, all alike"),
    "ballot_choose_one": N_("One project"),
    "ballot_cumulative": N_("Points shared among projects"),
    "ballot_ranked": N_("Projects in order of preference"),
    "kind_city": N_("City round"),
    "kind_rural": N_("Contest of a rural district"),
    "allocation_greedy": N_("By votes; what does not fit is passed over"),
    "allocation_greedy_no_skip": N_("By votes; the first that does not fit ends the list"),
    "tie_cost_then_lot": N_("The lower cost first, then the public lot"),
    "tie_listed_order": N_("The order of the list"),
    "kiosk_invited": NP_("kiosk", "invited"),
    "kiosk_enrolled": NP_("kiosk", "in service"),
    "kiosk_revoked": NP_("kiosk", "revoked"),
    "implementation_started": NP_("project", "taken up"),
    "implementation_contracted": NP_("project", "contract signed"),
    "implementation_completed": NP_("project", "completed, to be accepted"),
    "implementation_refused": NP_("project", "not accepted"),
    "implementation_accepted": NP_("project", "accepted"),
    "conclusion_drafted": NP_("conclusion", "drafted, to be approved"),
    "conclusion_approved": NP_("conclusion", "approved, to be published"),
    "conclusion_rejected": NP_("conclusion", "rejected, to be computed anew"),
    "conclusion_published": NP_("conclusion", "published"),
    "channel_site": N_("The akimat's site"),
    "channel_mass_media": N_("Mass media"),
    "terms_voting_closes_before_it_opens": N_("Voting must close after it opens."),
    "terms_proposals_per_author": N_("Let one author have at least one proposal."),
    "terms_units": N_("Name at least one unit, and no more than 300."),
    "terms_rural_contest_has_one_unit": N_(
        "A contest of a rural district has one unit. Take the others out."
    ),
    "terms_unit_twice": N_("A unit stands in the list twice. Take one of them out."),
    "terms_parent_not_listed_before": N_("A unit must stand below the one that it is part of."),
    "terms_categories": N_("A category stands in the list twice, or there are more than 50."),
    "terms_cost_cap_of_unknown_category": N_("A cost limit names a category that is not in the list."),
    "terms_cost_cap_twice": N_("A category has two cost limits."),
    "terms_choices": N_("Choices: at least 1, at most 100, and the least not above the most."),
    "terms_choose_one_takes_one_choice": N_("Who votes for one project makes one choice: write 1."),
    "terms_points": N_("Points: not fewer than the choices, and at most 1,000."),
    "terms_points_only_on_cumulative_ballots": N_(
        "Points belong to ballots on which points are shared. Leave them empty."
    ),
    "terms_rules": N_("The local thresholds are out of range."),
}

_FIELDS: Final[Phrases] = {
    "title": N_("Title"),
    "description": N_("Description"),
    "reason": N_("Reason"),
    "early_reason": N_("Reason, as the public will read it"),
    "unit_name": N_("Name of the unit"),
    "category": N_("Category"),
    "label": N_("Label on the device"),
    "place": N_("Place"),
    "where": N_("Where"),
    "when": N_("When"),
    "voting_opens": N_("Voting opens"),
    "voting_closes": N_("Voting closes"),
    "note": N_("Note for the public"),
    "pictures": N_("Photos"),
    "shows": N_("What it shows"),
    "contractor": N_("Contractor"),
    "project": N_("Number on the paper"),
    "due": N_("Due"),
}
"""What refusals call `field`, as the forms call it."""


def field_name(field: str, language: str) -> str:
    """As its label says; nothing of a field that no form has."""
    return saying(language, _FIELDS)(field) if field in _FIELDS else ""
