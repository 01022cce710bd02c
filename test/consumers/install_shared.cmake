# cmake -DROOT=<tree> -DBUILD=<dir> -DPREFIX=<dir> -DNM=<nm> -DCOMPILER=<c++> -DLAUNCHER=<or none>
# -P install_shared.cmake: builds and installs a shared library, and looks at what it exports.

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${PREFIX}")
set(configure
    -G Ninja -S "${ROOT}" -B "${BUILD}" -DBUILD_SHARED_LIBS=ON -DWENGERT_BUILD_TESTS=OFF
    -DWENGERT_BUILD_PROGRAMS=OFF -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O0
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
)
foreach(step "${configure}" "--build;${BUILD}" "--install;${BUILD};--prefix;${PREFIX}")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" ${step} RESULT_VARIABLE status OUTPUT_VARIABLE log ERROR_VARIABLE log
  )
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${log}")
  endif()
endforeach()

file(GLOB_RECURSE library "${PREFIX}/libwengert.so")
execute_process(
  COMMAND "${NM}" --dynamic --defined-only --demangle "${library}"
  OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY
)
string(REGEX REPLACE "[][]" "" text "${text}")
string(REPLACE ";" "," text "${text}")
string(REPLACE "\n" ";" lines "${text}")
set(count 0)
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^[0-9a-f ]* [A-Za-z] (.+)$")
    continue()
  endif()
  math(EXPR count "${count} + 1")
  set(symbol "${CMAKE_MATCH_1}")
  string(REGEX REPLACE "\\(.*" "" name "${symbol}")
  if(NOT name MATCHES "wengert::" OR name MATCHES "::State::" OR symbol MATCHES
                                                              "program::|_internal::"
  )
    message(SEND_ERROR "exported: ${symbol}")
  endif()
endforeach()
if(count LESS 100)
  message(FATAL_ERROR "${count} symbols are exported: too few to be the interface")
endif()
message(STATUS "${count} symbols are exported")
