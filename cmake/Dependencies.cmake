# What the project needs from elsewhere: an installed package at or above a floor (the versions of
# Debian 12), otherwise a pinned release fetched and built here.
#
#   Abseil        20220623   public: span, status, statusor, strings
#   Boost.Math    1.74       private, headers only: digamma and polygamma
#   xxHash        0.8.0    private, headers only: the checksum of tape files
#   SLEEF         3.5.1      private, optional, has to be installed: vector functions of lane programs
#   libmvec       glibc 2.35 private, optional, a part of the C library: erf and erfc of lane programs
#   GoogleTest    1.12.1     tests only
#   MPFR          4.0        tests only, has to be installed: what the true values come from
#   Benchmark     1.7.1      benchmarks only

include(FetchContent)

# Lets a plain variable set an option() of a fetched project.
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)

# Finds `package` at or above `floor` and sets `found` for the caller.
macro(wengert_find package floor found)
  set(${found} FALSE)
  if(NOT WENGERT_FETCH_DEPENDENCIES)
    find_package(${package} ${floor} CONFIG QUIET)
    set(${found} ${${package}_FOUND})
  endif()
  if(${found})
    message(STATUS "${package} ${${package}_VERSION}: ${${package}_DIR}")
  else()
    message(STATUS "${package}: not installed at ${floor} or above, fetching the pinned release")
  endif()
endmacro()

function(wengert_need_abseil)
  if(TARGET absl::span)
    return()
  endif()
  # Abseil's package accepts only its own exact version, so the floor is checked by hand.
  wengert_find(absl "" found)
  if(found)
    if(absl_VERSION AND absl_VERSION VERSION_LESS 20220623)
      message(FATAL_ERROR "Abseil ${absl_VERSION} is older than 20220623; "
                          "configure with -DWENGERT_FETCH_DEPENDENCIES=ON")
    endif()
    return()
  endif()
  set(ABSL_PROPAGATE_CXX_STD ON)
  set(ABSL_ENABLE_INSTALL ${WENGERT_INSTALL})
  set(BUILD_TESTING OFF)
  FetchContent_Declare(
    absl SYSTEM
    URL https://github.com/abseil/abseil-cpp/releases/download/20240722.0/abseil-cpp-20240722.0.tar.gz
    URL_HASH SHA256=f50e5ac311a81382da7fa75b97310e4b9006474f9560ac46f54a9967f07d4ae3
    DOWNLOAD_EXTRACT_TIMESTAMP OFF
  )
  FetchContent_MakeAvailable(absl)
endfunction()

# Makes the target wengert_boost_math, for use inside the build tree only.
function(wengert_need_boost_math)
  if(TARGET wengert_boost_math)
    return()
  endif()
  add_library(wengert_boost_math INTERFACE)
  wengert_find(Boost 1.74 found)
  if(found)
    target_link_libraries(wengert_boost_math INTERFACE Boost::headers)
    return()
  endif()
  # The release is used as plain headers: SOURCE_SUBDIR names a folder without a CMakeLists.txt.
  FetchContent_Declare(
    boost_math
    URL https://github.com/boostorg/math/archive/refs/tags/boost-1.83.0.tar.gz
    URL_HASH SHA256=53e5f7539a66899fe0fca3080405cbd5f7959da5394ec13664746741aece1705
    SOURCE_SUBDIR include
    DOWNLOAD_EXTRACT_TIMESTAMP OFF
  )
  FetchContent_MakeAvailable(boost_math)
  target_include_directories(
    wengert_boost_math SYSTEM INTERFACE "${boost_math_SOURCE_DIR}/include"
  )
  target_compile_definitions(wengert_boost_math INTERFACE BOOST_MATH_STANDALONE=1)
endfunction()

# Makes the target wengert_xxhash, for use inside the build tree only. Debian's package has no CMake
# files.
function(wengert_need_xxhash)
  if(TARGET wengert_xxhash)
    return()
  endif()
  add_library(wengert_xxhash INTERFACE)
  if(NOT WENGERT_FETCH_DEPENDENCIES)
    find_path(WENGERT_XXHASH_INCLUDE xxhash.h)
    mark_as_advanced(WENGERT_XXHASH_INCLUDE)
  endif()
  if(WENGERT_XXHASH_INCLUDE)
    message(STATUS "xxHash: ${WENGERT_XXHASH_INCLUDE}")
    target_include_directories(wengert_xxhash SYSTEM INTERFACE "${WENGERT_XXHASH_INCLUDE}")
    return()
  endif()
  message(STATUS "xxHash: not installed (Debian: libxxhash-dev), fetching the pinned release")
  FetchContent_Declare(
    xxhash
    URL https://github.com/Cyan4973/xxHash/archive/refs/tags/v0.8.2.tar.gz
    URL_HASH SHA256=baee0c6afd4f03165de7a4e67988d16f0f2b257b51d0e3cb91909302a26a79c4
    SOURCE_SUBDIR doc
    DOWNLOAD_EXTRACT_TIMESTAMP OFF
  )
  FetchContent_MakeAvailable(xxhash)
  target_include_directories(wengert_xxhash SYSTEM INTERFACE "${xxhash_SOURCE_DIR}")
endfunction()

# SLEEF 3.6's pinned release would need a minute to build; without SLEEF, lane programs call the C
# library's functions lane by lane.
function(wengert_find_sleef found)
  set(${found} FALSE PARENT_SCOPE)
  if(WENGERT_USE_SLEEF)
    find_package(SLEEF 3.5.1 MODULE QUIET GLOBAL)
    set(${found} ${SLEEF_FOUND} PARENT_SCOPE)
    if(SLEEF_FOUND)
      message(STATUS "SLEEF ${SLEEF_VERSION}: ${SLEEF_LIBRARY}")
    else()
      message(STATUS "SLEEF: not installed (Debian: libsleef-dev), functions run lane by lane")
    endif()
  endif()
endfunction()

# The vector functions of the C library: of glibc 2.35 and above, on x86-64.
function(wengert_find_libmvec found)
  include(CheckLibraryExists)
  check_library_exists(mvec _ZGVeN8v_erfc "" WENGERT_LIBMVEC_HAS_ERFC)
  set(${found} ${WENGERT_LIBMVEC_HAS_ERFC} PARENT_SCOPE)
endfunction()

function(wengert_need_googletest)
  if(TARGET GTest::gmock)
    return()
  endif()
  wengert_find(GTest 1.12.1 found)
  if(found)
    if(NOT TARGET GTest::gmock)
      message(FATAL_ERROR "GoogleTest is installed without GoogleMock (Debian: libgmock-dev)")
    endif()
    return()
  endif()
  set(INSTALL_GTEST OFF)
  FetchContent_Declare(
    googletest SYSTEM
    URL https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz
    URL_HASH SHA256=8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7
    DOWNLOAD_EXTRACT_TIMESTAMP OFF
  )
  FetchContent_MakeAvailable(googletest)
endfunction()

# Makes the target wengert_mpfr. MPFR brings no CMake package and no CMake build.
function(wengert_need_mpfr)
  find_path(WENGERT_MPFR_INCLUDE mpfr.h)
  find_library(WENGERT_MPFR_LIBRARY mpfr)
  find_library(WENGERT_GMP_LIBRARY gmp)
  mark_as_advanced(WENGERT_MPFR_INCLUDE WENGERT_MPFR_LIBRARY WENGERT_GMP_LIBRARY)
  if(NOT WENGERT_MPFR_INCLUDE OR NOT WENGERT_MPFR_LIBRARY OR NOT WENGERT_GMP_LIBRARY)
    message(FATAL_ERROR "The tests need MPFR (Debian: libmpfr-dev); "
                        "without it configure with -DWENGERT_BUILD_TESTS=OFF")
  endif()
  message(STATUS "MPFR: ${WENGERT_MPFR_LIBRARY}")
  add_library(wengert_mpfr INTERFACE)
  target_include_directories(wengert_mpfr SYSTEM INTERFACE "${WENGERT_MPFR_INCLUDE}")
  target_link_libraries(wengert_mpfr INTERFACE "${WENGERT_MPFR_LIBRARY}" "${WENGERT_GMP_LIBRARY}")
endfunction()

# Makes the target wengert_colpack where ColPack is installed (Debian: libcolpack-dev). LGPL: only
# tests may compare with it, and none needs it.
function(wengert_want_colpack)
  find_path(WENGERT_COLPACK_INCLUDE ColPack/ColPackHeaders.h)
  find_library(WENGERT_COLPACK_LIBRARY ColPack)
  mark_as_advanced(WENGERT_COLPACK_INCLUDE WENGERT_COLPACK_LIBRARY)
  if(NOT WENGERT_COLPACK_INCLUDE OR NOT WENGERT_COLPACK_LIBRARY)
    message(STATUS "ColPack: not found, colorings aren't compared with its")
    return()
  endif()
  message(STATUS "ColPack: ${WENGERT_COLPACK_LIBRARY}")
  add_library(wengert_colpack INTERFACE)
  target_include_directories(
    wengert_colpack SYSTEM INTERFACE "${WENGERT_COLPACK_INCLUDE}"
                                     "${WENGERT_COLPACK_INCLUDE}/ColPack"
  )
  target_link_libraries(wengert_colpack INTERFACE "${WENGERT_COLPACK_LIBRARY}")
  target_compile_definitions(wengert_colpack INTERFACE WENGERT_HAVE_COLPACK=1)
endfunction()

function(wengert_need_benchmark)
  if(TARGET benchmark::benchmark)
    return()
  endif()
  wengert_find(benchmark 1.7.1 found)
  if(found)
    return()
  endif()
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_WERROR OFF)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  FetchContent_Declare(
    benchmark SYSTEM
    URL https://github.com/google/benchmark/archive/refs/tags/v1.8.3.tar.gz
    URL_HASH SHA256=6bc180a57d23d4d9515519f92b0c83d61b05b5bab188961f36ac7b06b0d9e9ce
    DOWNLOAD_EXTRACT_TIMESTAMP OFF
  )
  FetchContent_MakeAvailable(benchmark)
endfunction()
