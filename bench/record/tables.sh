#!/bin/sh
# Prints the table of bench/record.cc for each compiler, for this CPU and as a distribution builds.
#
#   sh bench/record/tables.sh [arguments of record]
set -eu

start=$(pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)

# table <compiler> <flags> [arguments of record]
table() {
  compiler=$1
  flags=$2
  shift 2
  build=$root/build/record-$(echo "$compiler $flags" | tr -cs 'a-z0-9+O\n' '-')
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="$flags -DNDEBUG" \
    -DWENGERT_BUILD_BENCHMARKS=ON -DWENGERT_BUILD_TESTS=OFF -DWENGERT_BUILD_PROGRAMS=OFF >&2
  cmake --build "$build" --target record >&2
  printf '\n### %s %s\n\n' "$compiler" "$flags"
  (cd "$start" && "$build/bin/record" "$@")
}

for flags in "-O3 -march=native" "-O3" "-O2"; do
  for compiler in g++ clang++; do
    table "$compiler" "$flags" "$@"
  done
done
