"""What a proposal must meet to be admitted, as the expert council's checklist asks it; a page shows it, the minutes hold it."""

from typing import Final

from api.web.words import N_

CRITERIA: Final = (
    N_("It lies in the powers of the unit and on land or property that is communal."),
    N_("It serves everybody, and no single owner or business."),
    N_("Its cost is realistic and within the limits of the round."),
    N_("It can be carried out within the budget year."),
    N_("It is safe, and accessible to people with disabilities."),
    N_("It is not in a plan or a contract already."),
)
