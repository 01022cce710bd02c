# Reads op_table.inc or partials.h and writes it with every formula as a choice: wengert::mutant, a
# number, says which mutation of which formula is in force; 0 is none. One build so holds them all.
# The list of the mutations goes to `list`, a line each: number, rule, formula, mutated formula.
#
#   mawk -v first=1 -v list=mutants.txt -f mutate.awk op_table.inc
#
# Mutations, one at a time: the sign of a formula; each + - * / and comparison by another; each number;
# each operand by another; the two arguments of a call exchanged. Left out is what changes nothing by
# itself: another multiple of infinity or NaN, the sign of a zero or of a condition (nonzero is true),
# the order of what commutes, whose NaN a flat operation has.

BEGIN { next_number = first }

function trim(s) { sub(/^[ \t\n]+/, "", s); sub(/[ \t\n]+$/, "", s); return s }

# Splits `text` at its top-level commas into part[1..n]; returns n.
function split_arguments(text, part,    n, depth, i, c, begin) {
  n = 0; depth = 0; begin = 1
  for (i = 1; i <= length(text); ++i) {
    c = substr(text, i, 1)
    if (c ~ /[(\[{]/) ++depth
    if (c ~ /[)\]}]/) --depth
    if (c == "," && depth == 0) { part[++n] = trim(substr(text, begin, i - begin)); begin = i + 1 }
  }
  part[++n] = trim(substr(text, begin))
  return n
}

function add_mutant(rule, formula, mutated) {
  if (mutated == formula || (rule, formula, mutated) in seen) return ""
  seen[rule, formula, mutated] = 1
  gsub(/[ \t\n]+/, " ", formula); gsub(/[ \t\n]+/, " ", mutated)
  printf "%d\t%s\t%s\t%s\n", next_number, rule, formula, mutated > list
  return "wengert::mutant == " next_number++ " ? T(" mutated ") : "
}

function has_no_sign(rule, formula) {
  return formula ~ /^(T\((0|kNaN)\)|KeepNan\(y, T\(0\)\))$/ || \
         (rule !~ /'$/ && formula ~ /^(Less|HasAllDigits)\(.*\* *Less\(/)
}

# `formula`, which is of type T, as a choice among its mutations. `operands` are names like "a b".
function mutated_choice(rule, formula, operands,    choice, i, j, c, n, names, rest, before, word, other, inner, part, end, depth, number) {
  choice = has_no_sign(rule, formula) ? "" : add_mutant(rule, formula, "-(" formula ")")
  n = split(operands, names, " ")
  for (i = 1; i <= length(formula); ++i) {
    c = substr(formula, i, 1); before = substr(formula, 1, i - 1); rest = substr(formula, i + 1)
    # Binary operators stand between blanks.
    if (substr(formula, i, 3) ~ /^ [-+*\/] $/) {
      c = substr(formula, i + 1, 1)
      other = c == "+" ? "-" : c == "-" ? "+" : c == "*" ? "/" : "*"
      choice = choice add_mutant(rule, formula, before " " other " " substr(formula, i + 3))
      continue
    }
    if (i > 1 && substr(formula, i - 1, 1) ~ /[A-Za-z0-9_.]/) continue
    if (c ~ /[0-9]/) {
      match(substr(formula, i), /^[0-9][0-9a-zA-Z.]*([-+][0-9]+)?/)
      number = substr(formula, i, RLENGTH)
      if (number !~ /[ep][-+]/) { match(number, /^[0-9][0-9a-zA-Z.]*/); number = substr(number, 1, RLENGTH) }
      rest = substr(formula, i + length(number))
      other = number ~ /^0+(\.0*)?$/ ? "1" : "(" number " * (1 + 0x1p-44))"
      choice = choice add_mutant(rule, formula, before other rest)
      i += length(number) - 1
      continue
    }
    if (c ~ /[A-Za-z]/) {
      match(substr(formula, i), /^[A-Za-z0-9_:]+/)
      word = substr(formula, i, RLENGTH); rest = substr(formula, i + RLENGTH)
      for (j = 1; j <= n; ++j) {
        if (word == names[j] && n > 1 && rest !~ /^\(/ && formula != "KeepNan(y, T(0))") {
          choice = choice add_mutant(rule, formula, before names[j % n + 1] rest)
        }
      }
      if (word ~ /^k[A-Z]/ && word !~ /^k(Infinity|NaN)$/) choice = choice add_mutant(rule, formula, before "(" word " * (1 + 0x1p-44))" rest)
      other = word == "Less" ? "LessEqual" : word == "LessEqual" ? "Less" : word == "sin" ? "cos" : word == "cos" ? "sin" : word == "sinh" ? "cosh" : word == "cosh" ? "sinh" : ""
      if (other != "" && rest ~ /^\(/) choice = choice add_mutant(rule, formula, before other rest)
      if (rest ~ /^\(/ && word !~ /^(hypot|max|min|logaddexp|Equal)$/) {
        depth = 0
        for (end = 1; end <= length(rest); ++end) {
          if (substr(rest, end, 1) == "(") ++depth
          if (substr(rest, end, 1) == ")" && --depth == 0) break
        }
        inner = substr(rest, 2, end - 2)
        if (split_arguments(inner, part) == 2) {
          choice = choice add_mutant(rule, formula, before word "(" part[2] ", " part[1] ")" substr(rest, end + 1))
        }
      }
    }
  }
  return choice == "" ? formula : "(" choice "T(" formula "))"
}

function mutate_row(row,    kind, inner, part, n, i, formulas, operands, text) {
  kind = row; sub(/ *\(.*/, "", kind)
  inner = row; sub(/^[A-Z]+ *\(/, "", inner); sub(/\)[ \t\n]*$/, "", inner)
  n = split_arguments(inner, part)
  formulas = n - 6
  operands = formulas == 1 ? "a y" : formulas == 2 ? "a b y" : "a b c y"
  for (i = 5; i < n; ++i) {
    if (i == 5) sub(/ y$/, "", operands)
    part[i] = mutated_choice(part[1] (i == 5 ? "" : "'"), part[i], operands)
    if (i == 5) operands = operands " y"
  }
  text = kind "(" part[1]
  for (i = 2; i <= n; ++i) text = text ", " part[i]
  return text ")"
}

# A statement of partials.h that makes a T and holds no lambda.
function mutate_statement(line,    head, formula) {
  if (line !~ /^ *(return|const T [a-z_]+ =) [^\[{]*;$/) return line
  match(line, /^ *(return|const T [a-z_]+ =) /)
  head = substr(line, 1, RLENGTH)
  formula = substr(line, RLENGTH + 1); sub(/;$/, "", formula)
  return head mutated_choice(rule, formula, arguments) ";"
}

FILENAME ~ /op_table/ {
  if (row == "" && $0 ~ /^(UNARY|BINARY|TERNARY) *\(/) row = $0
  else if (row != "") row = row "\n" $0
  else { print; next }
  opened = gsub(/\(/, "(", row); closed = gsub(/\)/, ")", row)
  if (opened == closed) { print mutate_row(row); row = "" }
  next
}

{
  if ($0 ~ /^inline T [A-Za-z0-9]+\(/) {
    rule = $3; sub(/\(.*/, "", rule)
    arguments = $0; sub(/^[^(]*\(/, "", arguments)
    gsub(/const T& |[(){,]/, "", arguments); arguments = trim(arguments)
  }
  if (/^namespace wengert/) { print; print "inline int mutant = 0;"; next }
  # A lambda on one line: its own statement.
  if (rule != "KeepNan" && rule != "Choose" && match($0, /\{ return [^\[{}]*; \}/)) {
    text = $0; out = ""
    while (match(text, /\{ return [^\[{}]*; \}/)) {
      begin = RSTART; end = RSTART + RLENGTH
      inner = substr(text, begin + 9, end - begin - 12)
      out = out substr(text, 1, begin + 8) mutated_choice(rule, inner, arguments) "; }"
      text = substr(text, end)
    }
    print out text
    next
  }
  print (rule == "KeepNan" || rule == "Choose") ? $0 : mutate_statement($0)
}
