"""What the dispatch benchmark measures: the seeded workload, our engine and its peers behind one small interface."""
