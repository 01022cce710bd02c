# The libraries that engine/wengert/embed/ has adapters for. Only tests and examples link them, each
# built where its library is installed: an adapter <name>.h is tested by test/embed/<name>_test.cc.
#
#   NLopt 2.7.1 · Ipopt 3.11.9 · Ceres 2.1 · Eigen 3.4 · libLBFGS 1.10 · dlib 19.24

set(wengert_adapters nlopt ipopt ceres eigen lbfgs dlib)

# Makes the target wengert_<name> of an installed header and library.
function(wengert_want_library name header library debian)
  string(TOUPPER "WENGERT_${name}" prefix)
  find_path(${prefix}_INCLUDE "${header}" PATH_SUFFIXES coin coin-or)
  set(found "${${prefix}_INCLUDE}")
  mark_as_advanced(${prefix}_INCLUDE)
  if(library AND found)
    find_library(${prefix}_LIBRARY "${library}")
    mark_as_advanced(${prefix}_LIBRARY)
    set(found "${${prefix}_LIBRARY}")
  endif()
  if(NOT found)
    message(STATUS "${name}: not installed (Debian: ${debian}), no test or example of its adapter")
    return()
  endif()
  message(STATUS "${name}: ${found}")
  add_library(wengert_${name} INTERFACE)
  target_include_directories(wengert_${name} SYSTEM INTERFACE "${${prefix}_INCLUDE}")
  if(library)
    target_link_libraries(wengert_${name} INTERFACE "${found}")
  endif()
endfunction()

function(wengert_want_optimizers)
  if(TARGET wengert_optimizers)
    return()
  endif()
  wengert_want_library(nlopt nlopt.hpp nlopt_cxx libnlopt-cxx-dev)
  wengert_want_library(ipopt IpTNLP.hpp ipopt coinor-libipopt-dev)
  wengert_want_library(lbfgs lbfgs.h lbfgs liblbfgs-dev)
  wengert_want_library(dlib dlib/optimization.h lapack libdlib-dev)
  wengert_want_library(eigen eigen3/Eigen/Core "" libeigen3-dev)
  wengert_want_library(ceres ceres/ceres.h ceres libceres-dev)
  if(TARGET wengert_ipopt)
    # The headers of Ipopt 3.11 include <cstddef> only when told that it exists.
    target_compile_definitions(wengert_ipopt INTERFACE HAVE_CSTDDEF)
  endif()
  if(TARGET wengert_eigen)
    target_include_directories(wengert_eigen SYSTEM INTERFACE "${WENGERT_EIGEN_INCLUDE}/eigen3")
  endif()
  if(TARGET wengert_dlib)  # Debian's calls LAPACK and BLAS
    target_link_libraries(wengert_dlib INTERFACE blas)
  endif()
  if(TARGET wengert_ceres)  # its headers include Eigen's and glog's
    target_link_libraries(wengert_ceres INTERFACE wengert_eigen glog)
  endif()
  add_library(wengert_optimizers INTERFACE)
  foreach(name IN LISTS wengert_adapters)
    string(TOUPPER "WENGERT_HAVE_${name}" have)
    if(TARGET wengert_${name})
      target_link_libraries(wengert_optimizers INTERFACE wengert_${name})
      target_compile_definitions(wengert_optimizers INTERFACE ${have})
    endif()
  endforeach()
endfunction()

# The problems of known optima through the solvers that are there: bench/solvers prints them as a
# table, test/embed/solver_table_test.cc checks it. Not under sanitizers, where it takes minutes and
# shows of the adapters nothing that their own tests don't.
function(wengert_add_solver_table)
  wengert_want_optimizers()
  if(NOT TARGET wengert_solver_table AND NOT WENGERT_SANITIZE)
    wengert_add_internal_library(
      wengert_solver_table "${PROJECT_SOURCE_DIR}/bench/solver_table" wengert_optimizers
    )
  endif()
endfunction()

# Takes the tests of adapters out of the named list of sources where their library isn't installed.
function(wengert_filter_adapter_tests list)
  if(NOT TARGET wengert_solver_table)
    list(FILTER ${list} EXCLUDE REGEX "/embed/solver_table_test\\.cc$")
  endif()
  foreach(name IN LISTS wengert_adapters)
    if(NOT TARGET wengert_${name})
      list(FILTER ${list} EXCLUDE REGEX "/embed/${name}(_[a-z]+)*_test\\.cc$")
    endif()
  endforeach()
  set(${list} "${${list}}" PARENT_SCOPE)
endfunction()
