"""The Markdown tables."""

PHASES = ("record", "replay", "reverse", "gradient")


def markdown(results):
    return "\n".join([*_gradients(results), "", *_phases(results), "", *_notes(results), ""])


def _gradients(results):
    yield "### The whole gradient: naive tree against tape"
    yield ""
    yield "| workload | size | naive ns | tape ns | ratio | naive evaluations | tape nodes |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for workload in results.workloads():
        for size, naive, tape in results.pairs(workload, "gradient"):
            yield (f"| {workload.replace('_', ' ')} | {size} | {number(naive.ns)} | "
                   f"{number(tape.ns)} | {number(naive.ns / tape.ns)} | {naive.evaluations:,} | "
                   f"{tape.nodes:,} |")


def _phases(results):
    yield "### Its parts, at the largest size of each workload"
    yield ""
    yield "Nanoseconds, naive tree / tape."
    yield ""
    yield "| workload | size | " + " | ".join(PHASES) + " |"
    yield "|---|--:|" + "--:|" * len(PHASES)
    for workload in results.workloads():
        largest = [results.pairs(workload, phase)[-1:] for phase in PHASES]
        if all(largest):
            cells = [f"{number(naive.ns)} / {number(tape.ns)}" for [(_, naive, tape)] in largest]
            yield f"| {workload.replace('_', ' ')} | {largest[0][0][0]} | " + " | ".join(cells) + " |"


def _notes(results):
    yield ("CPU time. Size: leaves of the balanced tree, factors of the chain, squarings, hidden "
           "layers of 16 neurons. Evaluations: operations computed by the naive tree, counted; the "
           "tape computes each of its operations once.")
    yield ""
    yield machine(results.context) + "."


def machine(context):
    parts = [context.get("compiler", "").strip()]
    if "num_cpus" in context and "mhz_per_cpu" in context:
        parts.append(f"{context['num_cpus']} CPUs of {context['mhz_per_cpu'] / 1000:.1f} GHz")
    parts.append(context.get("date", "")[:10])
    return ", ".join(part for part in parts if part)


def number(x):
    """Three significant digits, none dropped before the point."""
    if x >= 100:
        return f"{x:,.0f}"
    return f"{x:.1f}" if x >= 10 else f"{x:.2f}"
