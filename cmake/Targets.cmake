# One function per kind of target. A new file is picked up by its place alone; a folder that holds
# nothing yet makes no target.
#
#   engine/wengert/**.cc        wengert, used as wengert::wengert; here as wengert_inside
#   engine/cli/*.cc             wengert_cli (all but main.cc), wengert_command (main.cc)
#   engine/examples/<name>.cc   example_<name>, see Examples.cmake
#   bench/naive/*               wengert_naive
#   bench/workloads/*           wengert_workloads
#   bench/<name>.cc             <name>, with bench/<name>/*.cc if there is such a folder
#   bench/demo/*.cc             wengert_demo_parts (all but main.cc), wengert_demo (main.cc)
#   test/support/*              wengert_test_support
#   test/<dir>/**_test.cc       wengert_<dir>_test; some of sweep/ and tape/ in wengert_fused_test, too
#   test/fuzz/<name>.cc         fuzz_<name>, and the test fuzz.<name> that runs it over its corpus

set(wengert_bench_libraries
    $<TARGET_NAME_IF_EXISTS:wengert_workloads> $<TARGET_NAME_IF_EXISTS:wengert_naive>
)

# What every target of this project is compiled with; private, so none of it reaches users.
function(wengert_set_defaults target)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PRIVATE cxx_std_20)
  # A fused multiply-add would change the bits that tests and benchmarks compare.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  wengert_set_warnings(${target})
  wengert_set_sanitizers(${target})
endfunction()

# For what measures speed: compiled as users build, with the contraction that is the compiler's own
# default.
function(wengert_allow_contraction target)
  target_compile_options(
    ${target} PRIVATE "$<IF:$<CXX_COMPILER_ID:GNU>,-ffp-contract=fast,-ffp-contract=on>"
  )
endfunction()

# A library of the .cc files in `dir`, or a header-only one when it has none.
function(wengert_add_internal_library target dir)
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.cc")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  if(sources)
    add_library(${target} STATIC ${sources})
    wengert_set_defaults(${target})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} ${scope} wengert_inside absl::str_format ${ARGN})
endfunction()

function(wengert_add_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  add_executable(${target} ${arg_SOURCES})
  wengert_set_defaults(${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(
    ${target} PRIVATE ${arg_LIBRARIES} wengert_inside absl::str_format
  )
endfunction()

# Compiles each file of lane kernels for its SIMD width; which of them runs is found out at run time.
function(wengert_set_lane_widths target)
  set(flags_avx2 -mavx2 -mfma)
  set(flags_avx512 ${flags_avx2} -mavx512f -mavx512dq)
  # Instrumented, their thousand inlined handlers take minutes to compile and tens of times to run.
  if(WENGERT_SANITIZE)
    set(plain -fno-sanitize=all)
  endif()
  foreach(source IN LISTS ARGN)
    if(source MATCHES "/lanes_([a-z]+[0-9]*)\\.cc$")
      set_source_files_properties(
        "${source}" PROPERTIES COMPILE_OPTIONS "${flags_${CMAKE_MATCH_1}};${plain}"
      )
    endif()
    if(source MATCHES "/lanes_avx")
      target_compile_definitions(${target} PRIVATE WENGERT_X86_LANES)
    endif()
  endforeach()
endfunction()

# What the library is made of, and what of it users get, too.
function(wengert_set_dependencies target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/engine>")
  target_link_libraries(
    ${target}
    PUBLIC absl::span absl::status absl::statusor absl::strings
    PRIVATE absl::hash absl::str_format
            "$<BUILD_INTERFACE:wengert_boost_math>" "$<BUILD_INTERFACE:wengert_xxhash>"
  )
  wengert_find_sleef(found)
  if(found)
    target_compile_definitions(${target} PRIVATE WENGERT_HAVE_SLEEF)
    target_link_libraries(${target} PRIVATE SLEEF::sleef)
  endif()
  wengert_find_libmvec(found)
  if(found)
    target_compile_definitions(${target} PRIVATE WENGERT_HAVE_MVEC)
    target_link_libraries(${target} PRIVATE mvec)
  endif()
endfunction()

# A shared library of the objects of wengert_inside, which exports what public headers name.
function(wengert_add_shared_library)
  set_target_properties(wengert_inside PROPERTIES POSITION_INDEPENDENT_CODE ON)
  set(map "${PROJECT_SOURCE_DIR}/cmake/exports.map")
  add_library(wengert SHARED $<TARGET_OBJECTS:wengert_inside>)
  target_link_options(wengert PRIVATE "LINKER:--version-script=${map}")
  # Before 1.0 a minor release may change the interface.
  set_target_properties(
    wengert PROPERTIES VERSION ${PROJECT_VERSION} LINK_DEPENDS "${map}"
                       SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  )
  wengert_set_defaults(wengert)
  wengert_set_dependencies(wengert)
endfunction()

# Users link wengert; what looks inside (the tests, the command) links wengert_inside, which is the
# same unless the library is shared.
function(wengert_add_engine)
  wengert_need_abseil()
  wengert_need_boost_math()
  wengert_need_xxhash()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/engine/wengert/*.cc")
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(FILTER sources EXCLUDE REGEX "/lanes_avx[0-9]+\\.cc$")
  endif()
  if(BUILD_SHARED_LIBS)
    set(inside wengert_inside)
    add_library(wengert_inside STATIC ${sources})
    wengert_add_shared_library()
  else()
    set(inside wengert)
    add_library(wengert STATIC ${sources})
    add_library(wengert_inside ALIAS wengert)
    # A library of a user's that Wengert is linked into doesn't export it.
    set_target_properties(
      wengert PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    )
  endif()
  add_library(wengert::wengert ALIAS wengert)
  wengert_set_defaults(${inside})
  wengert_set_dependencies(${inside})
  wengert_set_lane_widths(${inside} ${sources})
  if(NOT WENGERT_JUMPS)
    foreach(name sweep/records sweep/forward_records program/scalar_run)
      set_property(
        SOURCE "${PROJECT_SOURCE_DIR}/engine/wengert/${name}.cc"
        APPEND PROPERTY COMPILE_DEFINITIONS WENGERT_JUMPS=0
      )
    endforeach()
  endif()
  if(CMAKE_CXX_CLANG_TIDY)
    # The engine walks graphs of any depth; the naive tree in bench/ recurses by design.
    set_target_properties(
      ${inside} PROPERTIES CXX_CLANG_TIDY "${CMAKE_CXX_CLANG_TIDY};--checks=misc-no-recursion"
    )
  endif()
endfunction()

# What benchmarks, tests and the demo share: the naive tree and the workloads.
function(wengert_add_bench_libraries)
  foreach(name naive workloads)
    if(EXISTS "${PROJECT_SOURCE_DIR}/bench/${name}")
      wengert_add_internal_library(wengert_${name} "${PROJECT_SOURCE_DIR}/bench/${name}")
    endif()
  endforeach()
  wengert_allow_contraction(wengert_workloads)
endfunction()

function(wengert_add_command)
  set(main "${PROJECT_SOURCE_DIR}/engine/cli/main.cc")
  if(EXISTS "${main}")
    wengert_add_internal_library(wengert_cli "${PROJECT_SOURCE_DIR}/engine/cli")
    target_include_directories(wengert_cli INTERFACE "${PROJECT_SOURCE_DIR}/engine")
    wengert_add_program(wengert_command SOURCES "${main}" LIBRARIES wengert_cli)
    set_target_properties(wengert_command PROPERTIES OUTPUT_NAME wengert)
  endif()
endfunction()

function(wengert_add_tests)
  wengert_need_googletest()
  wengert_need_mpfr()
  wengert_add_mutants()
  wengert_add_limits()
  wengert_add_fused_tests()
  wengert_want_colpack()
  include(GoogleTest)
  set(test_root "${PROJECT_SOURCE_DIR}/test")
  wengert_add_internal_library(
    wengert_test_support "${test_root}/support" GTest::gmock GTest::gtest wengert_mpfr
    ${wengert_bench_libraries} $<TARGET_NAME_IF_EXISTS:wengert_cli>
    $<TARGET_NAME_IF_EXISTS:wengert_demo_parts>
  )
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${test_root}/*_test.cc")
  if(NOT WENGERT_TEST_GROUPS OR "embed" IN_LIST WENGERT_TEST_GROUPS)
    wengert_add_solver_table()
  endif()
  wengert_filter_adapter_tests(sources)
  set(groups "")
  foreach(source IN LISTS sources)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${test_root}" OUTPUT_VARIABLE path)
    if(NOT path MATCHES "^([a-z_]+)/")
      message(FATAL_ERROR "test/${path}: a test belongs in a folder of test/")
    endif()
    list(APPEND groups ${CMAKE_MATCH_1})
    list(APPEND sources_${CMAKE_MATCH_1} "${source}")
  endforeach()
  list(REMOVE_DUPLICATES groups)
  if(WENGERT_TEST_GROUPS)
    set(groups ${WENGERT_TEST_GROUPS})
  endif()
  foreach(group IN LISTS groups)
    set(target wengert_${group}_test)
    wengert_add_program(
      ${target} SOURCES ${sources_${group}} LIBRARIES wengert_test_support GTest::gtest_main
    )
    if(group STREQUAL derive)
      target_link_libraries(${target} PRIVATE $<TARGET_NAME_IF_EXISTS:wengert_colpack>)
    elseif(group STREQUAL embed)
      set_source_files_properties(
        "${test_root}/embed/eigen_decompositions_test.cc" PROPERTIES COMPILE_OPTIONS -O0
      )
      target_link_libraries(
        ${target} PRIVATE wengert_optimizers $<TARGET_NAME_IF_EXISTS:wengert_solver_table>
      )
    endif()
    if(NOT group MATCHES "^(ops|tape)$")
      # Only those two test what the optimiser makes of code in headers.
      target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
    endif()
    if(group MATCHES "^(memory|files)$")
      # Their tests make realloc fail, or count what it is asked for, too.
      target_link_options(${target} PRIVATE -Wl,--wrap=realloc)
    endif()
    # Tests are listed when ctest runs, so a build never runs what it has built. A printed parameter
    # may hold an address, which would give a test another name in each run.
    gtest_discover_tests(
      ${target}
      TEST_PREFIX ${group}.
      NO_PRETTY_VALUES
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
      PROPERTIES LABELS ${group} TIMEOUT 300
    )
  endforeach()
endfunction()

# The tests of the operations' rules with mutations in the rules; built by `dev.sh mutate` only, which
# writes the mutations first.
function(wengert_add_mutants)
  set(root "${PROJECT_SOURCE_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${root}/engine/wengert/base/*.cc"
       "${root}/engine/wengert/ops/*.cc"
  )
  foreach(name high op_domains reference)
    list(APPEND sources "${root}/test/support/${name}.cc")
  endforeach()
  add_executable(
    wengert_mutants EXCLUDE_FROM_ALL "${root}/test/ops/mutants/main.cc"
                                     "${root}/test/ops/partials_test.cc" ${sources}
  )
  target_compile_features(wengert_mutants PRIVATE cxx_std_20)
  target_compile_options(wengert_mutants PRIVATE -ffp-contract=off)
  target_include_directories(
    wengert_mutants PRIVATE "${PROJECT_BINARY_DIR}/mutants" "${root}/engine" "${root}"
  )
  get_target_property(libraries wengert LINK_LIBRARIES)
  target_link_libraries(wengert_mutants PRIVATE GTest::gtest wengert_mpfr ${libraries})
endfunction()

# Everything with indices of 16 bits, so that a test gets to their limits; built by `dev.sh limits` only,
# unoptimised, as there is little to run.
function(wengert_add_limits)
  set(root "${PROJECT_SOURCE_DIR}")
  get_target_property(sources wengert_inside SOURCES)
  file(GLOB tests CONFIGURE_DEPENDS "${root}/test/tape/limits/*.cc")
  add_executable(wengert_limits EXCLUDE_FROM_ALL ${tests} ${sources})
  wengert_set_dependencies(wengert_limits)
  wengert_set_lane_widths(wengert_limits ${sources})
  target_compile_definitions(wengert_limits PRIVATE WENGERT_INDEX_BITS=16)
  target_include_directories(wengert_limits PRIVATE "${root}")
  target_compile_options(wengert_limits PRIVATE -ffp-contract=off -O0)
  # Unoptimised, Boost's numbers of 128 bits, which GNU's dialect has, want a library of their own.
  set_target_properties(wengert_limits PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(wengert_limits PRIVATE GTest::gmock GTest::gtest_main)
endfunction()

# The sweep over records once more as users get it who compile for their own processor: its
# multiply-adds are fused, so whether adjoints depend on their order, or on where memory ends, shows.
function(wengert_add_fused_tests)
  include(CheckCXXSourceRuns)
  check_cxx_source_runs("int main() { return !__builtin_cpu_supports(\"fma\"); }" WENGERT_HAVE_FMA)
  if(NOT WENGERT_HAVE_FMA OR (WENGERT_TEST_GROUPS AND NOT "sweep" IN_LIST WENGERT_TEST_GROUPS))
    return()
  endif()
  set(tests "${PROJECT_SOURCE_DIR}/test")
  wengert_add_program(
    wengert_fused_test
    SOURCES "${PROJECT_SOURCE_DIR}/engine/wengert/sweep/records.cc"
            "${tests}/sweep/records_test.cc" "${tests}/tape/fusion_test.cc"
            "${tests}/tape/tails_test.cc"
    LIBRARIES GTest::gtest_main
  )
  target_compile_options(wengert_fused_test PRIVATE -mfma)
  add_test(NAME sweep.fused COMMAND wengert_fused_test)
  set_tests_properties(sweep.fused PROPERTIES LABELS sweep TIMEOUT 300)
endfunction()

# With the preset fuzz, fuzzers; else programs that run over the corpus and a few changes of it.
function(wengert_add_fuzzers)
  set(root "${PROJECT_SOURCE_DIR}/test/fuzz")
  file(GLOB sources CONFIGURE_DEPENDS "${root}/*.cc")
  list(REMOVE_ITEM sources "${root}/replay.cc")
  add_custom_target(fuzzers)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    set(target fuzz_${name})
    set(arguments "")
    if("fuzzer-no-link" IN_LIST WENGERT_SANITIZE)
      wengert_add_program(${target} SOURCES "${source}" LIBRARIES wengert_test_support)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      set(arguments -runs=2000 -seed=1 -timeout=20)
    else()
      wengert_add_program(
        ${target} SOURCES "${source}" "${root}/replay.cc" LIBRARIES wengert_test_support
      )
    endif()
    add_dependencies(fuzzers ${target})
    add_test(NAME fuzz.${name} COMMAND ${target} ${arguments} "${root}/corpus/${name}")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  endforeach()
endfunction()

function(wengert_add_benchmarks)
  wengert_need_benchmark()
  wengert_add_solver_table()
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/*.cc")
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    file(GLOB parts CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/${name}/*.cc")
    wengert_add_program(
      ${name} SOURCES "${source}" ${parts}
      LIBRARIES ${wengert_bench_libraries} benchmark::benchmark
    )
  endforeach()
  target_link_libraries(solvers PRIVATE wengert_solver_table)
  wengert_allow_contraction(record)
  wengert_allow_contraction(function)
endfunction()

function(wengert_add_demo)
  wengert_add_internal_library(
    wengert_demo_parts "${PROJECT_SOURCE_DIR}/bench/demo" ${wengert_bench_libraries}
  )
  wengert_add_program(
    wengert_demo SOURCES "${PROJECT_SOURCE_DIR}/bench/demo/main.cc" LIBRARIES wengert_demo_parts
  )
endfunction()
