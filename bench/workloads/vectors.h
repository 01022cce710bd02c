#ifndef BENCH_WORKLOADS_VECTORS_H_
#define BENCH_WORKLOADS_VECTORS_H_

// Functions as they are written by who thinks in vectors, and long chains of one operation. Made-up
// data, the same on every platform.

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "wengert/wengert.h"

namespace bench {

inline std::vector<double> VectorNumbers(size_t count) {
  std::mt19937 random(17);
  std::vector<double> numbers(count);
  for (double& each : numbers) each = 0.7 + 0.6 * static_cast<double>(random() % 100000) / 1e5;
  return numbers;
}

// Squared residuals of a exp(-b t) + c, in one loop or in two or three, each over all points.
class Fit {
 public:
  Fit(size_t points, size_t loops) : loops_(loops), y_(VectorNumbers(points)) {}

  size_t n() const { return 3; }
  std::vector<double> x0() const { return {1.1, 0.7, 0.2}; }

  template <class T>
  T operator()(const T* x) const {
    using std::exp;
    const auto decay = [&](size_t i) {
      return exp(-x[1] * (static_cast<double>(i) / static_cast<double>(y_.size())));
    };
    std::vector<T> decays, residuals;
    T sum = 0.0;
    for (size_t i = 0; loops_ == 3 && i < y_.size(); ++i) decays.push_back(decay(i));
    const auto residual = [&](size_t i) {
      return x[0] * (loops_ == 3 ? decays[i] : decay(i)) + x[2] - y_[i];
    };
    for (size_t i = 0; loops_ > 1 && i < y_.size(); ++i) residuals.push_back(residual(i));
    for (size_t i = 0; i < y_.size(); ++i) {
      const T r = loops_ > 1 ? residuals[i] : residual(i);
      sum += r * r;
    }
    return sum;
  }

 private:
  size_t loops_;
  std::vector<double> y_;
};

// t = v w, then the product of t and v: the first loop's operations run into the second's.
class WeightedDot {
 public:
  explicit WeightedDot(size_t n) : w_(VectorNumbers(n)) {}

  size_t n() const { return w_.size(); }
  std::vector<double> x0() const { return w_; }

  template <class T>
  T operator()(const T* x) const {
    std::vector<T> t;
    for (size_t i = 0; i < w_.size(); ++i) t.push_back(x[i] * w_[i]);
    T sum = 0.0;
    for (size_t i = 0; i < w_.size(); ++i) sum += t[i] * x[i];
    return sum;
  }

 private:
  std::vector<double> w_;
};

// A chain of one operation over terms; of factors that are near 1.
template <class Next>
class ChainOf {
 public:
  explicit ChainOf(size_t n) : n_(n) {}

  size_t n() const { return n_; }
  std::vector<double> x0() const { return VectorNumbers(n_); }

  template <class T>
  T operator()(const T* x) const {
    T chain = Next::kStart;
    for (size_t i = 0; i < n_; ++i) chain = Next::Of(chain, T(x[i] * x[i] - Next::kPart * x[i]));
    return chain;
  }

 private:
  size_t n_;
};

struct Added {
  static constexpr double kStart = 0.0, kPart = 0.5;
  template <class T>
  static T Of(const T& chain, const T& term) {
    return chain + term;
  }
};

struct Largest {
  static constexpr double kStart = -std::numeric_limits<double>::infinity(), kPart = 0.5;
  template <class T>
  static T Of(const T& chain, const T& term) {
    using wengert::real::max;
    return max(chain, term);
  }
};

struct Multiplied {
  static constexpr double kStart = 1.0, kPart = 0.03;
  template <class T>
  static T Of(const T& chain, const T& term) {
    return chain * term;
  }
};

struct Normed {
  static constexpr double kStart = 0.0, kPart = 0.5;
  template <class T>
  static T Of(const T& chain, const T& term) {
    using std::hypot;
    return hypot(chain, term);
  }
};

struct LogAdded {
  static constexpr double kStart = -std::numeric_limits<double>::infinity(), kPart = 0.5;
  template <class T>
  static T Of(const T& chain, const T& term) {
    using wengert::logaddexp;
    return logaddexp(chain, term);
  }
};

using SumOf = ChainOf<Added>;
using MaxOf = ChainOf<Largest>;
using ProductOf = ChainOf<Multiplied>;
using NormOf = ChainOf<Normed>;
using LogAddExpOf = ChainOf<LogAdded>;

// By the largest term, and a sum of what is left of the others beside it.
class LogSumExpOf {
 public:
  explicit LogSumExpOf(size_t n) : n_(n) {}

  size_t n() const { return n_; }
  std::vector<double> x0() const { return VectorNumbers(n_); }

  template <class T>
  T operator()(const T* x) const {
    using std::exp;
    using std::log;
    const T largest = MaxOf(n_)(x);
    T sum = 0.0;
    for (size_t i = 0; i < n_; ++i) sum += exp(x[i] * x[i] - 0.5 * x[i] - largest);
    return largest + log(sum);
  }

 private:
  size_t n_;
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_VECTORS_H_
