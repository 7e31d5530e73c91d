"""A part of a real RQ for the lab: rq_part.py worker QUEUE NAME | send QUEUE FILE COUNT

A job is worked on until FILE exists, or the folder that it would be in is gone.
Redis is at REDIS_PORT of 127.0.0.1.
"""

import os
import sys
import time

from redis import Redis
from rq import Queue, Worker


def wait_for(file):
    while os.path.isdir(os.path.dirname(file)) and not os.path.exists(file):
        time.sleep(0.01)


def send(queue, file, count):
    for _ in range(int(count)):
        print(Queue(queue, connection=redis).enqueue("rq_part.wait_for", file).id)


def work(queue, name):
    Worker([queue], name=name, connection=redis).work(logging_level="WARNING")


redis = Redis(port=int(os.environ["REDIS_PORT"]))

if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    {"worker": work, "send": send}[verb](*words)
