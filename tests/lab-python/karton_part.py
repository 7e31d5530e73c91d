"""A part of a real Karton for the lab: karton_part.py system | consumer IDENTITY | send IDENTITY FILE PRIORITY...

A task is worked on until FILE exists, or the folder that it would be in is gone.
Redis is at KARTON_REDIS_HOST and KARTON_REDIS_PORT. There is no S3: the tasks have no resources.
"""

import os
import sys
import time

from karton.core import Config, Consumer, Producer, Task
from karton.core.task import TaskPriority
from karton.system import SystemService


class System(SystemService):
    """Routes tasks, and never cleans up."""

    def gc_collect(self):
        pass


class Worker(Consumer):
    """Works on a task until it is told to stop."""

    def process(self, task):
        wait_for(task.get_payload("until"))


def wait_for(file):
    while os.path.isdir(os.path.dirname(file)) and not os.path.exists(file):
        time.sleep(0.01)


def send(identity, until, *priorities):
    producer = Producer(Config(), identity="karton.lab-producer")
    for priority in priorities:
        task = Task({"for": identity}, payload={"until": until}, priority=TaskPriority(priority))
        assert producer.send_task(task)
        print(task.uid)


def consume(identity):
    Worker.filters = [{"for": identity}]
    Worker(Config(), identity=identity).loop()


if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    {"system": lambda: System(Config()).loop(), "consumer": consume, "send": send}[verb](*words)
