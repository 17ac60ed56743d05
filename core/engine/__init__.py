"""Pure decisions: what a command does to a case, and why. No Flask, no SQL, no clock, no randomness.

`now` is an argument; a scheme and a situation are frozen values; the same input gives the same output.
"""
