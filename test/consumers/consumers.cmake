# Programs of users, built against the installed tree and against the sources: every way of linking
# that the README names, and the ways of compiling that users have. With g++ only: another compiler
# adds nothing to them.

set(here "${PROJECT_SOURCE_DIR}/test/consumers")
set(scratch "${PROJECT_BINARY_DIR}/consumers")
set(prefix "${scratch}/prefix")
set(both main.cc elsewhere.cc)

# wengert_add_consumer_test(<name> <command...>): it must print "ok".
function(wengert_add_consumer_test name)
  add_test(NAME consumer.${name} COMMAND ${ARGN})
  set_tests_properties(
    consumer.${name} PROPERTIES LABELS consumer TIMEOUT 600 FIXTURES_REQUIRED installed_tree
                                PASS_REGULAR_EXPRESSION "(^|\n)ok\n"
  )
endfunction()

# Takes what it installs from the build as it is, not from one of its own.
add_test(NAME consumer.install COMMAND "${CMAKE_COMMAND}" --install "${PROJECT_BINARY_DIR}" --prefix
                                       "${prefix}"
)
set_tests_properties(
  consumer.install PROPERTIES LABELS consumer FIXTURES_SETUP installed_tree
)

# --- With CMake ---

# wengert_add_project_test(<name> <project> <build> [<variable> <value>]...): configures, builds, runs
# a project, with this build's compiler and flags.
function(wengert_add_project_test name project build)
  set(cache "${scratch}/${name}.cmake")
  set(settings "")
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest variable value)
    string(APPEND settings "set(${variable} [[${value}]] CACHE STRING \"\")\n")
  endwhile()
  foreach(flag CXX_COMPILER CXX_COMPILER_LAUNCHER BUILD_TYPE CXX_FLAGS CXX_FLAGS_RELWITHDEBINFO)
    string(APPEND settings "set(CMAKE_${flag} [[${CMAKE_${flag}}]] CACHE STRING \"\")\n")
  endforeach()
  file(WRITE "${cache}" "${settings}")
  wengert_add_consumer_test(
    ${name} "${CMAKE_COMMAND}" "-DPROJECT=${here}/${project}" "-DBUILD=${build}"
    "-DCACHE=${cache}" -P "${here}/run_project.cmake"
  )
endfunction()

wengert_add_project_test(
  find_package find_package "${scratch}/find_package" CMAKE_PREFIX_PATH "${prefix}"
)

# These build the library again. Where the compiler's cache has it that takes seconds: with the flags
# of this build, and as deep in the tree, as the paths of the cache are relative.
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(from_sources WENGERT_SOURCE "${PROJECT_SOURCE_DIR}" WENGERT_WARNINGS_AS_ERRORS
                   "${WENGERT_WARNINGS_AS_ERRORS}"
  )
  foreach(project add_subdirectory fetch_content)
    wengert_add_project_test(${project} ${project} "${PROJECT_BINARY_DIR}-${project}" ${from_sources})
  endforeach()
endif()

# A shared library has to be compiled once more. That takes minutes, also unoptimised, so it is done
# only with WENGERT_LONG_TESTS=1 at the configure; what it exports is looked at always.
add_test(
  NAME consumer.exports
  COMMAND sh "${here}/exports.sh" "${CMAKE_READELF}" $<TARGET_FILE:wengert>
          "${PROJECT_SOURCE_DIR}/cmake/exports.map" "${scratch}/exports" "${CMAKE_CXX_COMPILER}"
          "-I${PROJECT_SOURCE_DIR}/engine"
)
set_tests_properties(
  consumer.exports PROPERTIES LABELS consumer PASS_REGULAR_EXPRESSION "(^|\n)ok\n"
)
if("$ENV{WENGERT_LONG_TESTS}")
  add_test(
    NAME consumer.install_shared
    COMMAND
      "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DBUILD=${PROJECT_BINARY_DIR}-shared"
      "-DPREFIX=${scratch}/shared_prefix" "-DNM=${CMAKE_NM}" "-DCOMPILER=${CMAKE_CXX_COMPILER}"
      "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}" -P "${here}/install_shared.cmake"
  )
  set_tests_properties(
    consumer.install_shared PROPERTIES LABELS consumer TIMEOUT 1200 FIXTURES_SETUP shared_tree
  )
  wengert_add_project_test(
    shared find_package "${scratch}/shared" CMAKE_PREFIX_PATH "${scratch}/shared_prefix"
  )
  set_tests_properties(consumer.shared PROPERTIES FIXTURES_REQUIRED shared_tree)
endif()

# --- Without ---

# wengert_add_consumer(<name> <sources and flags...>), in one command with what pkg-config says.
function(wengert_add_consumer name)
  wengert_add_consumer_test(
    ${name} sh "${here}/compile.sh" "${prefix}" "${scratch}/${name}" "${CMAKE_CXX_COMPILER}" ${ARGN}
  )
endfunction()

find_program(WENGERT_PKG_CONFIG pkg-config)
if(WENGERT_PKG_CONFIG)
  wengert_add_consumer(pkg_config -O2 -Wall -Wextra -Wshadow -Werror ${both})
endif()
wengert_add_consumer(plain_line -O2 ${both})

wengert_add_consumer(no_exceptions -O1 -fno-exceptions -fno-rtti ${both})
# They die of each misuse, and say why: what debug builds check, and what release builds don't.
set(misuse "${PROJECT_SOURCE_DIR}/test/misuse/tape_misuse_test.cc"
           "${PROJECT_SOURCE_DIR}/test/misuse/function_misuse_test.cc"
)
set(misuse_debug -O0 -D_GLIBCXX_ASSERTIONS)
set(misuse_release -O1 -DNDEBUG)
foreach(build debug release)
  wengert_add_consumer(
    no_exceptions_misuse_${build} ${misuse_${build}} -fno-exceptions "-I${PROJECT_SOURCE_DIR}"
    ${misuse} -lgtest_main -lgtest
  )
  set_tests_properties(
    consumer.no_exceptions_misuse_${build}
    PROPERTIES PASS_REGULAR_EXPRESSION " 0 of them silent"
               FAIL_REGULAR_EXPRESSION "FAILED|: Failure"
  )
endforeach()

# Two sources, two sets of flags: what both define must be the same all the same.
wengert_add_consumer(odr -O2 -flto -Wodr -Wlto-type-mismatch -Werror main.cc)
set_tests_properties(
  consumer.odr
  PROPERTIES ENVIRONMENT
             "ELSEWHERE=-O0 -flto -march=native -fno-exceptions -fno-rtti -D_GLIBCXX_ASSERTIONS -DNDEBUG"
)

# Clients that are instrumented, of a library that isn't: no report that isn't true.
wengert_add_consumer(asan -O1 -fsanitize=address,undefined -fno-sanitize-recover=all ${both})
wengert_add_consumer(tsan -O1 -fsanitize=thread threads.cc)
set_tests_properties(consumer.tsan PROPERTIES ENVIRONMENT TSAN_OPTIONS=halt_on_error=1)

find_program(WENGERT_GDB gdb)
if(WENGERT_GDB)
  wengert_add_consumer(gdb -O0 -g debugged.cc)
  set_tests_properties(consumer.gdb PROPERTIES ENVIRONMENT "DEBUG=${WENGERT_GDB}")
  set_property(TEST consumer.gdb APPEND PROPERTY ENVIRONMENT PLAIN_LINE=1)
endif()

foreach(name plain_line no_exceptions no_exceptions_misuse_debug no_exceptions_misuse_release odr asan
        tsan
)
  set_property(TEST consumer.${name} APPEND PROPERTY ENVIRONMENT PLAIN_LINE=1)
endforeach()

add_test(NAME consumer.hidden_symbols COMMAND sh "${here}/hidden.sh" "${CMAKE_READELF}"
                                              $<TARGET_FILE:wengert>
)
add_test(NAME consumer.compile_cost
         COMMAND "${CMAKE_COMMAND}" "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DROOT=${PROJECT_SOURCE_DIR}"
                 "-DSCRATCH=${scratch}/compile_cost" -P "${here}/compile_cost.cmake"
)
set_tests_properties(
  consumer.hidden_symbols consumer.compile_cost PROPERTIES LABELS consumer
)
