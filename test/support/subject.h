#ifndef WENGERT_TEST_SUPPORT_SUBJECT_H_
#define WENGERT_TEST_SUPPORT_SUBJECT_H_

// A function whose derivatives are checked: on its tape, with the vectors that products are tried
// with and its dense derivatives, which everything else is compared with.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "test/support/functions.h"
#include "wengert/derive/dense.h"
#include "wengert/derive/products.h"
#include "wengert/derive/sparse.h"

namespace wengert::testing {

using Vector = std::vector<double>;

inline Vector RandomVector(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  Vector v(size);
  for (double& each : v) each = uniform(random);
  return v;
}

inline double MaxAbs(const Vector& v) {
  double max = 0;
  for (double each : v) max = std::max(max, std::abs(each));
  return max;
}

// Entries agree to some ulp of the largest: another order of the same sums.
inline void ExpectRounded(const Vector& a, const Vector& b, const char* what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  const double tolerance = 256 * std::numeric_limits<double>::epsilon() * MaxAbs(b);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << what << " " << i;
}

inline Vector DenseOf(const CsrMatrix& matrix) {
  Vector dense;
  for (size_t i = 0; i < matrix.pattern.rows(); ++i) {
    for (size_t j = 0; j < matrix.pattern.columns; ++j) dense.push_back(matrix.At(i, j));
  }
  return dense;
}

// The function under test on its tape, the vectors it is tried with, and its dense derivatives.
struct Subject {
  Subject(const VectorFunction& f, const Vector& point)
      : x(point),
        y(f(tape.Inputs(point))),
        n(point.size()),
        m(y.size()),
        v(RandomVector(n, 1)),
        w(RandomVector(m, 2)),
        jacobian(m * n),
        hessian(n * n) {
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    Hessian(tape, y, w, absl::MakeSpan(hessian), workspace);
  }

  Vector JvpOf(const Vector& directions) {
    Vector y_dot(directions.size() / n * m);
    Jvp(tape, y, directions, absl::MakeSpan(y_dot), workspace);
    return y_dot;
  }
  Vector VjpOf(const Vector& seeds) {
    Vector x_bar(seeds.size() / m * n);
    Vjp(tape, y, seeds, absl::MakeSpan(x_bar), workspace);
    return x_bar;
  }
  Vector HvpOf(const Vector& directions) {
    Vector h(directions.size());
    Hvp(tape, y, w, directions, absl::MakeSpan(h), workspace);
    return h;
  }

  Tape tape;
  Workspace workspace;
  Vector x;
  std::vector<Var> y;
  size_t n, m;
  Vector v, w, jacobian, hessian;
};

// The engines, which are made for a function and evaluate it anywhere: compiled programs, batches
// and Function with its tiers, in lanes of every width that this machine has.
void CheckPrograms(Subject& subject);
void CheckBatches(Subject& subject);
void CheckFunctions(const VectorFunction& f, Subject& subject);

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_SUBJECT_H_
