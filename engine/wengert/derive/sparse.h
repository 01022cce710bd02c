#ifndef WENGERT_DERIVE_SPARSE_H_
#define WENGERT_DERIVE_SPARSE_H_

// Sparse Jacobians and Hessians. What doesn't depend on the point is planned once: the pattern, a
// coloring of it, and where each entry is found in the products of the colors' sums. A plan then
// serves every point of its tape: ceil(colors / 8) sweeps, and no allocation once the workspace is
// warm. Memory is proportional to the nodes and the entries. The rules of products.h hold, and:
//   - a plan also serves another recording of the same operations; that the tape has as many nodes
//     and inputs as the plan's and the dependents are the same nodes is checked, else UsageError;
//   - what isn't in the pattern is zero at every point and for every seed, NaN included.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/results.h"
#include "wengert/derive/workspace.h"
#include "wengert/sweep/sparsity.h"
#include "wengert/tape/tape.h"

namespace wengert {

namespace derive_internal {
struct Recording;
}

// Compressed rows: values[k] belongs to pattern.column[k].
struct CsrMatrix {
  SparsityPattern pattern;     // where its entries are
  std::vector<double> values;  // of the entries

  // The entry, zero outside the pattern. O(log entries of the row).
  double At(size_t i, size_t j) const;
  // Copies it only if it is another.
  void SetPattern(const SparsityPattern& other) {
    if (pattern != other) pattern = other;
    values.resize(pattern.size());
  }
};

// Where an entry is found: in the product of a color, at an input or dependent.
struct EntrySource {
  size_t entry;    // its index
  uint32_t color;  // of the product
  uint32_t at;     // the place in it
};

// The function that a plan was made for: as many nodes and inputs, and the same dependents.
struct PlannedFunction {
  size_t nodes = 0, inputs = 0;     // of its tape
  std::vector<Operand> dependents;  // what it gives
};

struct JacobianPlan {           // What SparseJacobian needs beside numbers.
  SparsityPattern pattern;      // m rows, n columns
  bool by_columns;              // colors are of columns (tangent sweeps), else of rows (adjoints)
  std::vector<uint32_t> color;  // of each column or row
  uint32_t colors;              // as many products
  PlannedFunction function;     // that it is for
  std::vector<EntrySource> sources;  // by color
};

// By columns where the longest row is no longer than the longest column, else by rows: that length
// is the least number of colors, and greedy coloring is mostly close to it. One dense row and one
// dense column together need as many colors as a dense matrix.
JacobianPlan PlanJacobian(const Tape& tape, absl::Span<const Var> dependents);

// values: plan.pattern.size() numbers.
void SparseJacobian(const Tape& tape, absl::Span<const Var> dependents, const JacobianPlan& plan,
                    Results values, Workspace& workspace);

CsrMatrix SparseJacobian(const Tape& tape, absl::Span<const Var> dependents);  // plans, too

enum class HessianColoring {  // How entries are found.
  kStar,                      // every entry is read off a product
  kAcyclic,  // mostly fewer colors; entries by substitution, with its rounding errors
};

struct HessianOptions {                               // Of a plan.
  HessianColoring coloring = HessianColoring::kStar;  // how entries are found
  bool lower_triangle = false;                        // only entries with column <= row
};

// A step of substitution: entry {leaf, parent} is the leaf's number in the product of the parent's
// color, less the sum of the leaf's entries that were found before.
struct Substitution {
  size_t leaf_sum, parent_sum;      // where those sums are kept
  size_t lower_entry, upper_entry;  // of the matrix
};

struct HessianPlan {                        // What SparseHessian needs beside numbers.
  SparsityPattern pattern;                  // n rows and columns
  HessianOptions options;                   // that it was made by
  std::vector<uint32_t> color;              // of each column
  uint32_t colors;                          // as many products
  PlannedFunction function;                 // that it is for
  std::vector<EntrySource> sources;         // by color; kAcyclic: the diagonal only
  std::vector<Substitution> substitutions;  // leaves first
  std::vector<EntrySource> leaf_numbers;    // by color, of the substitution that is their `entry`
  size_t sums;                              // that are kept
};

// The pattern is that of the Hessian of any weighted sum of the dependents.
HessianPlan PlanHessian(const Tape& tape, absl::Span<const Var> dependents,
                        HessianOptions options = {});

// The Hessian of sum_i weights[i] f_i, as a Lagrangian needs it, in one set of sweeps.
// values: plan.pattern.size() numbers. Symmetric to the last bit.
void SparseHessian(const Tape& tape, absl::Span<const Var> dependents,
                   absl::Span<const double> weights, const HessianPlan& plan, Results values,
                   Workspace& workspace);
// The same, with a plan that is made for it.
CsrMatrix SparseHessian(const Tape& tape, const Var& root, HessianOptions options = {});

// The same for a recording and a point that the caller keeps: what Function calls.
JacobianPlan PlanJacobian(const derive_internal::Recording& f);
void SparseJacobian(const derive_internal::Recording& f, const JacobianPlan& plan, Results values,
                    Workspace& workspace);
HessianPlan PlanHessian(const derive_internal::Recording& f, HessianOptions options);
void SparseHessian(const derive_internal::Recording& f, absl::Span<const double> weights,
                   const HessianPlan& plan, Results values, Workspace& workspace);

}  // namespace wengert

#endif  // WENGERT_DERIVE_SPARSE_H_
