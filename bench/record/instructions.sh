#!/bin/sh
# Prints the instructions that recording and sweeping take an elementary operation, libm's among
# them, for each compiler with -O2: what no other program on the machine disturbs. Needs valgrind.
#
#   sh bench/record/instructions.sh [workload...]
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -gt 0 ] || set -- W2 W4a W7

# per_operation <program> <workload> <phase>
per_operation() {
  log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*::Counted*' \
    "$1" "$2" "$3" 2>&1)
  printf '%s\n' "$log" | awk '/Collected/ {count = $NF} /^[0-9]+$/ {operations = $1}
    END {if (!count || !operations) exit 1; printf "%.1f", count / operations}'
}

printf '| instructions an operation | compiler | record | sweep |\n|---|---|--:|--:|\n'
for compiler in g++ clang++; do
  build=$root/build/record-$(echo "$compiler -O2" | tr -cs 'a-z0-9+O\n' '-')
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
    -DWENGERT_BUILD_BENCHMARKS=ON -DWENGERT_BUILD_TESTS=OFF -DWENGERT_BUILD_PROGRAMS=OFF >&2
  cmake --build "$build" --target instructions >&2
  for workload in "$@"; do
    printf '| %s | %s | %s | %s |\n' "$workload" "$compiler" \
      "$(per_operation "$build/bin/instructions" "$workload" record)" \
      "$(per_operation "$build/bin/instructions" "$workload" sweep)"
  done
done
