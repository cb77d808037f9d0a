"""What kernels do differently, one switch each; true means that the kernel does it.

`kernels.py` combines them. No model asks for a version.
"""

from uringcheck import toggle

len0 = toggle(
    True,
    "a receive of length 0 with buffer select asks for the whole buffer "
    "(io_uring/kbuf.c:io_ring_buffer_select and io_provided_buffer_select, 6.0: allow 0 length for buffer select)",
)

bgid = toggle(
    True,
    "putting a buffer restores the group number in req->buf_index, which selection replaced by the buffer's id "
    "(io_uring/kbuf.h:io_put_kbuf, 6.0: restore bgid in io_put_kbuf)",
)

recycle = toggle(
    True,
    "a receive that ends with 0 or an error leaves its buffer in the ring "
    "(io_uring/net.c:io_recv, 6.0: recycle buffers on error)",
)

stop_code = toggle(
    True,
    "a handler under the poll runner can end a multishot and keep its result "
    "(io_uring/poll.c:io_poll_check_events, 6.0: add IOU_STOP_MULTISHOT)",
)

allow_overflow = toggle(
    False,
    "a completion that does not end the request may be parked in the overflow list "
    "(io_uring/io_uring.c:io_post_aux_cqe; 6.2 to 6.5, and the first posting of the series)",
)

result_on_stop = toggle(
    True,
    "when the completion queue refuses the completion of a multishot, the terminal one carries its result and buffer, "
    "not -ECANCELED (io_uring/net.c:io_recv_finish and io_accept, io_uring/poll.c:io_poll_check_events, 6.0)",
)

unpolled_ok = toggle(
    True,
    "a multishot that ends outside the poll runner returns IOU_OK, not the byte count "
    "(io_uring/net.c:io_recv_finish, 6.0-rc: fix multishot ending when not polled)",
)

order_rule = toggle(
    False,
    "nothing enters the completion queue while the overflow list holds something "
    "(io_uring/io_uring.c:__io_get_cqe, 6.1: fix CQE reordering)",
)

hint_stop = toggle(
    False,
    "the receive loop stops when the protocol reports that nothing is left, without asking again "
    "(io_uring/net.c:io_recv_finish and msg_inq, 6.5)",
)

hint_counts_fin = toggle(
    False,
    "the protocol's report counts a pending end of stream as something left: TCP does, AF_UNIX does not "
    "(net/ipv4/tcp.c:tcp_inq_hint; net/unix/af_unix.c:unix_stream_read_generic, 6.17)",
)

hup_ref = toggle(
    False,
    "the poll runner keeps a reference when several wakes were merged and one of them was a hangup, so that it looks "
    "once more (io_uring/poll.c:io_poll_check_events, 2026, also in 6.12.y and 6.18.y)",
)

all_masks = toggle(
    False,
    "when wakes were merged, and in every further round, the poll runner asks the file for the mask instead of using "
    "that of the first wake (io_uring/poll.c:io_poll_check_events, 6.1: fix tw losing poll events, update res mask)",
)

accept_result = toggle(
    True,
    "an accept that the completion queue refused stores its file descriptor before it stops the multishot "
    "(io_uring/net.c:io_accept; not in 6.6 and 6.7; 6.8-rc5: fix multishot accept overflow handling)",
)

trace_once = toggle(
    True,
    "a completion is traced where it goes, once: as complete or as overflowed, and not before a slot was found "
    "(io_uring/io_uring.c:__io_fill_cqe_req and io_fill_cqe_aux, 6.0: only trace one of complete or overflow)",
)

cq_extra_leak = toggle(
    False,
    "a refused completion was counted in cq_extra before a slot was looked for, and stays counted; drained requests "
    "compare with that number (io_uring/io_uring.c:io_post_aux_cqe and req_need_defer, 6.0, 6.1 and 6.6 to 6.15)",
)

split_flush = toggle(
    False,
    "a flush may let go of its locks after each completion it moves "
    "(io_uring/io_uring.c:__io_cqring_overflow_flush, 6.12)",
)

flush_drops_cache = toggle(
    True,
    "a flush that lets go of its locks forgets the free slots it had cached, so that the next completion looks at the "
    "check bit again (io_uring/io_uring.c:__io_cqring_overflow_flush, 6.16: fix overflow resched cqe reordering)",
)

iovlen0 = toggle(
    True,
    "with buffer select, a recvmsg without an iovec asks for the whole buffer and reads no iovec "
    "(io_uring/net.c:__io_recvmsg_copy_hdr, 6.0: allow iov_len = 0 for recvmsg and buffer select)",
)

requeue = toggle(
    False,
    "a multishot that has received often in one run queues its task work again, behind that of others "
    "(io_uring/net.c:io_recv_finish and MULTISHOT_MAX_RETRY, 6.8: limit inline multishot retries)",
)

poll_bias = toggle(
    False,
    "a wake of a request that has many poll references sets a flag instead of taking one more "
    "(io_uring/poll.c:io_poll_get_ownership_slowpath, 6.1: make poll refs more robust)",
)

unsigned_refs = toggle(
    False,
    "whether there are many is asked of an unsigned number, so also of a cancelled request "
    "(io_uring/poll.c:io_poll_get_ownership, 2026: fix signed comparison in io_poll_get_ownership)",
)

wake_oneshot = toggle(
    False,
    "a wake that comes from the ring's own eventfd makes the request one-shot, and not its wait queue entry alone "
    "(io_uring/poll.c:io_poll_wake, 2026: ensure EPOLL_ONESHOT is propagated for EPOLL_URING_WAKE)",
)

issue_flag = toggle(
    False,
    "a handler is told by a flag of this call that the poll runner has called it, not by one that stays in the request "
    "(IO_URING_F_MULTISHOT for REQ_F_POLLED, 6.1: fix multishot accept request leaks, and recv)",
)

task_context = toggle(
    False,
    "an io-wq worker posts no completion of a multishot; it arms the request instead "
    "(io_uring/io_uring.c:io_wq_submit_work, 6.10: fix mshot io-wq checks, force multishot CQEs into task context)",
)

deferred_terminal = toggle(
    False,
    "under task work the last completion of a request is kept until the end of the batch "
    "(io_uring/io_uring.c:io_req_complete_defer, from 6.1 where uring_lock is held)",
)

aux_flushes = toggle(
    False,
    "what is kept so is posted before a completion with F_MORE "
    "(io_uring/io_uring.c:io_req_post_cqe, 6.15: ensure deferred completions are flushed for multishot)",
)

sqpoll_flushes = toggle(
    False,
    "the submission thread posts what is kept when it has run task work, also when there is nothing to submit "
    "(io_uring/sqpoll.c:io_sq_thread, 6.2; liburing#758)",
)

read_retry = toggle(
    False,
    "a multishot read under the poll runner takes a poll reference, so that it is called again for what is left "
    "(io_uring/rw.c:io_read_mshot, 6.8: ensure poll based multishot read retries appropriately)",
)

wait_recycles = toggle(
    False,
    "before a multishot goes on waiting it gives up the buffer group that its last call has looked up "
    "(io_uring/poll.c:io_poll_check_events, 6.14: fix multishots with selected buffers)",
)

local_limit = toggle(
    False,
    "one call runs a number of items of a deferred ring's task work, and leaves the rest for the next "
    "(io_uring/io_uring.c:__io_run_local_work and IO_LOCAL_TW_DEFAULT_MAX, 6.13: limit local tw done)",
)

busy_wait = toggle(
    False,
    "a call that waits gives up with -EBUSY when not all that is parked could be moved "
    "(io_uring/io_uring.c:io_cqring_wait, up to 6.1; 6.2: don't check overflow flush failures)",
)

#: Every switch, so that a preset can say which ones are on and means that the rest is off.
TOGGLES = (
    len0,
    bgid,
    recycle,
    stop_code,
    allow_overflow,
    result_on_stop,
    unpolled_ok,
    order_rule,
    hint_stop,
    hint_counts_fin,
    hup_ref,
    all_masks,
    accept_result,
    trace_once,
    cq_extra_leak,
    split_flush,
    flush_drops_cache,
    iovlen0,
    requeue,
    poll_bias,
    unsigned_refs,
    wake_oneshot,
    issue_flag,
    task_context,
    deferred_terminal,
    aux_flushes,
    sqpoll_flushes,
    read_retry,
    wait_recycles,
    local_limit,
    busy_wait,
)

#: Two patches that change nothing for any caller of their time. No preset says whether they are in: the small models
#: `poll_return` and `aux_posting` compare with them and without, and with the callers that would have told.
positive_is_no_verdict = toggle(
    True,
    "task work takes only a negative return of a handler for the end, not a positive one for 'nothing to do' "
    "(io_uring/poll.c:io_poll_check_events, 6.0: clean up io_poll_check_events return values)",
)

aux_asks_for_overflow = toggle(
    True,
    "who posts a completion beside a request says whether it may overflow, and learns when it was refused "
    "(io_uring/io_uring.c:io_post_aux_cqe and io_fill_cqe_aux, 6.0: add allow_overflow to io_post_aux_cqe)",
)
