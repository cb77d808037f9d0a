"""An application of one thread, which keeps the contract and makes one call after the other."""

from uringcheck import link
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.task_context import TaskContext


class TaskApplication(Application):
    """As the client `contract`. It cannot make a call while it is in one, nor before what the call runs first has run.

    Consuming completions and providing buffers are left to any time, as if another thread did them.
    """

    task: TaskContext = link()

    @property
    def wants_arm(self) -> bool:
        """No generation is left whose last completion was not consumed."""
        return self.outstanding.empty and not self.done and self.task.may_call

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set; the call that flushes runs task work first."""
        return self.cq.flag and self.task.may_call and not self.task.busy

    @property
    def wants_cancel(self) -> bool:
        """At any time, if there are cancellations left."""
        return not self.outstanding.empty and self.task.may_call
