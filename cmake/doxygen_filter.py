"""doxygen_filter.py <header>: the header as Doxygen reads it.

Comments of the house are plain ones: at the head of a file about the file; before a declaration about
it and about those that follow without a blank line; behind a declaration about that one alone.
"""

import re
import sys

SCOPE = r"\s*(template <.*> *)?(class|struct|union|enum|namespace)\b[^;(]*{(\s*// (?P<about>.*))?\s*$"
NO_DECLARATION = r"\s*($|#|(public|private|protected):|}|extern \"C\" {)"
UNSAID = {  # what goes without a comment
    r"\s*(constexpr )?(\w+)\((const )?\2&&? \w*\)": "Copies or moves it.",
    r"\s*(constexpr )?(\w+)& operator=\((const )?\2&&? \w*\)": "Copies or moves it.",
    r"\s*template <class (\w+)>\s*requires.*\W\w+\(\1& \w+\)": "From any such container.",
    r"inline constexpr int k\w+Steps = .*": "At most so many steps.",
    r"\s*struct Loaded\w+ {": "What was loaded.",
    r"\s*friend .*operator==.* = default;": "Member by member.",
    r".*\) (const )?(noexcept )?override\b": "Called by the library; the class that it belongs to there says when.",
}
LIST = r"(\s*)([\w:<>, ]+?[\w>]) (\w+(?: = [^,;()]+|{})?(?:, \w+(?: = [^,;()]+|{})?)+);$"


def escaped(text):
    return re.sub(r"([\\@<>#%&])", r"\\\1", text)


def as_documentation(lines):
    """Indented lines are examples and tables."""
    result, is_verbatim = [], False
    for line in lines:
        indented = line.startswith("  ") and not re.match(r"\s+[-0-9]", line)
        if indented != is_verbatim and line:
            result.append("@verbatim" if indented else "@endverbatim")
            is_verbatim = indented
        result.append(line if is_verbatim else escaped(line))
    return ["/// " + line for line in result + ["@endverbatim"] * is_verbatim]


def declaration(lines, start):
    """The lines of what begins there: to its semicolon, or to the end of its body."""
    depth = 0
    for end in range(start, len(lines)):
        code = re.sub(r'"(\\.|[^"])*"|//.*', "", lines[end])
        depth += sum(map(code.count, "({[")) - sum(map(code.count, ")}]"))
        if depth <= 0 and re.search(r"[;},]\s*$", code):
            return lines[start : end + 1]
    return lines[start:]


def without_comments(lines):
    return [re.sub(r"(^|\s+)//.*", "", each) for each in lines]


def unsaid(code):
    return as_documentation([text for pattern, text in UNSAID.items() if re.match(pattern, code)])


def documented(comment, found):
    """A declaration with its comment; of a list of members, each with it."""
    code = without_comments(found)
    comment = comment or unsaid(" ".join(code))
    several = re.match(LIST, code[0]) if len(code) == 1 else None
    if several:
        for name in several[3].split(", "):
            yield from comment + ["%s%s %s;" % (several[1], several[2], name)]
    else:
        yield from comment + code


def filtered(lines):
    comment, outer, about_file, k = [], [], None, 0
    while k < len(lines):
        line = lines[k]
        if re.match(r"\s*//", line):
            first = k
            while k < len(lines) and re.match(r"\s*//", lines[k]):
                k += 1
            texts = [re.sub(r"^\s*// ?", "", each) for each in lines[first:k]]
            comment = [] if texts[0].startswith("NOLINT") else as_documentation(texts)
            if about_file is None:
                about_file, comment = comment, []
                yield from ["/// @file"] + about_file
            continue
        k += 1
        scope = re.match(SCOPE, line)
        if scope:
            about_file = about_file or []
            is_named_so = re.search(r"class (\w+)", line)
            if scope["about"]:
                comment = as_documentation([scope["about"]])
            elif is_named_so and is_named_so[1].lower() == stem and not comment:
                comment = about_file
            yield from (comment or unsaid(line)) + without_comments([line])
            outer.append(comment)
            comment = []
        elif re.match(r"\s*}", line):
            comment = outer.pop() if outer else []  # what follows at once is of the same group
            yield line
        elif re.match(NO_DECLARATION, line):
            behind = re.match(r"\s*(?:public|protected):\s+// (.*)", line)
            comment = as_documentation([behind[1]]) if behind else []
            yield from without_comments([line])
        else:
            found = declaration(lines, k - 1)
            k += len(found) - 1
            behind = re.match(r".*[;,{}\w] +// ?(?!NOLINT|IWYU)(.*)$", found[0])
            about = []
            if behind and (len(found) == 1 or "{ " in found[0]):
                about = as_documentation([behind[1]])
                while k < len(lines) and re.match(r"\s{20,}//", lines[k]):  # goes on below
                    about += as_documentation([re.sub(r"^\s*// ?", "", lines[k])])
                    k += 1
            yield from documented(comment + about, found)


stem = re.sub(r".*/|\.h$|_", "", sys.argv[1])
for line in filtered(open(sys.argv[1], encoding="utf-8").read().split("\n")):
    print(line)
