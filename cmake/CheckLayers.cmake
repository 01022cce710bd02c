# cmake -DROOT=<tree> -P CheckLayers.cmake: fails if an #include in engine/wengert points upward.
#
#   base < ops < tape < sweep < derive < function < embed
#                tape < program       < function
#
# `program` and `derive` don't know each other. The umbrella wengert.h stands below embed, because
# the headers of embed are included beside it. cli and examples may use everything in wengert/, and
# nothing in wengert/ may use them.

cmake_minimum_required(VERSION 3.25)

set(layers base ops tape sweep derive program function embed umbrella)
set(base_imports base)
set(ops_imports ${base_imports} ops)
set(tape_imports ${ops_imports} tape)
set(sweep_imports ${tape_imports} sweep)
set(derive_imports ${sweep_imports} derive)
set(program_imports ${tape_imports} program)
set(function_imports ${derive_imports} program function)
set(umbrella_imports ${function_imports})
set(embed_imports ${layers})

# The layer of a path below engine/: "wengert/tape/var.h" is in tape.
function(layer_of path result)
  if(path MATCHES "^wengert/([a-z_0-9]+)/")
    set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
  elseif(path STREQUAL "wengert/wengert.h")
    set(${result} umbrella PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# Sets `fault` to what is wrong with `file` including `path`, or to nothing. In angle brackets a
# header without a folder is somebody else's, also where a file beside this one has its name.
function(check_include file path quote fault)
  layer_of("${file}" layer)
  layer_of("${path}" imported)
  set(${fault} "" PARENT_SCOPE)
  if(path MATCHES "^(cli|examples|bench|test)/")
    set(${fault} "the library includes what uses it" PARENT_SCOPE)
  elseif(path MATCHES "^\\.\\.?/" OR (quote STREQUAL "\"" AND path MATCHES "\\.(h|inc)$" AND NOT path MATCHES "/"
                                      AND EXISTS "${ROOT}/engine/wengert/${layer}/${path}"))
    set(${fault} "write the path from the include root: wengert/..." PARENT_SCOPE)
  elseif(path MATCHES "^wengert/" AND NOT imported IN_LIST ${layer}_imports)
    set(${fault} "${layer} may import only: ${${layer}_imports}" PARENT_SCOPE)
  endif()
endfunction()

set(faults "")
set(includes 0)
file(GLOB_RECURSE files RELATIVE "${ROOT}/engine" "${ROOT}/engine/wengert/*.h"
     "${ROOT}/engine/wengert/*.cc" "${ROOT}/engine/wengert/*.inc")
foreach(file IN LISTS files)
  layer_of("${file}" layer)
  if(NOT layer IN_LIST layers)
    string(APPEND faults "  ${file}: is in no layer of the map\n")
    continue()
  endif()
  file(STRINGS "${ROOT}/engine/${file}" lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    if(line MATCHES "([<\"])([^>\"]+)[>\"]")
      set(quote "${CMAKE_MATCH_1}")
      set(path "${CMAKE_MATCH_2}")
      math(EXPR includes "${includes} + 1")
      check_include("${file}" "${path}" "${quote}" fault)
      if(fault)
        string(APPEND faults "  ${file} includes ${path}: ${fault}\n")
      endif()
    endif()
  endforeach()
endforeach()

if(faults)
  message(FATAL_ERROR "imports that run the wrong way:\n${faults}")
endif()
if(includes EQUAL 0)
  message(FATAL_ERROR "no #include found in ${ROOT}/engine/wengert: nothing was checked")
endif()
message(STATUS "${includes} includes run one way")
