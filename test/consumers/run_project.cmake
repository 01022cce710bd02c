# cmake -DPROJECT=<dir> -DBUILD=<dir> -DCACHE=<settings> -P run_project.cmake: configures, builds and
# runs a user's project.

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${BUILD}")
foreach(step "-G;Ninja;-C;${CACHE};-S;${PROJECT};-B;${BUILD}" "--build;${BUILD};--target;program")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" ${step} RESULT_VARIABLE status OUTPUT_VARIABLE log ERROR_VARIABLE log
  )
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${log}")
  endif()
endforeach()
execute_process(COMMAND "${BUILD}/program" COMMAND_ERROR_IS_FATAL ANY)
