"""The results of bench/naive_vs_tape, read from Google Benchmark's JSON."""

import json
import re
import statistics
from dataclasses import dataclass

NAME = re.compile(r"(?P<workload>\w+)/(?P<contestant>naive|tape)"
                  r"/(?P<phase>record|replay|reverse|gradient)/(?P<size>\d+)(/.*)?")
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


class BadResults(Exception):
    """What is wrong with the file, for its user."""


@dataclass
class Measurement:
    ns: float  # CPU time; the median where there are repetitions
    evaluations: int
    nodes: int


@dataclass
class Results:
    context: dict
    measured: dict  # (workload, contestant, phase, size) -> Measurement

    def workloads(self):
        return list(dict.fromkeys(key[0] for key in self.measured))

    def pairs(self, workload, phase):
        """(size, naive, tape) for every size that both were measured at, ascending."""
        found = []
        for (name, contestant, each, size), naive in self.measured.items():
            if (name, contestant, each) == (workload, "naive", phase):
                tape = self.measured.get((workload, "tape", phase, size))
                if tape:
                    found.append((size, naive, tape))
        return sorted(found, key=lambda pair: pair[0])


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        raise BadResults(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:
        raise BadResults(f"{path} isn't JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("benchmarks"), list):
        raise BadResults(f"{path} isn't an output of Google Benchmark: it has no list \"benchmarks\"")
    results = Results(document.get("context", {}), _measurements(path, document["benchmarks"]))
    if not any(results.pairs(workload, "gradient") for workload in results.workloads()):
        raise BadResults(f"{path} has no gradient of naive_vs_tape, measured with both the naive "
                         "tree and the tape")
    return results


def _measurements(path, runs):
    repetitions = {}
    for run in runs:
        name = NAME.fullmatch(run.get("name", ""))
        if name and run.get("run_type", "iteration") == "iteration":
            key = (name["workload"], name["contestant"], name["phase"], int(name["size"]))
            repetitions.setdefault(key, []).append(_measurement(path, run))
    return {
        key: Measurement(statistics.median(each.ns for each in measured), measured[0].evaluations,
                         measured[0].nodes)
        for key, measured in repetitions.items()
    }


def _measurement(path, run):
    if run.get("error_occurred"):
        raise BadResults(f"{path}: {run['name']} failed: {run.get('error_message', '')}")
    try:
        return Measurement(run["cpu_time"] * NANOSECONDS[run["time_unit"]],
                           round(run["evaluations"]), round(run["nodes"]))
    except (KeyError, TypeError) as error:
        raise BadResults(f"{path}: {run['name']} has no usable {error}") from error
