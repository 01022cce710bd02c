#!/bin/sh
# Do the tests notice a wrong rule? Every formula of the op table and of partials.h is mutated, a
# mutation at a time (mutate.awk), and the tests of the rules run. What no test kills is printed with
# the reason that survivors.txt gives for it, which begins with "same: " where the mutated formula is the
# same function. Without a reason, or with fewer than 95 % of the others killed, this fails. A mutation
# with which the tests take over 300 s hung: no test said that anything was wrong, so it isn't killed.
#
#   sh cmake/dev.sh mutate
#
# which is, around the build of wengert_mutants,
#
#   sh test/ops/mutants/mutate.sh <build directory> write|run|report
set -eu

build=$1 step=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
ops=$here/../../../engine/wengert/ops
made=$build/mutants
tests=$build/bin/wengert_mutants
tab=$(printf '\t')

# write_mutants: the two headers, as choices, and the list of what they choose among.
write_mutants() {
  mkdir -p "$made/wengert/ops"
  awk -v first=1 -v list="$made/table.txt" -f "$here/mutate.awk" "$ops/op_table.inc" \
    >"$made/wengert/ops/op_table.inc"
  next=$(($(wc -l <"$made/table.txt") + 1))
  awk -v first=$next -v list="$made/partials.txt" -f "$here/mutate.awk" "$ops/partials.h" \
    >"$made/wengert/ops/partials.h"
  cat "$made/table.txt" "$made/partials.txt" >"$made/mutants.txt"
}

# tests_of <rule>: the filter of the tests that a rule of the table, or a function that rows of it
# use, can fail.
tests_of() {
  rule=${1%\'}
  rows=$(grep -E "^(UNARY|BINARY|TERNARY) *\(" -A 3 "$ops/op_table.inc" | awk -v name="$rule" '
    /^(UNARY|BINARY|TERNARY)/ { row = $0; sub(/^[A-Z]+ *\(/, "", row); sub(/,.*/, "", row) }
    row == name || index($0, name "(") { print row }' | sort -u)
  filter=
  for row in $rows; do filter="$filter:*/$row"; done
  [ -n "$filter" ] || filter=:*
  echo "SpecialValues.*:Partial.*:DeadBranch.*$filter"
}

# fate_of <mutant> <filter>: killed, hung or survives.
fate_of() {
  code=0
  WENGERT_MUTANT=$1 WENGERT_TEST_POINTS=${WENGERT_TEST_POINTS:-2000} \
    timeout 300 "$tests" --gtest_fail_fast --gtest_brief=1 --gtest_filter="$2" >"$made/log" 2>&1 ||
    code=$?
  case $code in
    0) echo survives ;;
    124) echo hung ;;
    *) echo killed ;;
  esac
}

run_mutants() {
  fate=$(fate_of 0 '*')
  if [ "$fate" != survives ]; then
    cat "$made/log" >&2
    echo "mutate: the tests fail without a mutation" >&2
    exit 1
  fi
  while IFS=$tab read -r number rule formula mutated; do
    fate=$(fate_of "$number" "$(tests_of "$rule")")
    printf '%s\t%s\t%s\t%s\n' "$fate" "$rule" "$formula" "$mutated"
  done <"$made/mutants.txt" >"$made/fates.txt"
}

report() {
  awk -F "$tab" '
    FILENAME == reasons { if (NF == 4) why[$1, $2, $3] = $4; next }
    { ++count[$1] }
    $1 == "hung" { printf "hung: %s: %s as %s\n", $2, $3, $4 }
    $1 == "survives" {
      reason = why[$2, $3, $4]
      if (reason == "") ++unexplained
      if (reason ~ /^same: /) ++same
      printf "survives: %s: %s as %s: %s\n", $2, $3, $4, reason == "" ? "NO REASON KNOWN" : reason }
    END {
      tried = count["killed"] + count["hung"] + count["survives"]
      share = 100 * count["killed"] / (tried - same)
      printf "%d mutants, %d killed, %d hung, %d survive: %d of them are the same function, " \
        "%d have no reason; %.1f %% killed of those that are another function\n",
        tried, count["killed"], count["hung"], count["survives"], same, unexplained, share
      exit unexplained > 0 || share < 95 }
  ' reasons="$here/survivors.txt" "$here/survivors.txt" "$made/fates.txt"
}

case $step in
  write) write_mutants ;;
  run) run_mutants; report ;;
  report) report ;;  # of the last run
esac
