# engine/examples/<name>.cc is the program example_<name>. An example that includes the adapter of a
# third-party library is built where that is installed. Each is run as a test: what it prints must be
# <name>.txt beside it, to the letter.
#
# Not under sanitizers: examples walk through code that the tests walk through, too.

function(wengert_add_examples)
  if(WENGERT_SANITIZE)
    return()
  endif()
  find_package(Threads REQUIRED)
  set(examples "${PROJECT_SOURCE_DIR}/engine/examples")
  file(GLOB sources CONFIGURE_DEPENDS "${examples}/*.cc")
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    wengert_find_adapters("${source}" libraries missing)
    if(missing)
      message(STATUS "example ${name}: left out, as ${missing} isn't installed")
      continue()
    endif()
    wengert_add_program(example_${name} SOURCES "${source}" LIBRARIES ${libraries} Threads::Threads)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # With -march=native GCC 12 warns of its own AVX-512 intrinsics, inlined into Eigen.
      target_compile_options(example_${name} PRIVATE -Wno-maybe-uninitialized)
    endif()
    if(WENGERT_BUILD_TESTS)
      wengert_test_output(example.${name} example_${name} "${examples}/${name}.txt")
    endif()
  endforeach()
  if(TARGET example_expression AND WENGERT_BUILD_TESTS)
    wengert_test_output(
      house.output_check_finds_a_difference example_expression "${examples}/batch.txt"
    )
    set_tests_properties(
      house.output_check_finds_a_difference PROPERTIES PASS_REGULAR_EXPRESSION "printed otherwise"
    )
  endif()
endfunction()

# The targets of the third-party libraries whose adapters a source includes, and the name of one
# that isn't installed.
function(wengert_find_adapters source libraries missing)
  set(found "")
  set(absent "")
  wengert_want_optimizers()
  file(STRINGS "${source}" includes REGEX "^#include <wengert/embed/")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE ".*/([a-z]+)(_[a-z]+)?\\.h>.*" "\\1" name "${include}")
    if(TARGET wengert_${name})
      list(APPEND found wengert_${name})
    elseif(name IN_LIST wengert_adapters)
      set(absent ${name})
    endif()
  endforeach()
  set(${libraries} "${found}" PARENT_SCOPE)
  set(${missing} "${absent}" PARENT_SCOPE)
endfunction()

function(wengert_test_output name program expected)
  add_test(
    NAME ${name}
    COMMAND "${CMAKE_COMMAND}" -DPROGRAM=$<TARGET_FILE:${program}> -DEXPECTED=${expected} -P
            "${PROJECT_SOURCE_DIR}/cmake/CheckOutput.cmake"
  )
  set_tests_properties(${name} PROPERTIES TIMEOUT 60)
endfunction()
