-- depot: A depot that takes parcels in and sends them on.
--
-- Written by uringcheck for Rumur; do not edit.
--
-- Not comparable, and left out:
--   parcels_leave: Murphi has no fairness and no temporal formulas
--   closes: Murphi has no fairness and no temporal formulas
--
-- rumur --deadlock-detection off --symmetry-reduction off --threads 1 --value-type int32_t -o model.c FILE
-- cc -O2 -o model model.c -lpthread && ./model

type
  -- Holds every intermediate result, so that the verifier's words are wide enough.
  intermediate: 0 .. 3;
  Colour_t: enum { Colour_RED, Colour_BLUE };
  Parcel_t: record size: 1 .. 3; colour: Colour_t; end;
  queue_of_2_Parcel_t: record len: 0 .. 2; items: array [0 .. 1] of Parcel_t; end;
  set_of_Colour_t: array [Colour_t] of boolean;
  map_Colour_to_0_to_2_t: array [Colour_t] of 0 .. 2;
  maybe_Parcel_t: record some: boolean; value: Parcel_t; end;

var
  waiting: queue_of_2_Parcel_t;
  seen: set_of_Colour_t;
  sent: map_Colour_to_0_to_2_t;
  last: maybe_Parcel_t;
  end_: boolean;  -- end

function step_stays_closed(before_end: boolean): boolean;
begin
  return (!before_end | end_);
end;

-- One parcel was left over night.
-- depot.py:35
ruleset size: 1 .. 3 do
  startstate "open"
  begin
    waiting.len := 0;
    waiting.items[0].size := 1;
    waiting.items[0].colour := Colour_RED;
    waiting.items[1].size := 1;
    waiting.items[1].colour := Colour_RED;
    for i0: Colour_t do
      seen[i0] := false;
    end;
    for i0: Colour_t do
      sent[i0] := 0;
    end;
    last.some := false;
    last.value.size := 1;
    last.value.colour := Colour_RED;
    end_ := false;
    assume !(size = 2) "not an initial state";
    assert (waiting.len <= 1) "domain: push to a full queue (capacity 2) (depot.py:38)";
    waiting.items[waiting.len].size := size;
    waiting.items[waiting.len].colour := Colour_RED;
    waiting.len := waiting.len + 1;
  end;
end;

-- A parcel arrives.
-- depot.py:41
ruleset size: 1 .. 3; colour: Colour_t do
  rule "take_in" ((waiting.len <= 1) & !end_) ==>
  var
    before_end: boolean;
  begin
    before_end := end_;
    waiting.items[waiting.len].size := size;
    waiting.items[waiting.len].colour := colour;
    waiting.len := waiting.len + 1;
    assert step_stays_closed(before_end) "stays_closed";
  end;
end;

-- The first parcel leaves.
-- depot.py:47
rule "send" (1 <= waiting.len) ==>
var
  before_end: boolean;
  t0: Parcel_t;
  t1: Colour_t;
begin
  before_end := end_;
  t0 := waiting.items[0];
  waiting.items[0] := waiting.items[1];
  waiting.items[1].size := 1;
  waiting.items[1].colour := Colour_RED;
  waiting.len := waiting.len - 1;
  seen[t0.colour] := true;
  t1 := t0.colour;
  sent[t1] := ((sent[t0.colour] <= 1) ? (sent[t0.colour] + 1) : 2);
  last.some := true;
  last.value.size := t0.size;
  last.value.colour := t0.colour;
  assert step_stays_closed(before_end) "stays_closed";
end;

-- Nothing is taken in any more.
-- depot.py:56
rule "close" true ==>
var
  before_end: boolean;
begin
  before_end := end_;
  end_ := true;
  assert step_stays_closed(before_end) "stays_closed";
end;

-- A colour that was sent was seen.
-- depot.py:62
invariant "what_was_sent_was_seen" (((sent[Colour_RED] <= 0) | seen[Colour_RED]) & ((sent[Colour_BLUE] <= 0)
    | seen[Colour_BLUE]));

-- A large red parcel is the last one sent.
-- depot.py:74
cover "large_red_sent" (last.some & (3 <= last.value.size) & (last.value.colour = Colour_RED));

-- Every reachable state has a successor.
invariant "no_deadlock"
  true;
