#ifndef WENGERT_EMBED_EIGEN_SCALAR_H_
#define WENGERT_EMBED_EIGEN_SCALAR_H_

// Var as a scalar of Eigen: expressions, products with matrices of double on either side, fixed and
// dynamic sizes, LU, Cholesky, QR, eigenvalues, singular values.
//
// A product is recorded coefficient by coefficient as a sum of products in order, without the
// blocks and packets that Eigen has for numbers: that leaves the loops which a Function rolls up.
// Pivoting compares, and so does convergence: each comparison is a guard, and a Function that
// pivots in another way at another point has another recording for it.
//
// What Eigen has for one scalar type only, such as solving a double decomposition for a matrix (not
// a vector) of Var, needs cast<Var>().

#include <Eigen/Core>
#include <type_traits>

#include "wengert/tape/record.h"
#include "wengert/tape/var.h"

namespace wengert {

// Dynamic sizes, as VectorXd and MatrixXd have them.
using VectorXVar = Eigen::Matrix<Var, Eigen::Dynamic, 1>;
using MatrixXVar = Eigen::Matrix<Var, Eigen::Dynamic, Eigen::Dynamic>;

}  // namespace wengert

namespace Eigen {

template <>
struct NumTraits<wengert::Var> : GenericNumTraits<wengert::Var> {
  using Real = wengert::Var;
  using NonInteger = wengert::Var;
  using Nested = wengert::Var;
  using Literal = double;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 1,
    AddCost = 4,
    MulCost = 4
  };
  static Real epsilon() { return NumTraits<double>::epsilon(); }
  static Real dummy_precision() { return NumTraits<double>::dummy_precision(); }
  static Real highest() { return NumTraits<double>::highest(); }
  static Real lowest() { return NumTraits<double>::lowest(); }
  static Real infinity() { return NumTraits<double>::infinity(); }
  static Real quiet_NaN() { return NumTraits<double>::quiet_NaN(); }
  static int digits10() { return NumTraits<double>::digits10(); }
};

template <class Operation>
struct ScalarBinaryOpTraits<wengert::Var, double, Operation> {
  using ReturnType = wengert::Var;
};
template <class Operation>
struct ScalarBinaryOpTraits<double, wengert::Var, Operation> {
  using ReturnType = wengert::Var;
};

namespace internal {

// x.cast<double>(): the primals. A plain read, see tape/reads.h.
template <>
struct cast_impl<wengert::Var, double> {
  static double run(const wengert::Var& x) { return x.value(); }
};

template <class Lhs, class Rhs>
concept HaveVar = std::is_same_v<typename Lhs::Scalar, wengert::Var> ||
    std::is_same_v<typename Rhs::Scalar, wengert::Var>;

template <class Lhs, class Rhs>
struct recorded_product
    : generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, CoeffBasedProductMode> {
  template <class Destination>
  static void scaleAndAddTo(Destination& destination, const Lhs& a, const Rhs& b,
                            const wengert::Var& factor) {
    destination += factor * a.lazyProduct(b);
  }
};

template <class Lhs, class Rhs>
requires HaveVar<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemmProduct>
    : recorded_product<Lhs, Rhs> {
};
template <class Lhs, class Rhs>
requires HaveVar<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemvProduct>
    : recorded_product<Lhs, Rhs> {
};

}  // namespace internal
}  // namespace Eigen

#endif  // WENGERT_EMBED_EIGEN_SCALAR_H_
