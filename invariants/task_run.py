"""What differs with the way in which a ring runs its task work."""

from uringcheck import always, implies, reachable, step
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Request
from uringcheck.spec.parts.task_context import TaskContext, TaskRun
from uringcheck.spec.recv_task_run import RecvTaskRun


def successful_cancels(cq: CompletionQueue) -> int:
    """How many cancellations that found their request are queued or parked."""
    return sum(1 for cqe in cq.ring if cqe.request == Request.CANCEL and cqe.res == 0) + sum(
        1 for cqe in cq.overflow if cqe.request == Request.CANCEL and cqe.res == 0
    )


@step
def cancel_after_data(before: RecvTaskRun, after: RecvTaskRun) -> bool:
    """When the application cancels, whatever had arrived is received, or there was no buffer for it."""
    return implies(
        after.poll.cancelled and not before.poll.cancelled,
        before.socket.unread == 0 or before.pool.ring.empty,
    )


@always
def deferred_runs_in_enter(task: TaskContext) -> bool:
    """On a deferred ring a handler is called back only while the application waits."""
    return implies(task.MODE == TaskRun.DEFERRED and task.poll.polled, task.entered)


@reachable
def cancelled_twice(model: RecvTaskRun) -> bool:
    """Two cancellations are answered with success for one -ECANCELED."""
    return successful_cancels(model.cq) == 2
