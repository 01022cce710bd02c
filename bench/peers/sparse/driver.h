#ifndef BENCH_PEERS_SPARSE_DRIVER_H_
#define BENCH_PEERS_SPARSE_DRIVER_H_

// What an adapter makes of a library's sparse drivers: a pattern and a coloring once, the entries
// of the Hessian or the Jacobian at every point. It adds itself to SparseLibraries() and is built
// only where its library is found.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "bench/workloads/bundle_adjustment.h"
#include "bench/workloads/gaussian_mixture.h"
#include "bench/workloads/rosenbrock.h"

namespace bench {

// The residuals of W5 as a function to R^m.
struct BundleResiduals : BundleAdjustment {
  explicit BundleResiduals(const BundleAdjustment& base) : BundleAdjustment(base) {}
};

using SparseWorkload = std::variant<Rosenbrock, GaussianMixture, BundleAdjustment, BundleResiduals>;

// The dependents of a workload, one or several.
template <class Workload, class T>
std::vector<T> DependentsOf(const Workload& workload, const T* x) {
  if constexpr (std::is_same_v<Workload, BundleResiduals>) {
    return workload.Residuals(x);
  } else {
    return {workload(x)};
  }
}

// An entry at (row, column). A Hessian is its lower triangle.
using Entries = std::map<std::pair<size_t, size_t>, double>;

class SparseDriver {
 public:
  virtual ~SparseDriver() = default;
  virtual void Plan() = 0;                     // the pattern and the coloring of what was recorded
  virtual void Evaluate(const double* x) = 0;  // the entries at x
  virtual Entries entries() const = 0;         // of the last call
};

// Null if the workload is too large.
using MakeSparseDriver = std::function<std::unique_ptr<SparseDriver>(const SparseWorkload&)>;

inline std::map<std::string, MakeSparseDriver>& SparseLibraries() {
  static std::map<std::string, MakeSparseDriver> libraries;
  return libraries;
}

// A library makes no driver for a workload with more inputs than it can hold.
template <template <class> class Adapter>
bool AddSparseLibrary(const std::string& name, size_t most_inputs = 1000000) {
  SparseLibraries()[name] = [most_inputs](const SparseWorkload& any) {
    return std::visit(
        [&](const auto& workload) -> std::unique_ptr<SparseDriver> {
          if (workload.x0().size() > most_inputs) return nullptr;
          return std::make_unique<Adapter<std::decay_t<decltype(workload)>>>(workload);
        },
        any);
  };
  return true;
}

}  // namespace bench

#endif  // BENCH_PEERS_SPARSE_DRIVER_H_
