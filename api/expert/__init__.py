"""The console of the expert council: the queue of proposals, and what becomes of each."""

from fastapi import APIRouter

from api.expert import merging, queue, review

ROUTERS: tuple[APIRouter, ...] = (queue.router, review.router, merging.router)
