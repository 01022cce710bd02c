# Installs the library, its headers and the package files, so that a user writes
# find_package(wengert 0.1) and links wengert::wengert.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/wengert")

install(TARGETS wengert EXPORT wengertTargets)
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
if("WENGERT_HAVE_SLEEF" IN_LIST definitions)
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
