/* A bounded queue with an overflow backlog over a pool of buffers; see queue_over_pool.py.
   Every step is one d_step, and the scratch variable is zero between steps, so that SPIN's states are the model's. */
#ifndef NB
#define NB 9
#endif
#ifndef C
#define C 4
#endif
#ifndef O
#define O 4
#endif

chan ring = [C] of { byte };
chan backlog = [O] of { byte };
short pool = (1 << NB) - 1;
short held = 0;
byte b;

#define DIRECT (len(ring) < C && len(backlog) == 0)
#define SAFE assert((pool & held) == 0)
#define POST(i) \
    :: d_step { ((pool & (1 << i)) && DIRECT) -> pool = pool & ~(1 << i); ring!i; SAFE } \
    :: d_step { ((pool & (1 << i)) && !DIRECT && len(backlog) < O) -> pool = pool & ~(1 << i); backlog!i; SAFE }
#define GIVE_BACK(i) \
    :: d_step { (held & (1 << i)) -> held = held & ~(1 << i); pool = pool | (1 << i); SAFE }

active proctype model()
{
end:
    do
    POST(0)
    GIVE_BACK(0)
#if NB > 1
    POST(1)
    GIVE_BACK(1)
#endif
#if NB > 2
    POST(2)
    GIVE_BACK(2)
#endif
#if NB > 3
    POST(3)
    GIVE_BACK(3)
#endif
#if NB > 4
    POST(4)
    GIVE_BACK(4)
#endif
#if NB > 5
    POST(5)
    GIVE_BACK(5)
#endif
#if NB > 6
    POST(6)
    GIVE_BACK(6)
#endif
#if NB > 7
    POST(7)
    GIVE_BACK(7)
#endif
#if NB > 8
    POST(8)
    GIVE_BACK(8)
#endif
#if NB > 9
    POST(9)
    GIVE_BACK(9)
#endif
    :: d_step { (len(backlog) > 0 && len(ring) < C) -> backlog?b; ring!b; b = 0; SAFE }
    :: d_step { (len(ring) > 0) -> ring?b; held = held | (1 << b); b = 0; SAFE }
    od
}
