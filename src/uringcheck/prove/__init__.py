"""Proofs with z3: induction, unrolling, and what a proof rests on.

What stands here takes compiled programs and says what is proved, what is refuted by which path, and what stays open. It
gives no verdict: a path has to be replayed first. z3 is imported by `solver` and the readers in `lower`, and its errors
end in `solver`. Importing this package imports none of them.
"""
