-- A bounded queue with an overflow backlog over a pool of buffers; see queue_over_pool.py.
-- Unused entries are undefined, so that equal contents are equal states.
const NB: 9; C: 4; O: 4;

type
  buffer: 0 .. NB - 1;

var
  pool: array [buffer] of boolean;
  held: array [buffer] of boolean;
  ring: array [0 .. C - 1] of buffer;
  ring_len: 0 .. C;
  backlog: array [0 .. O - 1] of buffer;
  backlog_len: 0 .. O;

startstate begin
  for b: buffer do
    pool[b] := true;
    held[b] := false;
  end;
  for i: 0 .. C - 1 do undefine ring[i]; end;
  for i: 0 .. O - 1 do undefine backlog[i]; end;
  ring_len := 0;
  backlog_len := 0;
end;

ruleset b: buffer do
  rule "post"
    pool[b] & ((ring_len < C & backlog_len = 0) | backlog_len < O)
  ==> begin
    pool[b] := false;
    if ring_len < C & backlog_len = 0 then
      ring[ring_len] := b;
      ring_len := ring_len + 1;
    else
      backlog[backlog_len] := b;
      backlog_len := backlog_len + 1;
    end;
  end;

  rule "give back" held[b] ==> begin
    held[b] := false;
    pool[b] := true;
  end;
end;

rule "flush" backlog_len > 0 & ring_len < C ==> begin
  ring[ring_len] := backlog[0];
  ring_len := ring_len + 1;
  for i: 0 .. O - 2 do
    if i + 1 < backlog_len then backlog[i] := backlog[i + 1]; end;
  end;
  undefine backlog[backlog_len - 1];
  backlog_len := backlog_len - 1;
end;

rule "reap" ring_len > 0 ==> begin
  held[ring[0]] := true;
  for i: 0 .. C - 2 do
    if i + 1 < ring_len then ring[i] := ring[i + 1]; end;
  end;
  undefine ring[ring_len - 1];
  ring_len := ring_len - 1;
end;

invariant "one owner" forall b: buffer do !(pool[b] & held[b]) end;
