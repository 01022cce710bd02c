"""The figure: gnuplot draws one script as SVG and as PNG."""

import shutil
import subprocess

from results import BadResults
from table import PHASES, machine

WIDTH, HEIGHT = 1500, 900
TERMINALS = {
    "svg": f"svg size {WIDTH},{HEIGHT} dynamic font 'sans-serif,14' background '#ffffff'",
    "png": f"pngcairo size {2 * WIDTH},{2 * HEIGHT} font 'sans,11' fontscale 2 linewidth 2 "
           "pointscale 2",
}
NAIVE, TAPE, GRID, INK, GREY = "#c8553d", "#1f6f8b", "#e3e6e8", "#333f48", "#8a949b"
GROWING = {  # name: (title, label of x, whether x is logarithmic, colour of the ratio)
    "balanced_tree": ("Balanced tree of sums and products", "leaves", True, "#7a9e3c"),
    "multiply_chain": ("Left-deep chain of products", "factors", True, "#8e5ea2"),
    "shared_doubling": ("Shared doubling: y = y y, k times", "k", False, "#d08c1d"),
    "relu_network": ("ReLU network 2-16-…-16-1", "hidden layers of 16", False, "#2f8f83"),
}
SMALL = "seeds_expression"
UNITS = [(1e0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")]
TIMES = ", ".join(f"'{power} {unit}' {power * scale:g}"
                  for scale, unit in UNITS for power in (1, 10, 100))

STYLE = f"""
set encoding utf8
set multiplot layout 2,3 margins 0.06,0.985,0.085,0.875 spacing 0.065,0.135
set border 3 linecolor rgb '{GREY}'
set tics nomirror out scale 0.5 textcolor rgb '{INK}'
set grid ytics linetype 1 linewidth 1 linecolor rgb '{GRID}'
set key left top reverse Left samplen 2 textcolor rgb '{INK}'
"""


def draw(results, directory, stem):
    """Writes stem.svg and stem.png into the directory."""
    if shutil.which("gnuplot") is None:
        raise BadResults("gnuplot isn't installed (Debian: gnuplot-nox)")
    first, *rest = _panels(results)
    body = "".join([STYLE, _headline(results), first, "unset label\n", *rest, "unset multiplot\n"])
    for suffix, terminal in TERMINALS.items():
        script = f"set terminal {terminal}\nset output '{stem}.{suffix}'\n{body}"
        run = subprocess.run(["gnuplot", "-"], input=script, cwd=directory, encoding="utf-8",
                             capture_output=True, check=False)
        if run.returncode != 0 or run.stderr.strip():
            raise BadResults(f"gnuplot failed: {run.stderr.strip()}")


def _headline(results):
    return (f"set label 11 'One whole gradient: naive tree against tape' at screen 0.018,0.965 "
            f"font ',20' textcolor rgb '{INK}'\n"
            f"set label 12 '{machine(results.context)}' at screen 0.985,0.965 right "
            f"textcolor rgb '{GREY}'\n")


def _panels(results):
    for workload, (title, x_label, logarithmic, _) in GROWING.items():
        pairs = results.pairs(workload, "gradient")
        if pairs:
            yield _start(title, x_label) + _times_against_size(pairs, logarithmic)
    if results.pairs(SMALL, "gradient"):
        yield _start("The seed’s expression: relu(a b + 3)", "") + _bars(results)
    if any(results.pairs(workload, "gradient") for workload in GROWING):
        yield _start("How many times faster the tape is", "nodes on the tape") + _ratios(results)


def _start(title, x_label):
    return (f"\nset title '{title}' font ',15' textcolor rgb '{INK}'\n"
            f"set xlabel '{x_label}' textcolor rgb '{INK}' offset 0,0.4\n"
            "unset arrow\nunset logscale\nset autoscale\nset xtics auto\nset ytics auto\n"
            "set format '%g'\nset style fill empty\n")


def _rounded(ratio):
    """Two significant digits."""
    scale = 10**max(0, len(str(int(ratio))) - 2)
    return f"{round(ratio / scale) * scale:,}" if ratio >= 10 else f"{ratio:.1f}"


def _powers_of_ten(unit):
    return ", ".join(f"'{10**k:,}{unit}' {10**k}" for k in range(8))


def _block(name, rows):
    lines = "\n".join(" ".join(str(cell) for cell in row) for row in rows)
    return f"${name} << END\n{lines}\nEND\n"


def _times_against_size(pairs, logarithmic):
    sizes = [size for size, _, _ in pairs]
    size, naive, tape = pairs[-1]
    low, high = sizes[0], sizes[-1]
    spread = (f"set logscale x\nset xrange [{low / 1.4}:{high * 1.6}]" if logarithmic else
              f"set xrange [{low - 0.06 * (high - low + 1)}:{high + 0.09 * (high - low + 1)}]")
    top = max(each.ns for _, *both in pairs for each in both)
    bottom = min(each.ns for _, *both in pairs for each in both)
    return _block("times", [(s, n.ns, t.ns) for s, n, t in pairs]) + f"""
{spread}
set logscale y
set yrange [{bottom / 2.5}:{top * 8}]
set xtics ({", ".join(str(s) for s in sizes)})
set ytics ({TIMES})
set arrow 1 from {size},{tape.ns} to {size},{naive.ns} nohead back dashtype 3 \\
    linecolor rgb '{GREY}'
set label 1 '{_rounded(naive.ns / tape.ns)} ×' at {size},{naive.ns} right offset 0.6,0.9 \\
    textcolor rgb '{INK}' font ',15'
plot $times using 1:2 with linespoints linewidth 2.2 pointtype 7 pointsize 0.9 \\
        linecolor rgb '{NAIVE}' title 'naive tree', \\
     $times using 1:3 with linespoints linewidth 2.2 pointtype 7 pointsize 0.9 \\
        linecolor rgb '{TAPE}' title 'tape'
unset label 1
"""


def _bars(results):
    rows = [(phase, naive.ns, tape.ns) for phase in PHASES
            for _, naive, tape in results.pairs(SMALL, phase)[:1]]
    top = max(max(naive, tape) for _, naive, tape in rows)
    return _block("bars", rows) + f"""
set style fill solid
set boxwidth 0.36
set xrange [-0.6:{len(rows) - 0.4}]
set yrange [0:{1.25 * top}]
set format y '%g ns'
plot $bars using ($0-0.19):2:xtic(1) with boxes linecolor rgb '{NAIVE}' title 'naive tree', \\
     $bars using ($0+0.19):3 with boxes linecolor rgb '{TAPE}' title 'tape', \\
     $bars using ($0-0.19):2:(sprintf('%.0f', $2)) with labels offset 0,0.6 \\
        textcolor rgb '{INK}' notitle, \\
     $bars using ($0+0.19):3:(sprintf('%.0f', $3)) with labels offset 0,0.6 \\
        textcolor rgb '{INK}' notitle
"""


def _ratios(results):
    blocks, curves, points = "", [], []
    for workload, (_, _, _, colour) in GROWING.items():
        pairs = results.pairs(workload, "gradient")
        if pairs:
            rows = [(tape.nodes, naive.ns / tape.ns) for _, naive, tape in pairs]
            blocks += _block(workload, rows)
            points += rows
            curves.append(f"${workload} using 1:2 with linespoints linewidth 2.2 pointtype 7 "
                          f"pointsize 0.9 linecolor rgb '{colour}' "
                          f"title '{workload.replace('_', ' ')}'")
    return blocks + f"""
set logscale xy
set xrange [1:{2 * max(nodes for nodes, _ in points)}]
set yrange [*:{4 * max(ratio for _, ratio in points)}]
set key right top noreverse Right
set xtics ({_powers_of_ten("")})
set ytics ({_powers_of_ten(" ×")})
plot {", ".join(curves)}
"""
