# cmake -DNM=<nm> -DARCHIVE=<libwengert.a> -DMEMBERS=<regex> -P CheckLanes.cmake: fails if an object
# of the archive whose name matches defines a function that other objects may define as well, as
# inline functions and templates are. The linker keeps one of them for the whole program: were it
# one that is compiled for AVX-512, the program would crash where there is none.

cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND "${NM}" --defined-only "${ARCHIVE}"
  OUTPUT_VARIABLE text
  ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY
)
string(REPLACE "\n" ";" lines "${text}")

set(faults "")
set(objects 0)
set(member "")
foreach(line IN LISTS lines)
  if(line MATCHES "^(.*\\.o(bj)?):$")
    set(member "${CMAKE_MATCH_1}")
    if(member MATCHES "${MEMBERS}")
      math(EXPR objects "${objects} + 1")
    endif()
  elseif(member MATCHES "${MEMBERS}" AND line MATCHES "^[0-9a-f]+ [WuV] (.*)$")
    # Exception tables' own reference to the personality function isn't code.
    if(NOT CMAKE_MATCH_1 MATCHES "^DW\\.ref\\.")
      string(APPEND faults "  ${member}: ${CMAKE_MATCH_1}\n")
    endif()
  endif()
endforeach()

if(faults)
  message(FATAL_ERROR "functions that could replace those of other objects:\n${faults}")
endif()
if(objects EQUAL 0)
  message(FATAL_ERROR "no object of ${ARCHIVE} matches ${MEMBERS}: nothing was checked")
endif()
message(STATUS "${objects} objects keep their functions to themselves")
