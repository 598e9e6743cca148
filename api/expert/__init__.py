"""The console of the expert council: the queue of proposals, and what becomes of each."""

from fastapi import APIRouter

from api.expert import queue, review

ROUTERS: tuple[APIRouter, ...] = (queue.router, review.router)
