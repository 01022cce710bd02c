"""Draws the results of bench/naive_vs_tape and puts them into a table.

    naive_vs_tape --benchmark_out=results.json
    python3 bench/plot/plot.py results.json directory

writes naive_vs_tape.svg, naive_vs_tape.png and naive_vs_tape.md into the directory. Needs gnuplot.
"""

import sys

sys.dont_write_bytecode = True  # the modules beside this one stay free of caches

import pathlib

import figure
import results
import table

STEM = "naive_vs_tape"


def fail(message):
    print(f"plot.py: {message}", file=sys.stderr)
    return 1


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    source, directory = arguments[0], pathlib.Path(arguments[1])
    try:
        measured = results.read(source)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{STEM}.md").write_text(table.markdown(measured), encoding="utf-8")
        figure.draw(measured, directory, STEM)
    except results.BadResults as error:
        return fail(error)
    except OSError as error:
        return fail(f"can't write {error.filename}: {error.strerror}")
    for suffix in ("svg", "png", "md"):
        print(directory / f"{STEM}.{suffix}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
