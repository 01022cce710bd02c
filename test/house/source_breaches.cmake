cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

string(REPEAT "\n" 400 long_file)
expect(pass "1 sources keep the laws" engine/wengert/tape/tape.h "${long_file}")
expect(fail "tape.h: 401 lines" engine/wengert/tape/tape.h "${long_file}\n")
expect(fail "dev.sh: 401 lines" cmake/dev.sh "${long_file}\n")

set(list "case Op::kErfc: case Op::kTan:\n")
expect(pass "keep the laws" engine/wengert/ops/op.cc "${list}" test/support/domains.cc "${list}")
expect(fail "fold.cc: names kErfc" engine/wengert/program/fold.cc "${list}")
expect(fail "parse.cc: names \"atan2\"" engine/cli/parse.cc "{\"sin\", \"atan2\"}\n")

# Written in two parts, so that this file keeps the law.
foreach(place home root t)
  if(place STREQUAL t)
    set(place "${place}mp")
  endif()
  set(path "/${place}/someone/data")
  expect(fail "a.h: names a path of one machine" engine/a.h "// see ${path}\n")
  expect(fail "README.md: names a path" README.md "cd ${path}\n" engine/a.h "\n")
  expect(fail "run: names a path" .ci/run "${path}/x\n" engine/a.h "\n")
endforeach()
expect(pass "keep the laws" engine/a.h "// https://example.org/home/page and bench/home/x\n")

expect(fail "nothing was checked" README.md "words\n")
