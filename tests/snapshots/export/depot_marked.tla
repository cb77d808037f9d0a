---- MODULE depot_marked ----
\* The steps of depot, marked where a property speaks of them.
EXTENDS depot

VARIABLES mark_1

take_in_marked(size_, colour) ==
  /\ take_in(size_, colour)
  /\ mark_1' = mark_1

send_marked ==
  /\ send
  /\ mark_1' = (IF vars' # vars /\ TRUE THEN ~mark_1 ELSE mark_1)

close_marked ==
  /\ close
  /\ mark_1' = mark_1

InitMarked ==
  /\ Init
  /\ mark_1 = FALSE

NextMarked ==
  \/ (\E size_ \in 1..3, colour \in Colour : take_in_marked(size_, colour))
  \/ send_marked
  \/ close_marked

SpecMarked == InitMarked /\ [][NextMarked]_<<vars, mark_1>>

\* A waiting parcel leaves. (depot.py:80)
Fairness_parcels_leave ==
  /\ \A size_ \in 1..3, colour \in Colour : WF_vars(take_in_marked(size_, colour))
  /\ SF_vars(send_marked)

parcels_leave ==
  Fairness_parcels_leave => [](((1 <= Len(waiting))) => ((~mark_1 => <>mark_1) /\ (mark_1 => <>(~mark_1))))

====
