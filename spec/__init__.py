"""The shipped models of io_uring, in the kernel's words.

Reading order for someone who knows the kernel:

    sizes.py, toggles.py        how large a model is, and what kernels do differently
    parts/cqe.py                a completion
    parts/completion_queue.py   the ring, the overflow list, posting and flushing
    parts/buffer_ring.py        provided buffers
    parts/stream_socket.py      the socket and its peer (parts/polled_file.py: what polling sees of it)
    parts/polled_request.py     arming, wakes, poll references, task work
    parts/recv_handler.py       the receive loop
    parts/application.py        consuming, giving buffers back, arming, flushing
    clients/                    when an application arms and flushes
    kernels.py                  kernels as sets of toggles
    recv_multishot.py           all of it together

The properties stand apart, in `invariants/`.
"""
