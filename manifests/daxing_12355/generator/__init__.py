"""What `generate.py` is made of: the land, the checklist and the dispatch rules of the demo. Reads no manifest."""
