#ifndef BENCH_PEERS_TMB_PRELUDE_H_
#define BENCH_PEERS_TMB_PRELUDE_H_

// CppAD and TMBad as the R package TMB ships them expect these from the package's own main header,
// which needs R. TMB's CppAD also doesn't compile with its assertions on.

#include <cstdlib>
#include <iostream>

#ifndef NDEBUG
#define NDEBUG
#endif

namespace {
[[maybe_unused]] std::ostream& Rcout = std::cout;
[[maybe_unused]] std::ostream& Rcerr = std::cerr;
}  // namespace

template <class T>
struct isDouble {
  enum { value = false };
};
template <>
struct isDouble<double> {
  enum { value = true };
};

#define CSKIP(...) __VA_ARGS__
#define TMB_EXTERN
#define TMBAD_ASSERT(condition) TMBAD_ASSERT2(condition, "")
#define TMBAD_ASSERT2(condition, message) \
  do {                                    \
    if (!(condition)) std::abort();       \
  } while (false)

#endif  // BENCH_PEERS_TMB_PRELUDE_H_
