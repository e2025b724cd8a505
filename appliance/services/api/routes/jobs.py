"""Jobs: the list, one job's status, its receipt."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from appliance.domain.job import Item, Job
from appliance.services.api.deps import ERRORS, InHouse, Limit, Name, Offset, Viewing
from appliance.services.api.house import House
from appliance.services.api.refusals import not_found
from appliance.services.api.schemas import JobsBody, StatusBody
from appliance.services.api.views import job_body, status_body

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


def _job(house: House, job_id: str) -> Job:
    job = house.parts.book.job(job_id)
    if job is None:
        raise not_found("job")
    return job
