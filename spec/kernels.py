"""Kernels as sets of toggles.

Stable series take fixes from later ones, so a name stands for what that release did when it came out unless its
sentence says otherwise. Where behaviour depends on the socket, the presets up to 6.16 mean TCP and those from 6.17 on
AF_UNIX, which reports how much is left from 6.17 on.
"""

from uringcheck import preset
from uringcheck.spec.buffer_toggles import (
    BUFFER_TOGGLES,
    bundle_appends,
    bundle_whole,
    bundles,
    cache_bgid,
    commit_stops,
    empty_commit_keeps,
    failed_read_recycles,
    len_reset,
    length_limits,
    min_left,
    partial_commit,
    rejects_empty,
)
from uringcheck.spec.toggles import (
    TOGGLES,
    accept_result,
    all_masks,
    allow_overflow,
    aux_flushes,
    bgid,
    busy_wait,
    cq_extra_leak,
    deferred_terminal,
    flush_drops_cache,
    hint_counts_fin,
    hint_stop,
    hup_ref,
    iovlen0,
    issue_flag,
    len0,
    local_limit,
    order_rule,
    poll_bias,
    read_retry,
    recycle,
    requeue,
    result_on_stop,
    split_flush,
    sqpoll_flushes,
    stop_code,
    task_context,
    trace_once,
    unpolled_ok,
    unsigned_refs,
    wait_recycles,
    wake_oneshot,
)

V5_19 = preset(
    "5.19",
    "Linux 5.19: poll and accept may be multishot; their completions are parked when the queue is full, and may be "
    "overtaken there (io_uring/io_uring.c:io_fill_cqe_aux).",
    among=(*TOGGLES, *BUFFER_TOGGLES),
    on=(allow_overflow, accept_result, unpolled_ok, flush_drops_cache, failed_read_recycles, busy_wait),
)

V6_0 = preset(
    "6.0",
    "Linux 6.0: the multishot receive series and the fix of July 2022 (fix multishot ending when not polled).",
    among=(*TOGGLES, *BUFFER_TOGGLES),
    on=(
        len0,
        bgid,
        recycle,
        stop_code,
        result_on_stop,
        unpolled_ok,
        accept_result,
        trace_once,
        cq_extra_leak,
        flush_drops_cache,
        iovlen0,
        failed_read_recycles,
        busy_wait,
    ),
)

POSTED_V1 = preset(
    "6.0-posted-v1",
    "The first posting of the series: every completion may overflow, and a refused one would be answered -ECANCELED.",
    among=(*TOGGLES, *BUFFER_TOGGLES),
    on=(
        len0,
        bgid,
        recycle,
        stop_code,
        allow_overflow,
        unpolled_ok,
        accept_result,
        trace_once,
        flush_drops_cache,
        iovlen0,
        failed_read_recycles,
        busy_wait,
    ),
)

POSTED_V2 = V6_0.minus(
    "6.0-posted-v2",
    "The second posting, as applied: a multishot that ends outside the poll runner returns its byte count.",
    unpolled_ok,
)

V6_1 = V6_0.plus(
    "6.1",
    "Linux 6.1: no completion may pass one that is parked (commit aa1df3a360a0, fix CQE reordering), and the masks of "
    "merged wakes count (fix tw losing poll events).",
    order_rule,
    all_masks,
    poll_bias,
    issue_flag,
    deferred_terminal,
)

V6_2 = V6_1.minus(
    "6.2",
    "Nothing is refused any more, so nothing is counted for it; a wait goes on while not all of what is parked fits.",
    cq_extra_leak,
    busy_wait,
).plus(
    "6.2",
    "Linux 6.2 to 6.4: a full completion queue no longer ends a multishot; its completions are parked.",
    allow_overflow,
    sqpoll_flushes,
    cache_bgid,
)

V6_5 = V6_2.plus(
    "6.5",
    "Linux 6.5 over TCP: the receive loop stops when the socket says that it is empty.",
    hint_stop,
    hint_counts_fin,
)

V6_6 = V6_5.minus("6.6", "Completions are refused again.", allow_overflow, accept_result).plus(
    "6.6",
    "Linux 6.6 and 6.7 over TCP: a full queue ends a multishot again (never overflow io_aux_cqe), and an accept that "
    "ends so loses its file descriptor.",
    cq_extra_leak,
)

V6_8 = V6_6.plus(
    "6.8",
    "Linux 6.8 and 6.9 over TCP: accept keeps its result (6.8-rc5, fix multishot accept overflow handling).",
    accept_result,
    requeue,
    read_retry,
)

V6_10 = V6_8.plus("6.10", "Linux 6.10 over TCP: as 6.8, and with bundles.", task_context, len_reset, bundles)

V6_12 = V6_10.minus(
    "6.12",
    "The cached slots survive an interrupted flush, and a read that fails names a buffer.",
    flush_drops_cache,
    failed_read_recycles,
).plus(
    "6.12",
    "Linux 6.12 to 6.15 over TCP: a flush may be interrupted, and buffers may be consumed incrementally.",
    split_flush,
)

V6_16 = V6_12.minus("6.16", "Drained requests no longer count completions.", cq_extra_leak).plus(
    "6.16",
    "Linux 6.16 over TCP: an interrupted flush forgets its cached slots (fix overflow resched cqe reordering), and "
    "drained requests were reworked.",
    flush_drops_cache,
    aux_flushes,
    wait_recycles,
    rejects_empty,
    bundle_appends,
    bundle_whole,
    local_limit,
)

V6_17 = V6_16.minus(
    "6.17",
    "The report of AF_UNIX ignores the end of the stream.",
    hint_counts_fin,
).plus(
    "6.17",
    "Linux 6.17, and 6.18 as released, over AF_UNIX, whose report ignores the end of the stream.",
    partial_commit,
    commit_stops,
    length_limits,
)

V6_18 = V6_17.plus(
    "6.18",
    "Linux 6.18.y as observed on 6.18.44, over AF_UNIX: with the hangup fix of 2026.",
    hup_ref,
    wake_oneshot,
    unsigned_refs,
    failed_read_recycles,
    empty_commit_keeps,
    min_left,
)

LATEST = V6_18.plus("latest", "Linux 7.2 over AF_UNIX: as 6.18.y.")

#: In the order in which they came.
KERNELS = (
    V5_19, POSTED_V1, POSTED_V2, V6_0, V6_1, V6_2, V6_5, V6_6, V6_8, V6_10, V6_12, V6_16, V6_17, V6_18, LATEST,
)  # fmt: skip
