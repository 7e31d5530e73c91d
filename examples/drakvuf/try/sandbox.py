#!/usr/bin/env python3
"""A DRAKVUF Sandbox without DRAKVUF: real Karton consumers and real RQ workers whose analyses only take time.

  sandbox.py drakrun N                   the Karton consumer of drakrun@N
  sandbox.py drak-postprocess            the Karton consumer of drak-postprocess@
  sandbox.py drak-system                 karton-system, which routes tasks; it never cleans up
  sandbox.py drakrun-worker N            the RQ worker of drakrun-worker@N
  sandbox.py send karton COUNT SECONDS   sends samples; the analysis of each takes so long
  sandbox.py send rq COUNT SECONDS

Redis is at KARTON_REDIS_HOST and KARTON_REDIS_PORT. Every analysis that is finished is put into the Redis list
try:finished, as TASK INSTANCE; every postprocessed one into try:postprocessed.
"""

import os
import socket
import sys
import time

from redis import Redis

IDENTITY = "karton.drakrun-prod"
QUEUE = "drakrun-analysis"
RAW = {"type": "analysis-raw", "kind": "drakrun-internal"}
# How long drakrun's note of who has a task stands, in seconds.
NOTE_SECONDS = int(os.environ.get("TRY_NOTE_SECONDS", "3600"))

redis = Redis(host=os.environ["KARTON_REDIS_HOST"], port=int(os.environ["KARTON_REDIS_PORT"]))


def drakrun(instance):
    from karton.core import Config, Karton, Task

    class Drakrun(Karton):
        identity = IDENTITY
        filters = [{"type": "sample", "stage": "recognized", "platform": it} for it in ("win32", "win64")]

        def process(self, task):
            # As drakrun does for its viewer: the number of the VM that has the task.
            redis.set(f"drakvnc:{task.uid}", instance, ex=NOTE_SECONDS)
            time.sleep(task.get_payload("seconds"))
            redis.rpush("try:finished", f"{task.uid} {instance}")
            self.send_task(Task(dict(RAW), payload={"sample": task.get_payload("sample")}))

    Drakrun(Config()).loop()


def postprocess():
    from karton.core import Config, Consumer

    class Postprocess(Consumer):
        identity = "karton.drakrun.processor"
        filters = [dict(RAW)]

        def process(self, task):
            redis.rpush("try:postprocessed", task.get_payload("sample"))

    Postprocess(Config()).loop()


def route():
    from karton.core import Config
    from karton.system import SystemService

    class System(SystemService):
        def gc_collect(self):
            """It would look at S3, and there is none."""

    System(Config()).loop()


def send_karton(count, seconds):
    from karton.core import Config, Producer, Task

    producer = Producer(Config(), identity="karton.try")
    for sample in range(count):
        headers = {"type": "sample", "stage": "recognized", "platform": "win64"}
        producer.send_task(Task(headers, payload={"sample": sample, "seconds": seconds}))


def work(instance):
    from rq import Worker

    # The name that DRAKVUF Sandbox gives its workers.
    name = f"drakrun-worker@{socket.gethostname()}:vm-{instance}"
    Worker([QUEUE], name=name, connection=redis).work(logging_level="WARNING")


def analyse(sample, seconds):
    from rq import get_current_job

    time.sleep(seconds)
    instance = get_current_job(connection=redis).worker_name.rpartition("vm-")[2]
    redis.rpush("try:finished", f"{sample} {instance}")


def send_rq(count, seconds):
    from rq import Queue

    for sample in range(count):
        Queue(QUEUE, connection=redis).enqueue("sandbox.analyse", sample, seconds)


def main(words):
    match words:
        case ["drakrun", instance]:
            drakrun(instance)
        case ["drak-postprocess"]:
            postprocess()
        case ["drak-system"]:
            route()
        case ["drakrun-worker", instance]:
            work(instance)
        case ["send", "karton", count, seconds]:
            send_karton(int(count), float(seconds))
        case ["send", "rq", count, seconds]:
            send_rq(int(count), float(seconds))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
