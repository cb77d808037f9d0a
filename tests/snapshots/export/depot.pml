/*
 * depot: A depot that takes parcels in and sends them on.
 *
 * Written by uringcheck for SPIN; do not edit.
 *
 * States and everything but temporal properties:
 *   spin -o1 -o2 -a FILE && cc -DSAFETY -DBFS -DNOREDUCE -DVECTORSZ=8192 -o pan pan.c && ./pan -E -m1000000
 * SPIN counts one state more than there are: the one before `start`.
 * Temporal properties, each with its number n:
 *   1: parcels_leave
 *   2: closes
 *   spin -o1 -o2 -DLTL=n -a FILE && cc -DNOREDUCE -DVECTORSZ=8192 -o pan pan.c && ./pan -a -m1000000
 */

#ifndef LTL
#define LTL 0
#endif

#define Colour_RED 0
#define Colour_BLUE 1

typedef Parcel_t { byte size; byte colour }
typedef queue_of_2_Parcel_t { byte length; Parcel_t items[2] }
typedef set_of_Colour_t { bool has[2] }
typedef map_Colour_to_0_to_2_t { byte at[2] }
typedef maybe_Parcel_t { bool some; Parcel_t value }

queue_of_2_Parcel_t waiting;
set_of_Colour_t seen;
map_Colour_to_0_to_2_t sent;
maybe_Parcel_t last_;
bool end;
bool started;

/* For the length of one step; zero in every state. */
bool alive;
bool before_end;
Parcel_t Parcel_tmp1;
int int_tmp1;

#define may_take_in(size_, colour_) (((waiting.length <= 1) && !end))
#define may_send ((1 <= waiting.length))
#define may_open(size_) (!(size_ == 2))
#define what_was_sent_was_seen_is_so ((((sent.at[Colour_RED] <= 0) || seen.has[Colour_RED]) \
    && ((sent.at[Colour_BLUE] <= 0) || seen.has[Colour_BLUE])))
#define large_red_sent_is_so (!(last_.some && (3 <= last_.value.size) && (last_.value.colour == Colour_RED)))

#if LTL == 0
inline step_properties() {
  /* A closed depot stays closed. (depot.py:68) */
  /* property stays_closed */
  assert((!before_end || end));
}
#else
inline step_properties() { skip }
#endif

/* A parcel arrives. */
/* depot.py:41 */
inline take_in(size_, colour_) {
  before_end = end;
  waiting.items[waiting.length].size = size_;
  waiting.items[waiting.length].colour = colour_;
  waiting.length = waiting.length + 1;
  step_properties();
  before_end = 0;
}

/* The first parcel leaves. */
/* depot.py:47 */
inline send() {
  before_end = end;
  Parcel_tmp1.size = waiting.items[0].size;
  Parcel_tmp1.colour = waiting.items[0].colour;
  waiting.items[0].size = waiting.items[1].size;
  waiting.items[0].colour = waiting.items[1].colour;
  waiting.items[1].size = 1;
  waiting.items[1].colour = Colour_RED;
  waiting.length = waiting.length - 1;
  seen.has[Parcel_tmp1.colour] = true;
  int_tmp1 = Parcel_tmp1.colour;
  sent.at[int_tmp1] = ((sent.at[Parcel_tmp1.colour] <= 1) -> (sent.at[Parcel_tmp1.colour] + 1) : 2);
  last_.some = true;
  last_.value.size = Parcel_tmp1.size;
  last_.value.colour = Parcel_tmp1.colour;
  Parcel_tmp1.size = 0;
  Parcel_tmp1.colour = 0;
  int_tmp1 = 0;
  step_properties();
  before_end = 0;
}

/* Nothing is taken in any more. */
/* depot.py:56 */
inline close() {
  before_end = end;
  end = true;
  step_properties();
  before_end = 0;
}

/* One parcel was left over night. */
/* depot.py:35 */
inline open(size_) {
  waiting.items[0].size = 1;
  waiting.items[0].colour = Colour_RED;
  waiting.items[1].size = 1;
  waiting.items[1].colour = Colour_RED;
  last_.value.size = 1;
  last_.value.colour = Colour_RED;
  if
  :: !(size_ == 2) ->
    /* domain: push to a full queue (capacity 2) (depot.py:38) */
    assert((waiting.length <= 1));
    waiting.items[waiting.length].size = size_;
    waiting.items[waiting.length].colour = Colour_RED;
    waiting.length = waiting.length + 1;
    started = true;
  :: else ->
    skip
  fi;
}

#if LTL == 0
#define BEFORE() skip
#define AFTER(instance) skip
#define GO started
#endif

#if LTL > 0
#define BEFORE() keep()
#define AFTER(instance) last = instance; pending = true
short last;
bool pending;
bool ready;
bool moved;
byte phase;
#define PROBE(bit, guard, call) \
  if \
  :: (guard) -> keep(); call; if :: changed -> bit = true :: else -> skip fi; back() \
  :: else -> skip \
  fi;
queue_of_2_Parcel_t old_waiting;
set_of_Colour_t old_seen;
map_Colour_to_0_to_2_t old_sent;
maybe_Parcel_t old_last;
bool old_end;
#define changed (!(waiting.length == old_waiting.length && waiting.items[0].size == old_waiting.items[0].size && waiting.items[0].colour == old_waiting.items[0].colour && waiting.items[1].size == old_waiting.items[1].size && waiting.items[1].colour == old_waiting.items[1].colour && seen.has[Colour_RED] == old_seen.has[Colour_RED] && seen.has[Colour_BLUE] == old_seen.has[Colour_BLUE] && sent.at[Colour_RED] == old_sent.at[Colour_RED] && sent.at[Colour_BLUE] == old_sent.at[Colour_BLUE] && last_.some == old_last.some && last_.value.size == old_last.value.size && last_.value.colour == old_last.value.colour && end == old_end))
inline keep() {
  old_waiting.length = waiting.length;
  old_waiting.items[0].size = waiting.items[0].size;
  old_waiting.items[0].colour = waiting.items[0].colour;
  old_waiting.items[1].size = waiting.items[1].size;
  old_waiting.items[1].colour = waiting.items[1].colour;
  old_seen.has[Colour_RED] = seen.has[Colour_RED];
  old_seen.has[Colour_BLUE] = seen.has[Colour_BLUE];
  old_sent.at[Colour_RED] = sent.at[Colour_RED];
  old_sent.at[Colour_BLUE] = sent.at[Colour_BLUE];
  old_last.some = last_.some;
  old_last.value.size = last_.value.size;
  old_last.value.colour = last_.value.colour;
  old_end = end;
}
inline forget() {
  old_waiting.length = 0;
  old_waiting.items[0].size = 0;
  old_waiting.items[0].colour = 0;
  old_waiting.items[1].size = 0;
  old_waiting.items[1].colour = 0;
  old_seen.has[Colour_RED] = 0;
  old_seen.has[Colour_BLUE] = 0;
  old_sent.at[Colour_RED] = 0;
  old_sent.at[Colour_BLUE] = 0;
  old_last.some = 0;
  old_last.value.size = 0;
  old_last.value.colour = 0;
  old_end = 0;
}
inline back() {
  waiting.length = old_waiting.length;
  waiting.items[0].size = old_waiting.items[0].size;
  waiting.items[0].colour = old_waiting.items[0].colour;
  waiting.items[1].size = old_waiting.items[1].size;
  waiting.items[1].colour = old_waiting.items[1].colour;
  seen.has[Colour_RED] = old_seen.has[Colour_RED];
  seen.has[Colour_BLUE] = old_seen.has[Colour_BLUE];
  sent.at[Colour_RED] = old_sent.at[Colour_RED];
  sent.at[Colour_BLUE] = old_sent.at[Colour_BLUE];
  last_.some = old_last.some;
  last_.value.size = old_last.value.size;
  last_.value.colour = old_last.value.colour;
  end = old_end;
  forget();
}
#endif

#if LTL == 1
/* A waiting parcel leaves. (depot.py:80) */
bool holds1; /* not depot.waiting.empty */
#define happens1 (pending && (last == 7) && moved)
bool possible1; /* weak fairness of take_in(1, Colour_RED) */
bool possible2; /* weak fairness of take_in(1, Colour_BLUE) */
bool possible3; /* weak fairness of take_in(2, Colour_RED) */
bool possible4; /* weak fairness of take_in(2, Colour_BLUE) */
bool possible5; /* weak fairness of take_in(3, Colour_RED) */
bool possible6; /* weak fairness of take_in(3, Colour_BLUE) */
bool possible7; /* strong fairness of send */
byte taken;
bool over7;
bool wrong;
byte round;
active proctype settle() {
  do
  :: d_step { (pending && phase == 0) ->
    moved = changed;
    taken = ((last == 1) -> 1 : ((last == 2) -> 2 : ((last == 3) -> 3 : ((last == 4) -> 4 : ((last == 5) -> 5 : ((last == 6) -> 6 : ((last == 7) -> 7 : 0)))))));
    if
    :: !moved -> taken = 0
    :: else -> skip
    fi;
    forget();
    possible1 = false;
    phase = 1;
  }
  :: d_step { (pending && phase == 1) ->
    PROBE(possible1, !possible1 && may_take_in(1, Colour_RED), take_in(1, Colour_RED))
    possible2 = false;
    PROBE(possible2, !possible2 && may_take_in(1, Colour_BLUE), take_in(1, Colour_BLUE))
    possible3 = false;
    PROBE(possible3, !possible3 && may_take_in(2, Colour_RED), take_in(2, Colour_RED))
    possible4 = false;
    PROBE(possible4, !possible4 && may_take_in(2, Colour_BLUE), take_in(2, Colour_BLUE))
    possible5 = false;
    PROBE(possible5, !possible5 && may_take_in(3, Colour_RED), take_in(3, Colour_RED))
    possible6 = false;
    PROBE(possible6, !possible6 && may_take_in(3, Colour_BLUE), take_in(3, Colour_BLUE))
    possible7 = false;
    PROBE(possible7, !possible7 && may_send, send())
    phase = 2;
  }
  :: d_step { (pending && phase == 2) ->
    holds1 = (1 <= waiting.length);
    if
    :: round == 7 -> round = 0
    :: else -> skip
    fi;
    if
    :: round == 0 && (!possible1 || (taken == 1)) -> round = 1
    :: else -> skip
    fi;
    if
    :: round == 1 && (!possible2 || (taken == 2)) -> round = 2
    :: else -> skip
    fi;
    if
    :: round == 2 && (!possible3 || (taken == 3)) -> round = 3
    :: else -> skip
    fi;
    if
    :: round == 3 && (!possible4 || (taken == 4)) -> round = 4
    :: else -> skip
    fi;
    if
    :: round == 4 && (!possible5 || (taken == 5)) -> round = 5
    :: else -> skip
    fi;
    if
    :: round == 5 && (!possible6 || (taken == 6)) -> round = 6
    :: else -> skip
    fi;
    if
    :: round == 6 && (over7 || (taken == 7)) -> round = 7
    :: else -> skip
    fi;
    wrong = (over7 && possible7);
    if
    :: wrong -> round = 0
    :: else -> skip
    fi;
    last = 0;
    moved = false;
    pending = false;
    ready = true;
    phase = 0;
  }
  od
}
#define GO (started && !pending && !wrong)
active proctype stutter() {
  do
  :: d_step { GO -> keep(); AFTER(0) }
  :: d_step { GO && !over7 -> keep(); over7 = true; AFTER(0) }
  od
}
ltl parcels_leave { ([]<> (round == 7)) -> [](!(holds1) || <>(happens1)) }
#endif

#if LTL == 2
/* The depot closes, though nobody has to close it. (depot.py:86) */
bool holds1; /* depot.end */
active proctype settle() {
  do
  :: d_step { (pending && phase == 0) ->
    moved = changed;
    forget();
    phase = 1;
  }
  :: d_step { (pending && phase == 1) ->
    holds1 = end;
    last = 0;
    moved = false;
    pending = false;
    ready = true;
    phase = 0;
  }
  od
}
#define GO (started && !pending)
active proctype stutter() {
  do
  :: d_step { GO -> keep(); AFTER(0) }
  od
}
ltl closes { <>(holds1) }
#endif

/* The initial states. */
active proctype start() {
  do
  :: d_step { (!started && may_open(1)) -> open(1); AFTER(0) }
  :: d_step { (!started && may_open(2)) -> open(2); AFTER(0) }
  :: d_step { (!started && may_open(3)) -> open(3); AFTER(0) }
  od
}

active proctype P_take_in() {
  do
  :: d_step { (GO && may_take_in(1, Colour_RED)) -> BEFORE(); take_in(1, Colour_RED); AFTER(1) }
  :: d_step { (GO && may_take_in(1, Colour_BLUE)) -> BEFORE(); take_in(1, Colour_BLUE); AFTER(2) }
  :: d_step { (GO && may_take_in(2, Colour_RED)) -> BEFORE(); take_in(2, Colour_RED); AFTER(3) }
  :: d_step { (GO && may_take_in(2, Colour_BLUE)) -> BEFORE(); take_in(2, Colour_BLUE); AFTER(4) }
  :: d_step { (GO && may_take_in(3, Colour_RED)) -> BEFORE(); take_in(3, Colour_RED); AFTER(5) }
  :: d_step { (GO && may_take_in(3, Colour_BLUE)) -> BEFORE(); take_in(3, Colour_BLUE); AFTER(6) }
  od
}

active proctype P_send() {
  do
  :: d_step { (GO && may_send) -> BEFORE(); send(); AFTER(7) }
  od
}

active proctype P_close() {
  do
  :: d_step { GO -> BEFORE(); close(); AFTER(8) }
  od
}

#if LTL == 0
active proctype monitor() {
  do
  :: d_step { (started && !what_was_sent_was_seen_is_so) ->
    /* A colour that was sent was seen. (depot.py:62) */
    /* property what_was_sent_was_seen */
    assert(false);
  }
  :: d_step { (started && !large_red_sent_is_so) ->
    /* A large red parcel is the last one sent. (depot.py:74) */
    /* property large_red_sent */
    assert(false);
  }
  :: d_step { started ->
    alive = false;
    alive = alive || may_take_in(1, Colour_RED);
    alive = alive || may_take_in(1, Colour_BLUE);
    alive = alive || may_take_in(2, Colour_RED);
    alive = alive || may_take_in(2, Colour_BLUE);
    alive = alive || may_take_in(3, Colour_RED);
    alive = alive || may_take_in(3, Colour_BLUE);
    alive = alive || may_send;
    alive = alive || true;
    /* Every reachable state has a successor. */
    /* property no_deadlock */
    assert(alive);
    alive = false;
  }
  od
}

#endif
