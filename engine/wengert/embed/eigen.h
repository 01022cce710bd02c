#ifndef WENGERT_EMBED_EIGEN_H_
#define WENGERT_EMBED_EIGEN_H_

// Eigen, both ways. Var as its scalar: arithmetic, products with matrices of double,
// decompositions.
//
//    const auto f = wengert::RecordEigen([&](const auto& x) {       // x: a vector of Var
//      const auto r = a * x - b;                                    // a, b: of double
//      return r.dot((r * r.transpose() + identity).llt().solve(r));
//    }, x0);
//
// And Functions over its vectors (rows of matrices, too, which Function itself doesn't take), with
// sparse matrices that are views of what was computed:
//
//    Eigen::VectorXd g = wengert::Gradient(f, x);
//    wengert::EigenSparse h;
//    solver.compute(wengert::SparseHessian(f, x, h));
//
// What works with a scalar of Var, and how, is in embed/eigen_scalar.h.

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/derive/sparse.h"
#include "wengert/embed/eigen_scalar.h"
#include "wengert/function/function.h"
#include "wengert/tape/var.h"

namespace wengert {

// A matrix as Function writes it: row by row.
using RowMajorXd = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using EigenPoint = Eigen::Ref<const Eigen::VectorXd>;  // any vector; copied where it strides

namespace eigen_internal {

inline absl::Span<const double> AsSpan(const EigenPoint& x) {
  return {x.data(), static_cast<size_t>(x.size())};
}
inline absl::Span<double> AsSpan(Eigen::VectorXd& x) {
  return {x.data(), static_cast<size_t>(x.size())};
}
inline absl::Span<double> AsSpan(RowMajorXd& x) {
  return {x.data(), static_cast<size_t>(x.size())};
}
inline Eigen::Index IndexOf(size_t size) { return static_cast<Eigen::Index>(size); }

}  // namespace eigen_internal

// Records callable(x), where x is a vector of Var that can't be changed: to a Var, or to an
// expression of Vars, whose coefficients are the outputs, column by column.
template <class Callable>
Function RecordEigen(Callable callable, const EigenPoint& x0, FunctionOptions options = {}) {
  return Function::Record(
      [callable = std::move(callable)](absl::Span<const Var> x) mutable {
        const Eigen::Map<const VectorXVar> vector(x.data(), eigen_internal::IndexOf(x.size()));
        if constexpr (std::is_convertible_v<decltype(callable(vector)), Var>) {
          return Var(callable(vector));
        } else {
          const MatrixXVar y = callable(vector);
          return std::vector<Var>(y.data(), y.data() + y.size());
        }
      },
      eigen_internal::AsSpan(x0), options);
}

// f(x); and m values of it.
inline double Value(const Function& f, const EigenPoint& x) {
  return f.Value(eigen_internal::AsSpan(x));
}
inline Eigen::VectorXd Values(const Function& f, const EigenPoint& x) {
  Eigen::VectorXd values(eigen_internal::IndexOf(f.outputs()));
  f.Values(eigen_internal::AsSpan(x), eigen_internal::AsSpan(values));
  return values;
}

// The value; the gradient into a vector that is resized to n.
inline double Gradient(const Function& f, const EigenPoint& x, Eigen::VectorXd& gradient) {
  gradient.resize(eigen_internal::IndexOf(f.inputs()));
  return f.Gradient(eigen_internal::AsSpan(x), eigen_internal::AsSpan(gradient));
}
inline Eigen::VectorXd Gradient(const Function& f, const EigenPoint& x) {
  Eigen::VectorXd gradient;
  Gradient(f, x, gradient);
  return gradient;
}

// The m x n Jacobian and the n x n Hessian into a matrix that is resized.
inline void Jacobian(const Function& f, const EigenPoint& x, RowMajorXd& jacobian) {
  jacobian.resize(eigen_internal::IndexOf(f.outputs()), eigen_internal::IndexOf(f.inputs()));
  f.Jacobian(eigen_internal::AsSpan(x), eigen_internal::AsSpan(jacobian));
}
inline RowMajorXd Jacobian(const Function& f, const EigenPoint& x) {
  RowMajorXd jacobian;
  Jacobian(f, x, jacobian);
  return jacobian;
}
inline void Hessian(const Function& f, const EigenPoint& x, RowMajorXd& hessian) {
  hessian.resize(eigen_internal::IndexOf(f.inputs()), eigen_internal::IndexOf(f.inputs()));
  f.Hessian(eigen_internal::AsSpan(x), eigen_internal::AsSpan(hessian));
}
inline RowMajorXd Hessian(const Function& f, const EigenPoint& x) {
  RowMajorXd hessian;
  Hessian(f, x, hessian);
  return hessian;
}

// A sparse matrix that Eigen sees in place: its entries and columns are the CsrMatrix's own; only
// the row beginnings, which Eigen wants in ints, are kept beside them. At most 2^31 - 1 entries.
class EigenSparse {
 public:
  // Views of it.
  using ByRows = Eigen::Map<const Eigen::SparseMatrix<double, Eigen::RowMajor>>;
  using ByColumns = Eigen::Map<const Eigen::SparseMatrix<double>>;

  // What the sparse drivers of Function fill.
  CsrMatrix& matrix() { return matrix_; }

  // Valid until the matrix is filled again.
  ByRows Rows() {
    RefreshRowBegin();
    return {RowCount(), ColumnCount(), Entries(), row_begin_.data(), Columns(), Numbers()};
  }
  // The transpose, compressed by columns: of a Hessian, the same.
  ByColumns Transpose() {
    RefreshRowBegin();
    return {ColumnCount(), RowCount(), Entries(), row_begin_.data(), Columns(), Numbers()};
  }

 private:
  void RefreshRowBegin() {
    row_begin_.assign(matrix_.pattern.row_begin.begin(), matrix_.pattern.row_begin.end());
  }
  Eigen::Index RowCount() const { return eigen_internal::IndexOf(matrix_.pattern.rows()); }
  Eigen::Index ColumnCount() const { return eigen_internal::IndexOf(matrix_.pattern.columns); }
  Eigen::Index Entries() const { return eigen_internal::IndexOf(matrix_.pattern.size()); }
  // An int may be read through its unsigned type and the other way round.
  const int* Columns() const {
    return reinterpret_cast<const int*>(matrix_.pattern.column.data());  // NOLINT
  }
  const double* Numbers() const { return matrix_.values.data(); }

  CsrMatrix matrix_;
  std::vector<int> row_begin_;
};

// A view of `jacobian`, filled. Allocates only when the pattern is another.
inline EigenSparse::ByRows SparseJacobian(const Function& f, const EigenPoint& x,
                                          EigenSparse& jacobian) {
  f.SparseJacobian(eigen_internal::AsSpan(x), jacobian.matrix());
  return jacobian.Rows();
}

// Of the outputs' sum weighted by m numbers; both triangles.
inline EigenSparse::ByColumns SparseHessian(const Function& f, const EigenPoint& x,
                                            const EigenPoint& weights, EigenSparse& hessian) {
  f.SparseHessian(eigen_internal::AsSpan(x), eigen_internal::AsSpan(weights), hessian.matrix());
  return hessian.Transpose();
}
inline EigenSparse::ByColumns SparseHessian(const Function& f, const EigenPoint& x,
                                            EigenSparse& hessian) {
  return SparseHessian(f, x, Eigen::VectorXd::Ones(1), hessian);
}

}  // namespace wengert

#endif  // WENGERT_EMBED_EIGEN_H_
