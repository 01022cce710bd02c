#ifndef BENCH_PEERS_LIBRARY_H_
#define BENCH_PEERS_LIBRARY_H_

// What an adapter makes of a library: the two ways a program asks for a gradient. An adapter is a
// class template on the workload, derived from Differentiator, in a file of its own that is built
// only where its library is found and adds itself to Libraries().

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "bench/workloads/suite.h"

namespace bench {

class Differentiator {
 public:
  virtual ~Differentiator() = default;

  // Records the function afresh at x and sweeps; returns the value. Memory is reused.
  virtual double RecordGradient(const double* x, double* gradient) = 0;

  // The same from a recording that was made once, at another point. Only of a library that replays.
  virtual double ReplayGradient(const double* x, double* gradient) = 0;
};

struct Library {
  bool replays;
  std::function<std::unique_ptr<Differentiator>(const AnyWorkload&)> make;
};

// By name; those that were built into this program.
inline std::map<std::string, Library>& Libraries() {
  static std::map<std::string, Library> libraries;
  return libraries;
}

template <template <class> class Adapter>
bool AddLibrary(const std::string& name, bool replays) {
  Libraries()[name] = {replays, [](const AnyWorkload& any) {
                         return std::visit(
                             [](const auto& workload) -> std::unique_ptr<Differentiator> {
                               using Workload = std::decay_t<decltype(workload)>;
                               return std::make_unique<Adapter<Workload>>(workload);
                             },
                             any);
                       }};
  return true;
}

}  // namespace bench

#endif  // BENCH_PEERS_LIBRARY_H_
