"""The Redis that tests are given is a real one, and RQ carries a job through it with the JSON serializer."""

import operator

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

pytestmark = pytest.mark.redis


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_job_goes_through(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        queue = Queue("effects", connection=connection, serializer=JSONSerializer)
        job = queue.enqueue(operator.add, 2, 3)
        SimpleWorker([queue], connection=connection, serializer=JSONSerializer).work(burst=True)
        assert job.return_value() == 5
