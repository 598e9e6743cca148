"""The pages of accounts: signing in, setting up, one's own account, and what sysadmins and auditors do and read."""

from fastapi import APIRouter

from api.accounts import access_log, administration, own_account, provider, setting_up, signing_in, staff

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    provider.router,
    setting_up.router,
    staff.router,
    own_account.router,
    administration.router,
    access_log.router,
)
