"""Every screen that is looked at: by axe, by keyboard, at 400 % zoom, and in screenshots. A new screen is one more line here."""

from dataclasses import dataclass
from typing import Final

from application.accounts.roles import Role
from tests.examples import CITY
from tests.self_government import UNIT


@dataclass(frozen=True)
class Size:
    """Of a window, in CSS pixels."""

    name: str
    width: int
    height: int


PHONE: Final = Size("phone", 390, 844)
DESKTOP: Final = Size("desktop", 1440, 900)
KIOSK: Final = Size("kiosk", 1080, 1920)
PAPER: Final = Size("paper", 718, 1016)
"""A4 within its margins."""
ZOOMED: Final = Size("zoomed", 320, 256)
"""1280 × 1024 at 400 %."""


@dataclass(frozen=True)
class Screen:
    """`path`: without language, with `World.ids` by their names in braces. `role`: of who must be signed in to see it; nobody if
    none. `status`: what it answers with.
    """

    name: str
    path: str
    role: Role | None = None
    status: int = 200


SCREENS: Final = (
    Screen("rounds", "/"),
    Screen("round-intake", "/rounds/{intake}"),
    Screen("round-voting", "/rounds/{voting}"),
    Screen("round-provisional", "/rounds/{provisional}"),
    Screen("round-published", "/rounds/{published}"),
    Screen("round-corrected", "/rounds/{corrected}"),
    Screen("round-cancelled", "/rounds/{cancelled}"),
    Screen("round-missing", "/rounds/nowhere", status=404),
    Screen("anomalies", "/rounds/{provisional}/anomalies"),
    Screen("trail", "/trail/{published}"),
    Screen("units", "/units"),
    Screen("unit", f"/units/{UNIT}"),
    Screen("register", f"/units/{UNIT}/decisions"),
    Screen("council", "/councils/{council}"),
    Screen("sitting", "/sittings/{sitting}"),
    Screen("decision", "/decisions/{decision}"),
    Screen("gathering", "/gatherings/{gathering}"),
    Screen("dismissal", "/dismissals/{dismissal}"),
    Screen("report-meeting", "/report-meetings/{meeting}"),
    Screen("execution", "/executions/{execution}"),
    Screen("design", "/design"),
    Screen("check", "/check"),
    Screen("open-data", "/rounds/{published}/data"),
    Screen("unit-rounds", f"/units/{CITY}/rounds"),
    Screen("resident-sign-in", "/residents/sign-in"),
    Screen("sign-in", "/sign-in"),
    Screen("set-up", "/set-up"),
    Screen("console", "/staff", Role.OFFICE),
    Screen("own-account", "/account", Role.OFFICE),
    Screen("accounts", "/admin/accounts", Role.SYSADMIN),
    Screen("account-invite", "/admin/accounts/new", Role.SYSADMIN),
    Screen("access-log", "/admin/log", Role.AUDITOR),
    Screen("desk", "/desk", Role.DESK),
    Screen("desk-round", "/desk/{voting}", Role.DESK),
    Screen("desk-days", "/desk/{voting}/days", Role.DESK),
    Screen("second-slips", "/desk/{voting}/second-slips", Role.DESK),
    Screen("secretary", "/secretary", Role.COUNCIL_SECRETARY),
    Screen("secretary-council", "/secretary/councils/{council}", Role.COUNCIL_SECRETARY),
    Screen("my", "/my", Role.RESIDENT),
    Screen("notices", "/my/notices", Role.RESIDENT),
    Screen("my-merging", "/my/mergings/{merging}", Role.RESIDENT),
    Screen("office-rounds", "/office/rounds", Role.OFFICE),
    Screen("office-terms", "/office/rounds/new", Role.OFFICE),
    Screen("office-round-review", "/office/rounds/{review}", Role.OFFICE),
    Screen("office-round-voting", "/office/rounds/{voting}", Role.OFFICE),
    Screen("office-step", "/office/rounds/{voting}/steps/close", Role.OFFICE),
    Screen("office-paper", "/office/rounds/{voting}/paper", Role.OFFICE),
    Screen("preview", "/preview/rounds/{voting}", Role.OFFICE),
    Screen("office-live", "/office/rounds/{voting}/live", Role.OPERATOR),
    Screen("office-conclusion", "/office/rounds/{concluding}/conclusion", Role.OFFICE),
    Screen("office-correction", "/office/rounds/{corrected}/conclusion", Role.OFFICE),
    Screen("office-projects", "/office/rounds/{published}/projects", Role.OFFICE),
    Screen("office-approvals", "/office/approvals", Role.OFFICE_APPROVER),
    Screen("office-approval", "/office/approvals/{approval}", Role.OFFICE_APPROVER),
    Screen("office-kiosks", "/office/kiosks", Role.OPERATOR),
    Screen("expert-rounds", "/expert", Role.EXPERT),
    Screen("expert-queue", "/expert/rounds/{review}", Role.EXPERT),
    Screen("expert-proposal", "/expert/proposals/{proposal}", Role.EXPERT),
    Screen("expert-admit", "/expert/proposals/{proposal}/admit", Role.EXPERT),
    Screen("expert-merge", "/expert/proposals/{proposal}/twins/{other}", Role.EXPERT),
)
