# cmake -DCOMPILER=<c++> -DROOT=<tree> -DSCRATCH=<dir> -P compile_cost.cmake: what the README's first
# program costs to compile, by what compilers take their time for: lines, after preprocessing. Most
# are the standard library's, of which absl::Span takes two thirds.

cmake_minimum_required(VERSION 3.25)

# count_lines(<variable> <name> <source>)
function(count_lines variable name text)
  file(WRITE "${SCRATCH}/${name}.cc" "${text}")
  execute_process(
    COMMAND "${COMPILER}" -std=c++20 -O2 "-I${ROOT}/engine" -E -P "${SCRATCH}/${name}.cc"
    OUTPUT_FILE "${SCRATCH}/${name}.i" COMMAND_ERROR_IS_FATAL ANY
  )
  file(READ "${SCRATCH}/${name}.i" text)
  string(REGEX REPLACE "[^\n]" "" newlines "${text}")
  string(LENGTH "${newlines}" length)
  set(${variable} ${length} PARENT_SCOPE)
endfunction()

file(READ "${ROOT}/README.md" readme)
string(REGEX MATCH "#include <wengert/wengert.h>[^`]*" first_program "${readme}")
if(NOT first_program MATCHES "main")
  message(FATAL_ERROR "the README has no first program")
endif()
count_lines(all first "${first_program}")
if(all GREATER 70000)
  message(FATAL_ERROR "the first program takes longer to compile: ${all} lines")
endif()
message(STATUS "${all} lines")
