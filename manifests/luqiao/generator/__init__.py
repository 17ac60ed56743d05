"""Parts of the generator of the demo tables."""
