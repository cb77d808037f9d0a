"""What kernels do differently with provided buffers, one switch each; true means that the kernel does it.

As in `toggles.py`; `kernels.py` combines both.
"""

from uringcheck import toggle

cache_bgid = toggle(
    False,
    "a receive keeps the group's number beside req->buf_index, so that it survives a selection by io-wq, too "
    "(io_uring/net.c:struct io_sr_msg.buf_group, January 2023 and 6.1.y: cache provided buffer group value)",
)

len_reset = toggle(
    False,
    "each turn of the receive loop starts from the length that was asked for, not from what the buffer before it held "
    "(io_uring/net.c:io_recv_buf_select, 6.10; io_recv of 6.0 and 6.1 keeps the length)",
)

bundle_appends = toggle(
    False,
    "when a bundle has filled all that it mapped and the socket reports more, it receives once more into the same "
    "completion (io_uring/net.c:io_recv_finish with IORING_RECV_RETRY, 6.15: improve recv bundles)",
)

bundle_whole = toggle(
    False,
    "a bundle maps no entry that it would only fill in part, but for the first, and takes a report of 1 for none "
    "(io_uring/kbuf.c:io_ring_buffers_peek, 6.16: don't truncate end buffer for multiple buffer peeks; "
    "io_uring/net.c:io_recv_buf_select, 6.16: only consider msg_inq if larger than 1)",
)

rejects_empty = toggle(
    False,
    "IORING_OP_PROVIDE_BUFFERS of length 0 is answered -EINVAL "
    "(io_uring/kbuf.c:io_provide_buffers_prep, 2025: reject zero sized provided buffers)",
)

partial_commit = toggle(
    True,
    "a receive that waits for the rest of its data has committed the ring's buffer that it keeps "
    "(io_uring/net.c:io_net_kbuf_recyle, 6.17: commit partial buffers on retry)",
)

commit_stops = toggle(
    True,
    "committing to an incremental ring stops at an entry whose length is 0 "
    "(io_uring/kbuf.c:io_kbuf_inc_commit, 6.17: fix infinite loop in io_kbuf_inc_commit)",
)

failed_read_recycles = toggle(
    True,
    "a read that fails leaves its buffer in the ring and names none "
    "(io_uring/rw.c:io_read, 6.18: recycle buffers manually for non-mshot reads; not in 6.12.y until 2026)",
)

empty_commit_keeps = toggle(
    True,
    "committing nothing to an incremental ring leaves the buffer unfinished, and its completion says F_BUF_MORE "
    "(io_uring/kbuf.c:io_kbuf_inc_commit, 2026 and 6.18.y: fix missing BUF_MORE for incremental buffers at EOF)",
)

min_left = toggle(
    False,
    "an incremental ring may name a length below which the rest of a buffer is not used "
    "(io_uring/kbuf.c:io_kbuf_inc_commit with struct io_uring_buf_reg.min_left, 2026 and 6.18.y: allow specifying min "
    "length for a pbuf ring)",
)

bundles = toggle(
    False,
    "a receive may fill several buffers of a ring at once (io_uring/net.c:io_recvmsg_prep with IORING_RECVSEND_BUNDLE, "
    "6.10: support bundles for recv)",
)

length_limits = toggle(
    False,
    "a multishot receive may have a length for each completion and a number of bytes for all of them "
    "(io_uring/net.c:io_recvmsg_prep with sqe->len and sqe->optlen, 6.17)",
)

#: Every switch of this file.
BUFFER_TOGGLES = (
    cache_bgid,
    len_reset,
    bundle_appends,
    bundle_whole,
    rejects_empty,
    partial_commit,
    commit_stops,
    failed_read_recycles,
    empty_commit_keeps,
    min_left,
    bundles,
    length_limits,
)
