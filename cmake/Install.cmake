# Installs the library, its headers and the package files, so that a user writes
# find_package(wengert 0.1) and links wengert::wengert.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/wengert")

install(
  TARGETS wengert
  EXPORT wengertTargets
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)
if(TARGET wengert_command)
  install(TARGETS wengert_command)
endif()
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/engine/wengert"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING
  PATTERN "*.h"
  PATTERN "*.inc"
)
install(EXPORT wengertTargets NAMESPACE wengert:: DESTINATION "${package_dir}")

get_target_property(definitions wengert COMPILE_DEFINITIONS)
set(WENGERT_HAVE_SLEEF OFF)
if(NOT BUILD_SHARED_LIBS AND "WENGERT_HAVE_SLEEF" IN_LIST definitions)
  set(WENGERT_HAVE_SLEEF ON)
  install(FILES "${PROJECT_SOURCE_DIR}/cmake/FindSLEEF.cmake" DESTINATION "${package_dir}")
endif()
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/wengertConfig.cmake.in" "${PROJECT_BINARY_DIR}/wengertConfig.cmake"
  INSTALL_DESTINATION "${package_dir}"
)
# Before 1.0 a minor release may change the interface.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/wengertConfigVersion.cmake" COMPATIBILITY SameMinorVersion
)
install(FILES "${PROJECT_BINARY_DIR}/wengertConfig.cmake"
              "${PROJECT_BINARY_DIR}/wengertConfigVersion.cmake" DESTINATION "${package_dir}"
)

# What debuggers are given to show Var, Tape and Function.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/engine/debugger/"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/wengert"
)

# For builds without CMake. A static library needs what it was built from at the link.
set(WENGERT_PC_STATIC "")
set(WENGERT_PC_LIBS "")
if(NOT BUILD_SHARED_LIBS)
  set(WENGERT_PC_STATIC "absl_hash absl_str_format")
  if(WENGERT_HAVE_SLEEF)
    string(APPEND WENGERT_PC_LIBS " -lsleef")
  endif()
  if("WENGERT_HAVE_MVEC" IN_LIST definitions)
    string(APPEND WENGERT_PC_LIBS " -lmvec")
  endif()
endif()
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE WENGERT_PC_LIBDIR)
cmake_path(
  ABSOLUTE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY "\${prefix}"
  OUTPUT_VARIABLE WENGERT_PC_INCLUDEDIR
)
configure_file("${PROJECT_SOURCE_DIR}/cmake/wengert.pc.in" "${PROJECT_BINARY_DIR}/wengert.pc" @ONLY)
# The prefix of `cmake --install --prefix` is known only then.
install(
  CODE "file(READ \"${PROJECT_BINARY_DIR}/wengert.pc\" text)
string(REGEX REPLACE \"^prefix=[^\n]*\" \"prefix=\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
file(WRITE \"${PROJECT_BINARY_DIR}/install/wengert.pc\" \"\${text}\")"
)
install(FILES "${PROJECT_BINARY_DIR}/install/wengert.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
)
