"""doxygen_operations.py <op table>: the functions of Var that the table stands for, as Doxygen reads it.

A function's comment has its value and partials, as the table has them; functions stand under the
table's headings.
"""

import re
import sys

ARITY = {"UNARY": 1, "BINARY": 2, "TERNARY": 3}
HEAD = """\
/// @file
/// The functions of Var. Any operand may be a double instead, if one is a Var. Each has its value at
/// the operands a, b, c, and its partial derivatives, in which y is the value and T(1) is a number.
/// `KeepNan(y, p)` is p, or NaN where y is; `Choose` has conditions for two formulas. What holds at
/// kinks and singular points is in engine/README.md, "Numbers".

/// What <wengert/wengert.h> and the adapters in wengert/embed declare.
namespace wengert {"""
ENTRY = r"^// (?P<heading>[A-Z].*\.)\n|^(?P<macro>[A-Z]+) ?\((?P<row>.*(?:\n {2,}.*)*)\)$"


def fields(row):
    """The arguments of a macro: what its commas part that are in no bracket."""
    result, depth = [""], 0
    for each in re.sub(r"\s+", " ", row):
        depth += (each in "({[") - (each in ")}]")
        if each == "," and depth == 0:
            result.append("")
        else:
            result[-1] += each
    return [field.strip() for field in result]


def partials(found):
    return ", ".join("d/d%s = `%s`" % each for each in zip("abc", found))


def functions(table):
    """A function of each row: its comment, its name, its arity."""
    rows = {}
    entries = list(re.finditer(ENTRY, table, re.M))
    if sum(entry["macro"] is not None for entry in entries) != len(re.findall("^[A-Z]+ ?\\(", table, re.M)):
        sys.exit("a row of the op table isn't laid out like the others")
    for entry in entries:
        if entry["heading"]:
            yield entry["heading"], None, 0
            continue
        row = fields(entry["row"])
        if entry["macro"] == "ALIAS":
            name, _, function = row
            yield "The same as `%s`." % rows[name][0], function, rows[name][1]
            continue
        arity = ARITY[entry["macro"]]
        if len(row) != 6 + arity:
            sys.exit("row %s of the op table has %d fields instead of %d" % (row[0], len(row), 6 + arity))
        rows[row[0]] = row[2], arity
        yield "`%s`; %s." % (row[4], partials(row[5:-1])), row[2], arity


def declarations(table):
    is_in_group = False
    for comment, function, arity in functions(table):
        if function is None:
            yield from ["/// @}"] * is_in_group + ["/// @name " + comment, "/// @{\n"]
            is_in_group = True
            continue
        operands = ", ".join("const Var& " + each for each in "abc"[:arity])
        yield "/// %s\nVar %s(%s);" % (comment, function, operands)
    yield "/// @}"


print(HEAD, *declarations(open(sys.argv[1], encoding="utf-8").read()), "}", sep="\n")
