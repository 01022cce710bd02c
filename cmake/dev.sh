#!/bin/sh
# shellcheck disable=SC2086  # lists of packages are split into words
# One command for everything a developer does; each does its own set-up first.
set -eu

usage() {
  cat <<'TEXT'
usage: sh cmake/dev.sh <command> [arguments]

  demo [arguments]  build and run the demo; arguments are passed on to it
  test [arguments]  build and run all tests; arguments are passed on to ctest
  bench [name...] [--flag...]
                    build with -march=native; run the named benchmarks, or all
  long [group...] [--gtest_filter=...]
                    run the tests of these folders of test/ at length, or of all that have a long
                    form; they print what was tried, how much of it failed, and the worst case
  asan              run the tests under the address and undefined-behaviour sanitizers
  tsan              run the tests under the thread sanitizer
  clang             run the tests built with clang
  limits            test tapes with indices of 16 bits at their limits
  mutate            change the op table's rules, one place at a time: do the tests notice?
  docs              write the API reference to build/docs/html; fails if a public name has no comment
  fuzz [flags]      run each fuzzer with clang's libFuzzer; flags are its own, -runs=1000000 without.
                    What it learns is kept in build/fuzz/corpus, what it finds in build/fuzz/found
  coverage          run the tests and count lines of engine/ that they ran; fails below 95 %.
                    Line by line: build/coverage/report/index.html
  integers          run the tests with clang's sanitizers, those of integers and casts among them
  valgrind [group...]
                    run the tests under valgrind's memcheck, or those of these folders of test/
  tidy              run clang-tidy on every source
  format            reformat the sources
  format-check      fail if a source is not formatted
  setup             install everything any of these needs

On Debian, missing packages are installed with apt. Everything else stays inside build/.
TEXT
}

start_dir=$PWD
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
logs=$root/build/logs
jobs=$(nproc 2>/dev/null || echo 2)

# Lets clones at different paths share compiled objects.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$root}" CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR:-1}"

build_packages="g++ cmake ninja-build ccache libabsl-dev libboost-dev libsleef-dev libxxhash-dev"
demo_packages="$build_packages gnuplot-nox graphviz"
bench_packages="$build_packages libbenchmark-dev"
optimizer_packages="libnlopt-cxx-dev coinor-libipopt-dev libceres-dev libeigen3-dev liblbfgs-dev libdlib-dev liblapack-dev"
test_packages="$bench_packages libgtest-dev libgmock-dev libmpfr-dev libcolpack-dev pkg-config gdb doxygen python3-minimal $optimizer_packages"
all_packages="$test_packages $demo_packages clang clang-format clang-tidy gcovr valgrind"

say() { printf '%s\n' "== $*"; }
fail() {
  printf '%s\n' "dev.sh: $*" >&2
  exit 1
}

# quietly <name> <command...>: output goes to a log, which is shown only if the command fails.
quietly() {
  log=$logs/$1.log
  shift
  mkdir -p "$logs"
  "$@" >"$log" 2>&1 || {
    tail -n 60 "$log" >&2
    fail "failed: $* (whole log: $log)"
  }
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

need() {
  if ! command -v dpkg-query >/dev/null; then
    say "setup: not Debian, taking the tools that are here"
    return
  fi
  missing=
  for package in "$@"; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "these packages are missing and need root to install:$missing"
    as_root=sudo
  fi
  say "setup: installing$missing"
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y"
  { quietly apt-update $apt update; quietly apt-install $apt install --no-install-recommends $missing; }
}

# build <preset> [arguments of cmake --build]
build() {
  preset=$1
  shift
  cd "$root"
  say "configure: $preset"
  # A clone that was moved or copied keeps a cache that names its old place.
  fresh=--fresh
  ! grep -qsFx "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "build/$preset/CMakeCache.txt" || fresh=
  quietly "$preset-configure" cmake --preset "$preset" $fresh
  say "build: $preset"
  if [ -t 1 ]; then
    cmake --build --preset "$preset" "$@"
  else
    quietly "$preset-build" cmake --build --preset "$preset" "$@"
  fi
}

# run_tests <preset> [arguments of ctest]: prints ctest's closing lines, and all that did not pass.
run_tests() {
  preset=$1
  shift
  cd "$root"
  say "test: $preset"
  if [ $# -gt 0 ]; then
    ctest --preset "$preset" -j "$jobs" "$@"
    return
  fi
  log=$logs/$preset-test.log
  status=0
  ctest --preset "$preset" -j "$jobs" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    grep -Ev '^ *(Start +[0-9]+: |[0-9]+/[0-9]+ Test +#.* Passed )' "$log" >&2 || true
    fail "tests failed (whole log: $log)"
  fi
  grep -E 'tests passed|Total Test time' "$log"
}

# Hands every source to clang-format with the given arguments.
format() {
  need clang-format
  cd "$root"
  find engine bench test \( -name '*.h' -o -name '*.cc' \) -print0 2>/dev/null |
    xargs -0 -r clang-format "$@"
}

# run_benchmarks [name...] [--flag...]: every name, or every benchmark, with the flags.
run_benchmarks() {
  need $bench_packages $optimizer_packages
  names=
  while [ $# -gt 0 ]; do
    case $1 in -*) break ;; esac
    names="$names $1"
    shift
  done
  if [ -z "$names" ]; then
    for source in "$root"/bench/*.cc; do names="$names $(basename "$source" .cc)"; done
  fi
  build bench --target $names
  cd "$start_dir"
  for name in $names; do
    say "bench: $name"
    "$root/build/bench/bin/$name" "$@"
  done
}

# run_at_length [group...] [flag of GoogleTest...]
run_at_length() {
  need $test_packages
  groups=
  while [ $# -gt 0 ]; do
    case $1 in -*) break ;; esac
    groups="$groups $1"
    shift
  done
  groups=${groups:-derive files function laws memory ops program tape}
  targets=
  for group in $groups; do targets="$targets wengert_${group}_test"; done
  build check --target $targets
  export WENGERT_LONG_TESTS=1
  status=0
  for target in $targets; do
    say "at length: $target $*"
    "build/check/bin/$target" --gtest_brief=1 "$@" || status=1
  done
  [ "$status" -eq 0 ] || fail "a long test failed"
}

# run_fuzzers [flags of libFuzzer]: all of them, though one finds something. Without -entropic=0,
# libFuzzer takes five times as long to weigh its corpus by rare features as programs take to run.
run_fuzzers() {
  need $test_packages clang
  build fuzz
  [ $# -gt 0 ] || set -- -runs=1000000
  export ASAN_OPTIONS="${ASAN_OPTIONS:-malloc_context_size=4:quarantine_size_mb=32}"
  status=0
  for source in test/fuzz/*.cc; do
    name=$(basename "$source" .cc)
    [ "$name" != replay ] || continue
    learnt=$root/build/fuzz/corpus/$name
    found=$root/build/fuzz/found/$name
    mkdir -p "$learnt" "$found"
    say "fuzz: $name $*"
    "$root/build/fuzz/bin/fuzz_$name" -timeout=20 -print_final_stats=1 -artifact_prefix="$found/" \
      -entropic=0 -print_funcs=0 "$@" "$learnt" "test/fuzz/corpus/$name" >"$logs/fuzz-$name.log" 2>&1 || {
      status=1
      tail -n 40 "$logs/fuzz-$name.log" >&2
    }
    grep -E '^stat::number_of_executed_units|^Done |^counted: ' "$logs/fuzz-$name.log" || true
  done
  [ "$status" -eq 0 ] || fail "a fuzzer found something (build/fuzz/found)"
}

# Lines that no test runs are those of the report with a count of zero; none are left out.
run_coverage() {
  need $test_packages gcovr
  build coverage
  find build/coverage -name '*.gcda' -delete
  run_tests coverage
  mkdir -p build/coverage/report
  gcovr --root . --filter engine/ --object-directory build/coverage -j "$jobs" --txt \
    --html-details build/coverage/report/index.html --print-summary --fail-under-line 95 \
    build/coverage
}

# run_valgrind [group...]: memory that isn't theirs or wasn't written, and leaks. Valgrind knows no
# AVX-512, so lanes are narrower, and has 64 bits for long double, so a test may fail that needs more:
# what it prints is for reading, only what valgrind finds is an error.
run_valgrind() {
  need $test_packages valgrind
  build check
  if [ $# -eq 0 ]; then
    for program in build/check/bin/wengert_*_test; do
      group=${program##*/wengert_}
      set -- "$@" "${group%_test}"
    done
  fi
  status=0
  for group in "$@"; do
    say "valgrind: $group"
    log=$logs/valgrind-$group
    WENGERT_TEST_POINTS=${WENGERT_TEST_POINTS:-100} valgrind --log-file="$log.log" \
      --child-silent-after-fork=yes --leak-check=full --errors-for-leak-kinds=definite,possible \
      "build/check/bin/wengert_${group}_test" --gtest_brief=1 --gtest_filter="-Depth*" \
      >"$log-output.log" 2>&1 || true
    grep -E '^\[  (PASSED|FAILED)' "$log-output.log" || true
    grep -E 'ERROR SUMMARY' "$log.log" | tail -n 1
    grep -q 'ERROR SUMMARY: 0 errors' "$log.log" || status=1
  done
  [ "$status" -eq 0 ] || fail "valgrind found errors ($logs/valgrind-*.log)"
}

run_demo() {
  need $demo_packages
  build demo --target wengert_demo
  say "demo"
  cd "$start_dir"
  "$root/build/demo/bin/wengert_demo" --out "$root/build/demo-out" "$@"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  demo | test | long | bench | fuzz | valgrind) ;;
  *) [ $# -eq 0 ] || command= ;;
esac

case $command in
  demo) run_demo "$@" ;;
  test)
    need $test_packages
    build check
    run_tests check "$@"
    ;;
  long) run_at_length "$@" ;;
  bench) run_benchmarks "$@" ;;
  asan | tsan)
    need $test_packages
    build "$command"
    run_tests "$command"
    ;;
  clang | integers)
    need $test_packages clang
    [ "$command" = clang ] || export CCACHE_EXTRAFILES="$root/cmake/integers.ignore"
    build "$command"
    run_tests "$command"
    ;;
  limits)
    need $test_packages
    build check --target wengert_limits
    build/check/bin/wengert_limits
    ;;
  mutate)
    need $test_packages
    quietly mutants sh "$root/test/ops/mutants/mutate.sh" "$root/build/check" write
    build check --target wengert_mutants
    sh "$root/test/ops/mutants/mutate.sh" "$root/build/check" run
    ;;
  coverage) run_coverage ;;
  docs)
    need doxygen python3-minimal
    cd "$root" && mkdir -p build/docs
    quietly docs env WENGERT_DOCS=build/docs doxygen cmake/Doxyfile
    say "docs: build/docs/html/index.html"
    ;;
  fuzz) run_fuzzers "$@" ;;
  valgrind) run_valgrind "$@" ;;
  tidy)
    need $test_packages clang clang-tidy
    build tidy -- -k 0
    ;;
  format) format -i ;;
  format-check)
    format --dry-run --Werror
    say "format: every source is formatted"
    ;;
  setup) need $all_packages ;;
  -h | --help | help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
