# Shared by the breach tests. SCRIPT is the check, SCRATCH a folder to build example trees in.

# expect(<pass|fail> <regex> <file> <content> [<file> <content>]...): makes a tree of these files
# and runs the check on it; its result and its output must be as stated.
function(expect result pattern)
  file(REMOVE_RECURSE "${SCRATCH}")
  set(tree ${ARGN})
  while(tree)
    list(POP_FRONT tree file content)
    file(WRITE "${SCRATCH}/${file}" "${content}")
  endwhile()
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -DROOT=${SCRATCH} -P "${SCRIPT}"
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
  )
  if(status EQUAL 0)
    set(actual pass)
  else()
    set(actual fail)
  endif()
  # CMake wraps long messages.
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(NOT actual STREQUAL result OR NOT output MATCHES "${pattern}")
    message(SEND_ERROR "expected to ${result} with \"${pattern}\", but:\n${ARGN}\n${output}")
  endif()
endfunction()
