"""Many tasks at once: in processes of this machine, or on a Dask cluster.

Both ways promise the same: each key is answered once, in order of completion; a task that fails
or whose process is lost is run again, then told as failed in one sentence, and the others go on.
"""

from helpers.report.executors.mapping import (
    count_cores,
    make_map,
    map_tasks,
    open_executor,
)
from helpers.report.executors.tasks import Executor, TaskOutcome, Work

__all__ = [
    "Executor",
    "TaskOutcome",
    "Work",
    "count_cores",
    "make_map",
    "map_tasks",
    "open_executor",
]
