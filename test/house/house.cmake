# Laws about the source itself, and proofs that each check can fail.

foreach(check Layers Public Source)
  string(TOLOWER ${check} name)
  set(script "${PROJECT_SOURCE_DIR}/cmake/Check${check}.cmake")
  add_test(NAME house.${name} COMMAND "${CMAKE_COMMAND}" -DROOT=${PROJECT_SOURCE_DIR} -P "${script}")
  add_test(
    NAME house.${name}_check_finds_every_breach
    COMMAND
      "${CMAKE_COMMAND}" -DSCRIPT=${script} -DSCRATCH=${PROJECT_BINARY_DIR}/house/${name} -P
      "${PROJECT_SOURCE_DIR}/test/house/${name}_breaches.cmake"
  )
endforeach()

# What is compiled for one SIMD width mustn't be linked into code for all of them.
get_target_property(wengert_type wengert TYPE)
if(CMAKE_NM AND wengert_type STREQUAL STATIC_LIBRARY)
  set(check_lanes "${CMAKE_COMMAND}" -DNM=${CMAKE_NM} -DARCHIVE=$<TARGET_FILE:wengert>)
  set(script "${PROJECT_SOURCE_DIR}/cmake/CheckLanes.cmake")
  add_test(NAME house.lanes COMMAND ${check_lanes} -DMEMBERS=^lanes_ -P "${script}")
  # The other objects are full of inline functions.
  add_test(NAME house.lanes_check_finds_a_breach
           COMMAND ${check_lanes} -DMEMBERS=^tape -P "${script}"
  )
  set_tests_properties(
    house.lanes_check_finds_a_breach
    PROPERTIES PASS_REGULAR_EXPRESSION "could replace those of other objects"
  )
endif()
