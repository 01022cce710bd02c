"""Shows Var, Tape and Function in gdb: source .../share/wengert/wengert_gdb.py

What a Var was computed from isn't stored as nodes but as the shorter records of tape/stream.h. If the
program hasn't decoded them since, as Tape::size() does, it is asked to. Where it can't be asked (a
core, a gdb that can't call functions, a stop while another thread decodes), a Var is shown with its
primal and its record alone.
"""

import gdb
import gdb.printing

NO_OPERAND = 0xFFFFFFFF  # tape/node.h
CONSTANT_BIT = 0x80000000
HINTS = 128  # tape/stream.h: the low bits of a tag, beside the stamp


def elements(vector):
    """Of a std::vector, as (pointer to the first, how many)."""
    begin = vector["_M_impl"]["_M_start"]
    return begin, int(vector["_M_impl"]["_M_finish"] - begin)


def ask(expression):
    """What the program answers, or None if it can't be asked."""
    try:
        return gdb.parse_and_eval(expression)
    except gdb.error:
        return None


def ask_member(value, call):
    """The same of a member function of a value in memory."""
    if value.address is None:
        return None
    name = value.type.strip_typedefs().unqualified().name
    return ask("((%s*)%d)->%s" % (name, int(value.address), call))


def recording_tape():
    """The selected thread's innermost tape, or None."""
    innermost = ask("*(long*)&'wengert::Recorder::innermost_'")
    nobody = ask("(long)&'wengert::Recorder::nobody_'")
    if innermost is None or nobody is None or int(innermost) == int(nobody):
        return None
    return innermost.cast(gdb.lookup_type("wengert::Tape").pointer()).dereference()


class Nodes:
    """A tape's nodes, decoded as far as the program answers."""

    def __init__(self, tape):
        self.tape = tape
        is_free = int(tape["decoding_"]["_M_mutex"]["__data"]["__lock"]) == 0
        if not self.are_current() and is_free:
            ask_member(tape, "decoded()")
        decoded = tape["decoded_"]
        self.nodes, self.size = elements(decoded["nodes"])
        self.primals, _ = elements(decoded["primals"])
        self.constants, _ = elements(decoded["constants"])
        self.operand_of, _ = elements(decoded["operand_of"])
        self.calls, _ = elements(decoded["calls"])

    def are_current(self):
        """As Tape::decoded() has it."""
        end = self.tape["end_"]
        records = int(end - self.tape["words_"]["data_"]) << 16 | int(end[-1]["bits"])
        return int(self.tape["decoded_records_"]["_M_i"]) == records

    def index(self, operand):
        return int(operand["bits_"]) & (CONSTANT_BIT - 1)

    def operand(self, operand):
        index, is_constant = self.index(operand), int(operand["bits_"]) & CONSTANT_BIT
        return "%.17g" % float(self.constants[index]) if is_constant else "v%d" % index

    def operation(self, node):
        """As mul(v0, 3)."""
        op = str(node["op"]).rsplit("::", 1)[-1]
        if op == "kCustom":
            rules = self.calls[self.index(node["operands"][0])]["rules"]["_M_ptr"]
            return "output %d of %s" % (self.index(node["operands"][1]), rules["name"])
        operands = [node["operands"][k] for k in range(3)]
        operands = [x for x in operands if int(x["bits_"]) != NO_OPERAND]
        text = op[1:].lower()
        return "%s(%s)" % (text, ", ".join(map(self.operand, operands))) if operands else text

    def holds(self, tag, record):
        """Whether that is a record of this tape that is still there."""
        begin, count = elements(self.tape["generations_"])
        stamps = {int(begin[k]["stamp_"]) for k in range(count)} | {int(self.tape["stamp_"])}
        return tag - tag % HINTS in stamps and record < int(self.tape["size_"])


class VarPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        fields = self.value["fields_"]
        primal, record, tag = fields["primal"], int(fields["record"]), int(fields["tag"])
        if tag < HINTS:
            return "%s (constant)" % primal
        tape = recording_tape()
        if tape is None:
            return "%s (record %d)" % (primal, record)
        nodes = Nodes(tape)
        if not nodes.holds(tag, record):
            return "%s (record %d of another tape, or stale)" % (primal, record)
        if not nodes.are_current():
            return "%s (record %d)" % (primal, record)
        index = int(nodes.operand_of[record]["bits_"]) & (CONSTANT_BIT - 1)
        return "%s = v%d: %s" % (primal, index, nodes.operation(nodes.nodes[index]))


class TapePrinter:
    """How much there is, and the nodes as children."""

    def __init__(self, value):
        self.value = value
        self.nodes = Nodes(value)

    def to_string(self):
        return "%s, %d nodes, %d inputs, %d guards" % (
            "recording" if self.value["recording_"] else "stopped",
            self.nodes.size,
            elements(self.value["input_records_"])[1],
            elements(self.value["recorded_guards_"])[1],
        )

    def children(self):
        for k in range(self.nodes.size):
            text = "%s = %s" % (self.nodes.operation(self.nodes.nodes[k]), self.nodes.primals[k])
            yield "v%d" % k, text


class FunctionPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        state = self.value["state_"]["_M_ptr"]
        if int(state) == 0:
            return "moved from"
        inputs, outputs = ask_member(self.value, "inputs()"), ask_member(self.value, "outputs()")
        statistics = ask_member(self.value, "statistics()")
        if inputs is None or outputs is None or statistics is None:
            return "state at %s" % state
        return "R^%d -> R^%d, %d traces, %d recordings, %d evaluations, %d of them compiled" % (
            int(inputs), int(outputs), int(statistics["traces"]), int(statistics["recordings"]),
            int(statistics["evaluations"]), int(statistics["compiled_evaluations"]),
        )


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("wengert")
    collection.add_printer("Var", "^wengert::Var$", VarPrinter)
    collection.add_printer("Tape", "^wengert::Tape$", TapePrinter)
    collection.add_printer("Function", "^wengert::Function$", FunctionPrinter)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
