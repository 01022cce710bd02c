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

# Every public name has its comment, and no comment names what isn't there.
find_program(WENGERT_DOXYGEN doxygen)
find_package(Python3 COMPONENTS Interpreter QUIET)
if(WENGERT_DOXYGEN AND Python3_FOUND)
  add_test(NAME house.docs COMMAND "${WENGERT_DOXYGEN}" cmake/Doxyfile
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
  )
  add_test(NAME house.docs_have_the_operations
           COMMAND Python3::Interpreter cmake/doxygen_operations.py engine/wengert/ops/op_table.inc
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
  )
  set_tests_properties(
    house.docs_have_the_operations
    PROPERTIES PASS_REGULAR_EXPRESSION "`sin.a.`; d/da = `cos.a.`.\nVar sin.const Var& a.;"
  )
  set(docs "${PROJECT_BINARY_DIR}/docs")
  file(MAKE_DIRECTORY "${docs}")
  add_test(NAME house.docs_check_finds_a_breach
           COMMAND sh -c "{ cat cmake/Doxyfile; echo INPUT = test/house/undocumented.h
                            echo GENERATE_HTML = NO; } | ${WENGERT_DOXYGEN} -"
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
  )
  set_tests_properties(
    house.docs house.docs_check_finds_a_breach PROPERTIES ENVIRONMENT "WENGERT_DOCS=${docs}"
  )
  set_tests_properties(
    house.docs_check_finds_a_breach PROPERTIES PASS_REGULAR_EXPRESSION "Member unsaid"
                                               FAIL_REGULAR_EXPRESSION "Member said"
  )
endif()
