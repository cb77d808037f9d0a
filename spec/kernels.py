"""Kernels as sets of toggles.

Stable series take fixes from later ones, so a name stands for what that release did when it came out unless its
sentence says otherwise.
"""

from uringcheck import preset
from uringcheck.spec.toggles import (
    TOGGLES,
    allow_overflow,
    bgid,
    hint_counts_fin,
    hint_stop,
    hup_ref,
    len0,
    order_rule,
    recycle,
    result_on_stop,
    stop_code,
    unpolled_ok,
)

V6_0 = preset(
    "6.0",
    "Linux 6.0: the multishot receive series and the fix of July 2022 (fix multishot ending when not polled).",
    among=TOGGLES,
    on=(len0, bgid, recycle, stop_code, result_on_stop, unpolled_ok),
)

POSTED_V1 = preset(
    "6.0-posted-v1",
    "The first posting of the series: every completion may overflow, and a refused one would be answered -ECANCELED.",
    among=TOGGLES,
    on=(len0, bgid, recycle, stop_code, allow_overflow, unpolled_ok),
)

POSTED_V2 = V6_0.minus(
    "6.0-posted-v2",
    "The second posting, as applied: a multishot that ends outside the poll runner returns its byte count.",
    unpolled_ok,
)

V6_1 = V6_0.plus(
    "6.1",
    "Linux 6.1: no completion may pass one that is parked (commit aa1df3a360a0, fix CQE reordering).",
    order_rule,
)

V6_2 = V6_1.plus(
    "6.2",
    "Linux 6.2 to 6.4: a full completion queue no longer ends the request; its completions are parked.",
    allow_overflow,
)

V6_6 = V6_1.plus(
    "6.6",
    "Linux 6.6 over TCP: a full queue ends the request again, and the loop stops when the socket says it is empty.",
    hint_stop,
    hint_counts_fin,
)

V6_18 = V6_1.plus(
    "6.18",
    "Linux 6.18.44 over AF_UNIX, whose report ignores the end of the stream, with the hangup fix of 2026.",
    hint_stop,
    hup_ref,
)

#: In the order in which they came.
KERNELS = (POSTED_V1, POSTED_V2, V6_0, V6_1, V6_2, V6_6, V6_18)
