"""Writes the golden TensorBoard event file of EventFileTests with the `tensorboard` package (2.21).

Usage: python Scripts/golden/event_file.py   (from the package's folder)
"""

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TARGET = Path("Tests/PretrainingTests/Golden/event_file.tfevents")

# step 0 (omitted by protobuf), small, beyond 7 and 28 bits; zero, negative, NaN, infinity; no scalar; UTF-8.
EVENTS = [
    (0, 1700000000.5, [("train/loss", 0.6931472)]),
    (1, 1700000001.25, [("train/loss", 0.0), ("train/learningRate", 1.5e-4)]),
    (300, 1700000002.0, [("train/gradNorm", -2.5), ("größe", float("inf"))]),
    (2**40, 1700000003.0, [("train/loss", float("nan"))]),
    (2**40 + 1, 1700000004.0, []),
]


def main() -> None:
    with TARGET.open("wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=1700000000.0, file_version="brain.Event:2").SerializeToString())
        for step, wall_time, scalars in EVENTS:
            values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars]
            event = Event(wall_time=wall_time, step=step, summary=Summary(value=values))
            writer.write(event.SerializeToString())
        writer.flush()
    steps = [event.step for event in EventFileLoader(str(TARGET)).Load()]
    assert steps == [0] + [step for step, _, _ in EVENTS], steps
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
