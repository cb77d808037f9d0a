"""The sizes that every model of this room shares.

They are small on purpose: each behaviour of the kernel that the properties are about shows with two queue entries,
three buffers and four units of data.
"""

from uringcheck import param

#: With C = 2 the third completion already overflows; C = 1 would hide every order between two queued completions.
C = param(2, 1, 8, "entries of the completion queue", abstract=True)

#: One more buffer than queue entries: the completion that overflows still carries data.
NB = param(3, 1, 8, "provided buffers of the group", abstract=True)

#: One more unit than buffers: the pool can run empty with data waiting, and a unit can overtake a parked one.
M = param(
    4, 1, 15, "units of data, connections or events that the peer may send; one unit fills one buffer", abstract=True
)

#: A number is free again once nobody holds it, so this bounds how many generations are alive together, not how often
#: an application may arm.
G = param(3, 1, 8, "generations of the request that can be told apart at one time", abstract=True)
