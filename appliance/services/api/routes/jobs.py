"""Jobs: the list, one job's status, its receipt."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from appliance.algorithms.receipt_writing import write_receipt
from appliance.domain.job import Item, Job
from appliance.domain.receipt import CardReceipt
from appliance.services.api.deps import ERRORS, InHouse, Limit, Name, Offset, Viewing
from appliance.services.api.house import House
from appliance.services.api.refusals import not_found
from appliance.services.api.schemas import JobsBody, ReceiptBody, StatusBody
from appliance.services.api.views import job_body, receipt_body, receipt_text, status_body

router = APIRouter(tags=["jobs"], responses=ERRORS)


@router.get("/api/jobs")
def list_jobs(
    house: InHouse,
    _: Viewing,
    before: Annotated[float | None, Query(ge=0, le=1e11, description="Only jobs made before this time.")] = None,
    limit: Limit = 50,
) -> JobsBody:
    """Jobs, newest first."""
    jobs = house.parts.book.jobs(limit, before)
    by_job: dict[str, list[Item]] = {job.id: [] for job in jobs}
    for item in house.parts.book.items_of([job.id for job in jobs]):
        by_job[item.job_id].append(item)
    bodies = [job_body(house, job, by_job[job.id]) for job in jobs]
    return JobsBody(jobs=bodies, next_before=jobs[-1].created_at_s if len(jobs) == limit else None)


@router.get("/api/status/{job_id}")
def read_status(house: InHouse, _: Viewing, job_id: Name, offset: Offset = 0, limit: Limit = 200) -> StatusBody:
    """One job with its recordings, each with its state, message, progress and download."""
    job = _job(house, job_id)
    return status_body(house, job, house.parts.book.items_of([job_id]), slice(offset, offset + limit))


@router.get("/api/jobs/{job_id}/receipt")
def read_receipt(house: InHouse, _: Viewing, job_id: Name, offset: Offset = 0, limit: Limit = 500) -> ReceiptBody:
    """What became of each file, and whether the card may be formatted."""
    return receipt_body(_receipt(house, job_id), slice(offset, offset + limit))


@router.get("/api/jobs/{job_id}/receipt.txt", response_class=PlainTextResponse)
def print_receipt(house: InHouse, _: Viewing, job_id: Name) -> PlainTextResponse:
    """The same to be printed or sent on."""
    return PlainTextResponse(receipt_text(_receipt(house, job_id)))


def _receipt(house: House, job_id: str) -> CardReceipt:
    """A duplicate's line speaks of the recording that it is the same as, whichever job that came with."""
    job, book = _job(house, job_id), house.parts.book
    rows, items = book.files_of(job_id), book.items_of([job_id])
    elsewhere = {row.item_id for row in rows if row.item_id is not None} - {item.id for item in items}
    others = (book.item(item_id) for item_id in sorted(elsewhere))
    return write_receipt(job, rows, [*items, *(item for item in others if item is not None)])


def _job(house: House, job_id: str) -> Job:
    job = house.parts.book.job(job_id)
    if job is None:
        raise not_found("job")
    return job
