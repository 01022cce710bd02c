# Laws about the source itself, and proofs that each check can fail.

foreach(check Layers Source)
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
