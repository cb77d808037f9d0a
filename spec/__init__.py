"""The shipped models of io_uring, in the kernel's words.

Reading order for someone who knows the kernel:

    sizes.py, toggles.py         how large a model is, and what kernels do differently
    buffer_sizes.py, buffer_toggles.py    the same for provided buffers
    parts/cqe.py                 a completion
    parts/completion_queue.py    the ring, the overflow list, posting and flushing
    parts/polled_file.py         what polling sees of a file
    parts/polled_request.py      arming, wakes, poll references, cancellation, task work
    parts/handler.py             what the handlers of all opcodes have in common
    parts/event_loop.py          consuming, arming, cancelling, flushing: every application
    parts/other_requests.py      what else happens in the ring
    clients/                     when an application arms and flushes
    kernels.py, since.py         kernels as sets of toggles, and which of them a model is for

and then one request after the other, each with its file, its handler and its application:

    recv_multishot.py            parts/buffer_ring.py, stream_socket.py, recv_handler.py, application.py
    recvmsg_multishot.py         parts/recvmsg_handler.py
    recv_prepare.py              which submissions it takes
    recvmsg_import.py            which message headers it takes
    recv_oneshot.py              parts/recv_oneshot_handler.py
    recv_fallback.py             parts/recv_fallback_handler.py: a buffer of its own while the pool is empty
    recv_poll_first.py           parts/poll_first_handler.py: armed before it is tried
    recv_provided.py             pools/, parts/provided_buffers.py: rings and lists, buffers without room
    recv_groups.py               parts/grouped_recv_handler.py: a second group, and io-wq
    recv_waitall.py              two receives that keep buffers of one ring
    read_failing.py              parts/failing_read_handler.py
    recv_sized.py                parts/sized_pool.py, sized_recv_handler.py, sized_application.py: bytes and bundles
    read_incremental.py          parts/sized_read_handler.py
    recvmsg_incremental.py       parts/recvmsg_tail_handler.py
    buffer_commit.py             committing while somebody writes to the entries
    two_connections.py           parts/connection.py, sharing_policy.py: one pool, one queue
    recv_datagrams.py            parts/datagram_socket.py, recv_datagram_handler.py: no end, and empty datagrams
    f_more_promise.py            what F_MORE does not promise
    poll_multishot.py            parts/event_source.py, poll_handler.py, poll_application.py
    poll_return.py               parts/returning_handler.py: what task work makes of a handler's return value
    aux_posting.py               posting completions beside a request, and who may refuse them
    accept_multishot.py          parts/listening_socket.py, accept_handler.py, accept_application.py
    read_multishot.py            parts/read_handler.py: one read in each call
    recv_endings.py              parts/ending_socket.py, ending_handler.py: closed, reset, shut down here
    recv_messages.py             parts/messages.py: what other rings post
    recv_linked.py               parts/linked_request.py, linked_handler.py: a successor
    recv_task_run.py             parts/task_context.py, task_application.py: when task work runs
    two_receives.py              parts/shared_socket.py, pair_application.py: two requests on one socket
    recv_batch.py                parts/unreleased_queue.py, batch_application.py: the head is written late
    recv_dropped.py              parts/fallible_queue.py, dropped_application.py: no memory to park

Mechanisms by themselves, each on one page:

    poll_refs.py                 who owns a request, and how many wakes it can count
    two_sockets.py               whose turn it is
    resubmission.py              submission before the flush
    deferred_completions.py      what is kept until a batch of task work ends
    reissue.py                   who runs a handler, and who may post
    nested_wake.py               a poll of the ring's own eventfd
    mixed_cq.py                  entries of two sizes, and waiting for a full ring
    wait_busy.py                 waiting while more is parked than fits
    work_batches.py              how much task work one call runs
    closed_fd.py                 a descriptor that is closed and comes back
    unregister_group.py          a buffer group that goes away

Applications over application.py that several policies in clients/ share:

    parts/tracking_application.py            keeps in mind whether its request is armed
    parts/cancelling_application.py          looks at what became of a cancellation
    parts/shared_user_data_application.py    cannot tell the generations apart
    parts/freeing_application.py             frees what it keeps for a request
    parts/pool_aware_application.py          has something to do while the pool is empty
    parts/echo_application.py                sends back what it receives

The properties stand apart, in `invariants/`.
"""
