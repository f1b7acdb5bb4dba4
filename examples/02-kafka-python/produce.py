"""Sends an hour of user events from the past to a Kafka topic, as any Python service would."""

import argparse
import json
import random
from datetime import datetime, timedelta, timezone

from kafka import KafkaProducer

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--bootstrap", default="localhost:9092")
parser.add_argument("--topic", default="user_events")
parser.add_argument("--count", type=int, default=3600)
arguments = parser.parse_args()

producer = KafkaProducer(
    bootstrap_servers=arguments.bootstrap,
    value_serializer=lambda event: json.dumps(event).encode("utf-8"),
)

chance = random.Random(4)
start = datetime(2025, 4, 4, 10, 0, 0, tzinfo=timezone.utc)
for number in range(arguments.count):
    moment = start + timedelta(seconds=3600 * number / arguments.count)
    event = {
        "user_id": chance.randint(1, 500),
        "action": chance.choices(["search", "click", "cart", "purchase"], [60, 30, 7, 3])[0],
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    producer.send(arguments.topic, event)

producer.flush()
print(f"sent {arguments.count} events to {arguments.topic}")
