# Run by gdb on program/debugged.cc: what the printers show, and whether every member exists that the
# file NATVIS names. Prints "ok".

import os
import re
import xml.etree.ElementTree

import gdb


def member(type, name):
    """The type of a member, also of a base; gdb.error if there is none."""
    for field in type.fields():
        if field.name == name:
            return field.type.strip_typedefs()
        if field.is_base_class:
            try:
                return member(field.type.strip_typedefs(), name)
            except gdb.error:
                pass
    raise gdb.error("natvis: %s has no member %s" % (type, name))


def check_printers():
    for command in ["set confirm off", "set debuginfod enabled off", "break ShowMe", "run", "up"]:
        gdb.execute(command)
    # A Function is asked for its sizes where gdb can call functions, which it can't on every machine.
    shown = {
        "constant": r"0.5 \(constant\)",
        "a": r"-4 = v0: input",
        "c": r"-5 = v3: add\(v2, 3\)",
        "stale": r"2.71828\d* \(record 1 of another tape, or stale\)",
        "function": r"R\^2 -> R\^1, 1 traces, 1 recordings, .*|state at 0x\w+",
        "tape": r"recording, 4 nodes, 2 inputs, 0 guards = "
        r"{v0 = input = -4, v1 = input = 2, v2 = mul\(v0, v1\) = -8, v3 = add\(v2, 3\) = -5}",
    }
    for name, pattern in shown.items():
        text = gdb.parse_and_eval(name).format_string()
        assert re.fullmatch(pattern, text), "%s is shown as %s" % (name, text)


def check_natvis():
    root = xml.etree.ElementTree.parse(os.environ["NATVIS"]).getroot()
    types = [each for each in root if each.tag.endswith("}Type")]
    assert len(types) == 3
    for each in types:
        expressions = [item.text for item in each.iter() if item.tag.endswith("Item")]
        for element in each.iter():
            expressions += re.findall(r"{([^}]*)}", element.text or "")
            expressions.append(element.attrib.get("Condition", ""))
        paths = re.findall(r"[A-Za-z_][A-Za-z_0-9.]*", " ".join(expressions))
        assert paths
        for path in paths:
            type = gdb.lookup_type(each.attrib["Name"])
            for name in path.split("."):
                type = member(type, name)


try:
    check_printers()
    check_natvis()
    print("ok")
except (AssertionError, gdb.error) as error:
    print("not ok: %s" % error)
