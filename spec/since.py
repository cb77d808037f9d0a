"""Which kernels a model may be run under."""

from uringcheck import Preset
from uringcheck.spec.kernels import KERNELS


def kernels_since(first: Preset, request: str) -> tuple[Preset, ...]:
    """All kernels, of which those before `first` are refused because they do not have `request`."""
    since = KERNELS.index(first)
    before = (kernel.refuse(f"Linux {kernel.name} has no {request}") for kernel in KERNELS[:since])
    return (*before, *KERNELS[since:])


def needing(kernels: tuple[Preset, ...], param: object, value: object, first: Preset, what: str) -> tuple[Preset, ...]:
    """The same kernels, of which those before `first` are refused where `param` is `value`: they do not have `what`."""
    since = KERNELS.index(first)
    before = (kernel.refuse_where(param, value, f"Linux {kernel.name} has no {what}") for kernel in kernels[:since])
    return (*before, *kernels[since:])
