#ifndef BENCH_WORKLOADS_RANDOM_EXPRESSION_H_
#define BENCH_WORKLOADS_RANDOM_EXPRESSION_H_

// A random expression graph: operations of every kind on values drawn from those before them, with
// nothing that repeats. What there is to gain on it, a loop can't give.

#include <cstddef>
#include <random>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

class RandomExpression {
 public:
  // Of one to four operations a step.
  RandomExpression(size_t inputs, size_t steps) : inputs_(inputs) {
    std::mt19937_64 random(22);
    for (size_t size = inputs; size < inputs + steps; ++size) {
      const uint64_t bits = random();
      steps_.push_back(
          {static_cast<int>(bits % 10), Recent(bits >> 8, size), Recent(bits >> 36, size)});
    }
  }

  size_t n() const { return inputs_; }
  std::vector<double> x0() const { return Uniform(inputs_, 21, 0.5, 1.5); }

  // Values stay near 1, whatever the size: each step maps bounded values to bounded ones.
  template <class T>
  T operator()(const T* x) const {
    std::vector<T> values(x, x + inputs_);
    values.reserve(inputs_ + steps_.size());
    for (const Step& step : steps_) {
      values.push_back(Combined(step.kind, values[step.a], values[step.b]));
    }
    T sum = values[inputs_];
    for (size_t i = inputs_ + 1; i < values.size(); i += 5) sum += values[i];
    return sum + values.back();
  }

 private:
  struct Step {
    int kind;
    size_t a, b;
  };

  // One of the 64 values before, or, one time in four, of all of them.
  static size_t Recent(uint64_t bits, size_t size) {
    const bool any = bits % 4 == 0 || size <= 64;
    return any ? (bits >> 2) % size : size - 1 - (bits >> 2) % 64;
  }

  template <class T>
  static T Combined(int kind, const T& a, const T& b) {
    switch (kind) {
      case 0:
        return 0.6 * a + 0.4 * b;
      case 1:
        return a * b * 0.5 + 0.5;
      case 2:
        return (a + 1.0) / (b * b + 1.0);
      case 3:
        return sin(a) * b + 0.3;
      case 4:
        return sqrt(a * a + b * b + 0.1);
      case 5:
        return tanh(a - b) + 1.0;
      case 6:
        return log(1.5 + a * a);
      case 7:
        return exp(-0.5 * a * a) + 0.1 * b;
      case 8:
        return Kinks<T>::Max(a, b) * 0.9;
      default:
        return a - 0.25 * b;
    }
  }

  size_t inputs_;
  std::vector<Step> steps_;
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_RANDOM_EXPRESSION_H_
