"""The console of the akim's office: rounds from draft to completion, acts that take two people, kiosks."""

from fastapi import APIRouter

from api import photos
from api.office import acts, approvals, conclusion, kiosks, preview, projects, rounds, voting

ROUTERS: tuple[APIRouter, ...] = (
    rounds.router,
    acts.router,
    voting.router,
    preview.router,
    conclusion.router,
    projects.router,
    photos.of_office,
    kiosks.router,
    approvals.router,
)
