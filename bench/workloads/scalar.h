#ifndef BENCH_WORKLOADS_SCALAR_H_
#define BENCH_WORKLOADS_SCALAR_H_

// What a workload asks of the scalar it is evaluated with, beside + - * /: the functions below,
// found by argument-dependent lookup for a class, and two kinks.

#include <cmath>

namespace bench {

using std::cos;
using std::erfc;
using std::exp;
using std::log;
using std::sin;
using std::sqrt;
using std::tanh;

// As a program writes them that knows nothing of differentiation: with a branch.
template <class T>
struct Branches {
  static T Relu(const T& a) {
    if (a > 0.0) return a;
    return T(0.0);
  }
  static T Max(const T& a, const T& b) {
    if (b > a) return b;
    return a;
  }
};

// A scalar whose replay can't follow a branch specialises this with operations of its own.
template <class T>
struct Kinks : Branches<T> {};

}  // namespace bench

#endif  // BENCH_WORKLOADS_SCALAR_H_
