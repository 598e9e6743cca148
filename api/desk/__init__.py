"""The check-in desk's pages: look a person up, serve, second slips by two people, the day's report. No ballot is near them."""

from fastapi import APIRouter

from api.desk import days, second_slips, serving

ROUTERS: tuple[APIRouter, ...] = (serving.router, second_slips.router, days.router)
