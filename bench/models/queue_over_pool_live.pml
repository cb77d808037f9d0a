/* The model of queue_over_pool.py for SPIN's weak fairness (-a -f), which is per process: the producer, of whom nothing
   is asked, the flush, the consumer, and one process for each buffer that is given back. */
#ifndef NB
#define NB 7
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

ltl comes_back { [] ((pool & 1) == 0 -> <> ((pool & 1) != 0)) }

#define DIRECT (len(ring) < C && len(backlog) == 0)
#define POST(i) \
    :: d_step { (i < NB && (pool & (1 << i)) && DIRECT) -> pool = pool & ~(1 << i); ring!i } \
    :: d_step { (i < NB && (pool & (1 << i)) && !DIRECT && len(backlog) < O) -> pool = pool & ~(1 << i); backlog!i }

active proctype producer()
{
end:
    do
    POST(0) POST(1) POST(2) POST(3) POST(4) POST(5) POST(6) POST(7) POST(8) POST(9)
    od
}

active proctype flush()
{
end:
    do
    :: d_step { (len(backlog) > 0 && len(ring) < C) -> backlog?b; ring!b; b = 0 }
    od
}

active proctype reap()
{
end:
    do
    :: d_step { (len(ring) > 0) -> ring?b; held = held | (1 << b); b = 0 }
    od
}

#define GIVE_BACK(name, i) \
active proctype name() \
{ \
end: \
    do \
    :: d_step { (held & (1 << i)) -> held = held & ~(1 << i); pool = pool | (1 << i) } \
    od \
}

GIVE_BACK(give_0, 0)
#if NB > 1
GIVE_BACK(give_1, 1)
#endif
#if NB > 2
GIVE_BACK(give_2, 2)
#endif
#if NB > 3
GIVE_BACK(give_3, 3)
#endif
#if NB > 4
GIVE_BACK(give_4, 4)
#endif
#if NB > 5
GIVE_BACK(give_5, 5)
#endif
#if NB > 6
GIVE_BACK(give_6, 6)
#endif
#if NB > 7
GIVE_BACK(give_7, 7)
#endif
#if NB > 8
GIVE_BACK(give_8, 8)
#endif
#if NB > 9
GIVE_BACK(give_9, 9)
#endif
