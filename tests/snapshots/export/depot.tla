---- MODULE depot ----
\* depot: A depot that takes parcels in and sends them on.
\*
\* Written by uringcheck for TLC; do not edit.
\*
\* java -cp tla2tools.jar tlc2.TLC -deadlock -config depot.cfg depot.tla
\* The file must be named as the module.
\* Properties that speak of steps are in depot_marked, to be run likewise.
EXTENDS Integers, Sequences, FiniteSets, TLC

VARIABLES
  waiting,
  seen,
  sent,
  last,
  end,
  failed

vars == <<waiting, seen, sent, last, end>>

\* The item of an optional value, which is a set of at most one item; any other one where there is none.
Only(option, other) == IF option = {} THEN other ELSE CHOOSE val \in option : TRUE

Colour == {"RED", "BLUE"}
Parcel == [size : 1..3, colour : Colour]

TypeOK ==
  /\ waiting \in UNION {[1..size -> Parcel] : size \in 0..2}
  /\ seen \in SUBSET Colour
  /\ sent \in [Colour -> 0..2]
  /\ last \in ({{}} \cup {{val} : val \in Parcel})
  /\ end \in BOOLEAN

FailsAtStart(sort, what) ==
  /\ waiting = <<>>
  /\ seen = {}
  /\ sent = [idx \in Colour |-> 0]
  /\ last = {}
  /\ end = FALSE
  /\ failed = sort

\* One parcel was left over night.
\* depot.py:35
open(size_) ==
  /\ ~(size_ = 2)
  /\ IF ~(Len(<<>>) <= 1) THEN FailsAtStart("domain", "domain: push to a full queue (capacity 2) (depot.py:38)")
     ELSE /\ waiting = Append(<<>>, [size |-> size_, colour |-> "RED"])
          /\ seen = {}
          /\ sent = [idx \in Colour |-> 0]
          /\ last = {}
          /\ end = FALSE
          /\ failed = ""

Init ==
  \/ (\E size_ \in 1..3 : open(size_))

\* A closed depot stays closed. (depot.py:68)
stays_closed ==
  (~end \/ end')

Fails(sort, what) == failed' = sort /\ UNCHANGED vars

Judged == failed' = (IF ~stays_closed THEN "step: stays_closed" ELSE "")

\* A parcel arrives.
\* depot.py:41
take_in(size_, colour) ==
  /\ ((Len(waiting) <= 1) /\ ~end)
  /\ waiting' = Append(waiting, [size |-> size_, colour |-> colour])
  /\ UNCHANGED <<seen, sent, last, end>>
  /\ Judged

\* The first parcel leaves.
\* depot.py:47
send ==
  /\ (1 <= Len(waiting))
  /\ LET t_1 == waiting[0 + 1]
         t_2 == t_1.colour
     IN  /\ waiting' = Tail(waiting)
         /\ seen' = (seen \cup {t_1.colour})
         /\ sent' = [sent EXCEPT ![t_2] = (IF (sent[t_1.colour] <= 1) THEN (sent[t_1.colour] + 1) ELSE 2)]
         /\ last' = {t_1}
         /\ UNCHANGED <<end>>
         /\ Judged

\* Nothing is taken in any more.
\* depot.py:56
close ==
  /\ end' = TRUE
  /\ UNCHANGED <<waiting, seen, sent, last>>
  /\ Judged

Moves ==
  \/ (\E size_ \in 1..3, colour \in Colour : take_in(size_, colour))
  \/ send
  \/ close

Next ==
  /\ failed = ""
  /\ Moves

Spec == Init /\ [][Next]_<<vars, failed>>

\* A colour that was sent was seen. (depot.py:62)
what_was_sent_was_seen ==
  (((sent["RED"] <= 0) \/ ("RED" \in seen)) /\ ((sent["BLUE"] <= 0) \/ ("BLUE" \in seen)))

\* A large red parcel is the last one sent. (depot.py:74)
Never_large_red_sent ==
  ~((last # {}) /\ (3 <= Only(last, [size |-> 1, colour |-> "RED"]).size) /\ (Only(last, [size |-> 1, colour |->
      "RED"]).colour = "RED"))

\* The depot closes, though nobody has to close it. (depot.py:86)
closes ==
  <>(end)

\* Every reachable state has a successor.
no_deadlock ==
  (failed = "" /\ ~ENABLED Moves) =>
    FALSE

Kept_stays_closed == failed # "step: stays_closed"
Nothing_fails_domain ==
  /\ failed # "domain"

Sound == failed = ""

====
