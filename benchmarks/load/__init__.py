"""What the benchmarks of a running server share: databases, servers, a district with its people, clients, figures."""
