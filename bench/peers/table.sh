#!/bin/sh
# Builds the comparison with the libraries that are found and prints its table. CXX and CXXFLAGS
# choose the compiler and its flags.
#
#   sh bench/peers/table.sh [arguments of peers]
#   sh bench/peers/table.sh sparse [arguments of sparse_peers]
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
program=peers
if [ "${1-}" = sparse ]; then
  program=sparse_peers
  shift
fi
compiler=${CXX:-g++}
flags=${CXXFLAGS:--O3 -march=native}
build=$root/build/peers-$(echo "$compiler $flags" | tr -cs 'a-z0-9+O\n' '-')

cmake -S "$root/bench/peers" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS= -DCMAKE_CXX_FLAGS_RELEASE="$flags -DNDEBUG" >&2
cmake --build "$build" --target $program >&2
printf '\n### %s %s\n\n' "$compiler" "$flags"
"$build/$program" "$@"
