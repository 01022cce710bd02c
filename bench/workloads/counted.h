#ifndef BENCH_WORKLOADS_COUNTED_H_
#define BENCH_WORKLOADS_COUNTED_H_

// How many elementary operations a workload has: the divisor of every "per operation" figure. Each
// + - * / and negation counts, and each call of a function; a choice (relu, max) doesn't, and
// neither does arithmetic among the data.

#include <cstddef>
#include <vector>

#include "bench/workloads/scalar.h"

namespace bench {

struct OperationCount {
  size_t operations = 0;
  size_t calls = 0;  // of the operations
};

// A number that counts what is done to it.
class Counted {
 public:
  Counted() = default;
  Counted(double value) : value_(value) {}  // NOLINT(google-explicit-constructor)

  friend Counted operator+(Counted a, Counted b) { return Operation(a.value_ + b.value_); }
  friend Counted operator-(Counted a, Counted b) { return Operation(a.value_ - b.value_); }
  friend Counted operator*(Counted a, Counted b) { return Operation(a.value_ * b.value_); }
  friend Counted operator/(Counted a, Counted b) { return Operation(a.value_ / b.value_); }
  friend Counted operator-(Counted a) { return Operation(-a.value_); }
  Counted& operator+=(Counted b) { return *this = *this + b; }
  friend bool operator>(Counted a, Counted b) { return a.value_ > b.value_; }

  friend Counted exp(Counted a) { return Call(std::exp(a.value_)); }
  friend Counted log(Counted a) { return Call(std::log(a.value_)); }
  friend Counted sqrt(Counted a) { return Call(std::sqrt(a.value_)); }
  friend Counted sin(Counted a) { return Call(std::sin(a.value_)); }
  friend Counted cos(Counted a) { return Call(std::cos(a.value_)); }
  friend Counted tanh(Counted a) { return Call(std::tanh(a.value_)); }
  friend Counted erfc(Counted a) { return Call(std::erfc(a.value_)); }

  static inline thread_local OperationCount count;

 private:
  static Counted Operation(double value) {
    ++count.operations;
    return value;
  }
  static Counted Call(double value) {
    ++count.calls;
    return Operation(value);
  }

  double value_ = 0.0;
};

template <class Workload>
OperationCount CountOperations(const Workload& workload) {
  const std::vector<double> x0 = workload.x0();
  const std::vector<Counted> x(x0.begin(), x0.end());
  Counted::count = {};
  workload(x.data());
  return Counted::count;
}

}  // namespace bench

#endif  // BENCH_WORKLOADS_COUNTED_H_
