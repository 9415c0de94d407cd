"""Many reports: what is asked for, how each is built, and the page about all of them."""

from helpers.report.batch.requests import BatchRequest, check_requests, read_requests
from helpers.report.batch.run import BatchEvent, BatchSettings, run_batch

__all__ = [
    "BatchEvent",
    "BatchRequest",
    "BatchSettings",
    "check_requests",
    "read_requests",
    "run_batch",
]
