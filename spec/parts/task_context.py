"""When the task runs its task work."""

import enum
from typing import Final

from uringcheck import Fair, Model, action, choice, link, require, var
from uringcheck.spec.parts.polled_request import Phase, PolledRequest


class TaskRun(enum.Enum):
    """How the ring was set up."""

    ANY_TIME = "at any time: what every other model assumes"
    PROMPT = "by default or with COOP_TASKRUN: at the latest when the task enters the kernel, before what it calls for"
    DEFERRED = "with DEFER_TASKRUN: only in io_uring_enter with GETEVENTS, by the task that submits"


class TaskContext(Model):
    """The task of the ring (struct io_uring_task), which is the application's only thread that makes calls."""

    MODE: Final[TaskRun] = choice(TaskRun.DEFERRED, "when task work runs")

    #: The task is in io_uring_enter with GETEVENTS.
    entered: bool = var(False)

    poll: PolledRequest = link()

    @property
    def busy(self) -> bool:
        """Task work is queued or runs."""
        return self.poll.phase in (Phase.QUEUED, Phase.RUNNING, Phase.DROPPING)

    @property
    def may_call(self) -> bool:
        """The application may make another call: it is in its own code, and what has to run before that has run.

        io_uring/io_uring.c:io_uring_enter, 6.0, begins with io_run_task_work, which is nothing for a deferred ring.
        """
        return not self.entered and (self.MODE != TaskRun.PROMPT or not self.busy)

    @action(fair=Fair.WEAK)
    def enter(self) -> None:
        """The application waits for completions (io_uring/io_uring.c:io_cqring_wait and __io_run_local_work, 6.1).

        A call that would find no task work is left out: it changes nothing.
        """
        require(self.MODE == TaskRun.DEFERRED and not self.entered and self.poll.phase == Phase.QUEUED)
        self.entered = True

    @action(fair=Fair.WEAK)
    def leave(self) -> None:
        """The call returns when there is no task work left."""
        require(self.entered and not self.busy)
        self.entered = False


class TaskRequest(PolledRequest):
    """A request whose task work the task runs as the ring was set up."""

    task: TaskContext = link()

    @property
    def may_run(self) -> bool:
        """Task work that is queued may begin."""
        return self.task.MODE != TaskRun.DEFERRED or self.task.entered
