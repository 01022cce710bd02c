# cmake -DCOMPILER=<c++> -DROOT=<tree> -DSCRATCH=<dir> -P compile_cost.cmake: what the README's first
# program costs to compile, by what compilers take their time for: lines, after preprocessing. Most
# are Abseil's, whose Status and Span the interface speaks, so those of Wengert and of what it takes
# from the standard library beyond are bounded, too.

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
count_lines(abseil abseil "#include <absl/status/statusor.h>\n#include <absl/types/span.h>\n")
math(EXPR own "${all} - ${abseil}")
message(STATUS "${all} lines, ${own} of them beside Abseil's")
if(all GREATER 88000 OR own GREATER 5000)
  message(FATAL_ERROR "the first program takes longer to compile: ${all} lines, ${own} its own")
endif()
