"""The compiled scheme of a district, and the frozen values that the engine reads beside it.

Dataclasses and lookups only: no text, no file, no SQL, no Flask, no clock. A scheme is immutable and is named by its
digest. Labels are for people; meanings are for scores, adapters and comparison; neither decides behaviour.
"""
