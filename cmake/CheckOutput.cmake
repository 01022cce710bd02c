# cmake -DPROGRAM=<file> -DEXPECTED=<file> -P CheckOutput.cmake: fails unless the program succeeds
# and prints what the file holds.

cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND "${PROGRAM}"
  OUTPUT_VARIABLE output
  RESULT_VARIABLE result
)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result} after printing\n${output}")
endif()
if(NOT EXISTS "${EXPECTED}")
  message(FATAL_ERROR "there is no ${EXPECTED} to compare with\n${output}")
endif()
file(READ "${EXPECTED}" expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "printed otherwise than ${EXPECTED}:\n${output}")
endif()
message(STATUS "${PROGRAM} printed ${EXPECTED}")
