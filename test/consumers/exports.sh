#!/bin/sh
# exports.sh <readelf> <libwengert.a> <exports.map> <scratch> <compiler> <flags...>: links a user's
# program with a shared library that exports what the map does of the archive's symbols, each of them
# empty: fails if the program misses one, or if one is exported that isn't public. So the map is tried
# without compiling the library once more.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
readelf=$1 archive=$2 map=$3 scratch=$4 compiler=$5
shift 5
mkdir -p "$scratch"
"$readelf" -sW "$archive" | awk '
  $5 ~ /GLOBAL|WEAK/ && $7 != "UND" && $8 ~ /7wengert/ && !seen[$8]++ {
    print $4 == "TLS" ? ".section .tbss,\"awT\",@nobits" : ".data"
    kind = $4 == "TLS" ? "tls_object" : $4 == "FUNC" ? "function" : "object"
    printf ".globl %s\n.type %s, @%s\n.size %s, 16\n%s: .zero 16\n", $8, $8, kind, $8, $8
  }
  END { print ".section .note.GNU-stack" }' >"$scratch/empty.s"
"$compiler" -shared -nostdlib "$scratch/empty.s" "-Wl,--version-script=$map" \
  -o "$scratch/libwengert.so"
public=$(nm -DC --defined-only "$scratch/libwengert.so" | cut -d' ' -f3-)
! printf '%s\n' "$public" | grep -E 'program::|_internal::|::State::' || exit 1
for program in main elsewhere threads; do
  "$compiler" -std=c++20 "$@" -c "$here/program/$program.cc" -o "$scratch/$program.o"
done
libraries=$(sed -n 's/^g++ .* -lwengert/-lwengert/p' "$here/../../README.md")
# shellcheck disable=SC2086
{
  "$compiler" "$scratch/main.o" "$scratch/elsewhere.o" "-L$scratch" $libraries -o "$scratch/program"
  "$compiler" "$scratch/threads.o" "-L$scratch" $libraries -o "$scratch/program"
}
printf '%s symbols\nok\n' "$(printf '%s\n' "$public" | wc -l)"
