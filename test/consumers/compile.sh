#!/bin/sh
# compile.sh <prefix> <scratch> <compiler> <sources and flags...>: compiles a user's program against
# the installed tree by one command, with what pkg-config says, and runs it.
#   PLAIN_LINE=1       with the libraries that the README lists, instead
#   DEBUG=<gdb>        and shows it in gdb, as check_debugger.py says
#   ELSEWHERE=<flags>  elsewhere.cc is compiled apart, with these
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=$1 scratch=$2 compiler=$3
shift 3
mkdir -p "$scratch"
cd "$here/program"
pc=$(find "$prefix" -name wengert.pc)
lib=$(dirname "$(dirname "$pc")")
if [ -n "${PLAIN_LINE:-}" ]; then
  libraries=$(sed -n 's/^g++ .* -lwengert/-lwengert/p' "$here/../../README.md")
  [ -n "$libraries" ] || { echo "the README has no such line" >&2; exit 1; }
  flags="-I$prefix/include" libraries="-L$lib $libraries"
else
  flags=$(pkg-config --cflags "$pc")
  libraries=$(pkg-config --libs "$pc")
fi
flags="-std=c++20 $flags"
# shellcheck disable=SC2086  # lists of flags are split into words
{
  if [ -n "${ELSEWHERE:-}" ]; then
    "$compiler" $flags $ELSEWHERE -c elsewhere.cc -o "$scratch/elsewhere.o"
    set -- "$@" "$scratch/elsewhere.o"
  fi
  "$compiler" $flags "$@" -o "$scratch/program" $libraries
}
if [ -n "${DEBUG:-}" ]; then
  set -- "$DEBUG" -q -nx -batch -x "$prefix/share/wengert/wengert_gdb.py" -x "$here/check_debugger.py"
  export NATVIS="$prefix/share/wengert/wengert.natvis"
else
  set --
fi
LD_LIBRARY_PATH=$lib "$@" "$scratch/program"
