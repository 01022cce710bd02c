# cmake -DROOT=<tree> -P CheckSource.cmake: fails if the text of the tree breaks a law of the house.
#
#   1. No source has more than 400 lines: then it is two files.
#   2. Operations are listed in engine/wengert/ops alone. A list elsewhere in engine/ would have to
#      name some of the operations that no other code has a reason to name.
#   3. No text names a place on one person's machine.

cmake_minimum_required(VERSION 3.25)

set(max_lines 400)
set(rare_operation "(kAtan2|kErfc|kTgamma|kLogaddexp|\"atan2\"|\"erfc\"|\"tgamma\")")
# The brackets keep these lines from matching themselves.
set(machine_path "(^|[^A-Za-z0-9_.~}])/(home|root|Users|w[o]rk|t[m]p)/[^ \n]*")

file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/engine/*" "${ROOT}/bench/*" "${ROOT}/test/*"
     "${ROOT}/cmake/*" "${ROOT}/.ci/*")
file(GLOB root_files RELATIVE "${ROOT}" LIST_DIRECTORIES false "${ROOT}/*")
list(APPEND files ${root_files})
list(FILTER files EXCLUDE REGEX "\\.(png|svg|csv|pyc|tape|function)$|^\\.git$|^test/fuzz/corpus/")

set(faults "")
set(sources 0)
foreach(file IN LISTS files)
  file(READ "${ROOT}/${file}" text)

  if(file MATCHES "\\.(h|cc|inc|cmake|sh|py)$|CMakeLists\\.txt$")
    math(EXPR sources "${sources} + 1")
    string(REGEX MATCHALL "\n" newlines "${text}")
    list(LENGTH newlines lines)
    if(lines GREATER max_lines)
      string(APPEND faults "  ${file}: ${lines} lines, more than ${max_lines}; make it two files\n")
    endif()
  endif()

  if(file MATCHES "^engine/.*\\.(h|cc|inc)$" AND NOT file MATCHES "^engine/wengert/ops/"
     AND text MATCHES "${rare_operation}")
    string(APPEND faults "  ${file}: names ${CMAKE_MATCH_1}; operations are listed only in ops/\n")
  endif()

  if(text MATCHES "${machine_path}")
    string(APPEND faults "  ${file}: names a path of one machine:${CMAKE_MATCH_0}\n")
  endif()
endforeach()

if(faults)
  message(FATAL_ERROR "laws of the house that are broken:\n${faults}")
endif()
if(sources EQUAL 0)
  message(FATAL_ERROR "no source found in ${ROOT}: nothing was checked")
endif()
message(STATUS "${sources} sources keep the laws")
