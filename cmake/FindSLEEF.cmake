# Finds SLEEF at or above SLEEF_FIND_VERSION and makes SLEEF::sleef; Debian's package brings no CMake
# files of its own. Installed beside wengertConfig.cmake, which needs it again.

find_path(SLEEF_INCLUDE_DIR sleef.h)
find_library(SLEEF_LIBRARY sleef)
mark_as_advanced(SLEEF_INCLUDE_DIR SLEEF_LIBRARY)

if(SLEEF_INCLUDE_DIR)
  file(STRINGS "${SLEEF_INCLUDE_DIR}/sleef.h" lines REGEX "#define SLEEF_VERSION_[A-Z]+ ")
  string(REGEX REPLACE "[^0-9;]" "" SLEEF_VERSION "${lines}")
  string(REPLACE ";" "." SLEEF_VERSION "${SLEEF_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  SLEEF
  REQUIRED_VARS SLEEF_LIBRARY SLEEF_INCLUDE_DIR
  VERSION_VAR SLEEF_VERSION
)

if(SLEEF_FOUND AND NOT TARGET SLEEF::sleef)
  add_library(SLEEF::sleef UNKNOWN IMPORTED)
  set_target_properties(
    SLEEF::sleef PROPERTIES IMPORTED_LOCATION "${SLEEF_LIBRARY}"
                            INTERFACE_INCLUDE_DIRECTORIES "${SLEEF_INCLUDE_DIR}"
  )
endif()
