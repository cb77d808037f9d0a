"""The shipped models of io_uring, in the kernel's words.

Reading order for someone who knows the kernel:

    sizes.py, toggles.py         how large a model is, and what kernels do differently
    parts/cqe.py                 a completion
    parts/completion_queue.py    the ring, the overflow list, posting and flushing
    parts/polled_file.py         what polling sees of a file
    parts/polled_request.py      arming, wakes, poll references, cancellation, task work
    parts/handler.py             what the handlers of all opcodes have in common
    parts/event_loop.py          consuming, arming, cancelling, flushing: every application
    parts/other_requests.py      what else happens in the ring
    clients/                     when an application arms and flushes
    kernels.py                   kernels as sets of toggles

and then one request after the other, each with its file, its handler and its application:

    recv_multishot.py            parts/buffer_ring.py, stream_socket.py, recv_handler.py, application.py
    recvmsg_multishot.py         parts/recvmsg_handler.py
    recvmsg_import.py            which message headers it takes
    recv_oneshot.py              parts/recv_oneshot_handler.py
    f_more_promise.py            what F_MORE does not promise
    poll_multishot.py            parts/event_source.py, poll_handler.py, poll_application.py
    accept_multishot.py          parts/listening_socket.py, accept_handler.py, accept_application.py

The properties stand apart, in `invariants/`.
"""
