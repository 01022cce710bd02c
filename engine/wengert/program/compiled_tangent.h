#ifndef WENGERT_PROGRAM_COMPILED_TANGENT_H_
#define WENGERT_PROGRAM_COMPILED_TANGENT_H_

// Products as programs, several at once: y_dot = J v, x_bar = J'w, and h = (the Hessian of w'y) v.
// Directions v share values, partials and adjoints, weights w values and partials.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/program/compile.h"
#include "wengert/program/differentiate.h"
#include "wengert/program/tangent.h"

namespace wengert::program {

class CompiledTangent {
 public:
  enum class Product { kJvp, kVjp, kHvp };

  // As Compiled::Compile. The tape is rolled up again, so that a program that only ever gives
  // gradients doesn't keep what these are made from.
  static absl::StatusOr<std::unique_ptr<const CompiledTangent>> Compile(
      Product product, const Tape& tape, size_t n, absl::Span<const Operand> dependents,
      const CompileOptions& options = {});

  std::unique_ptr<Machine::Workspace> MakeWorkspace() const { return machine_->MakeWorkspace(); }

  uint32_t directions() const { return directions_; }

  // `inputs` are all independents; v has n numbers, y_dot m; or rows of so many, a direction each,
  // at most directions(). Each answers whether all guards held and all results are finite; if not,
  // they don't count.
  bool Jvp(absl::Span<const double> inputs, absl::Span<const double> v,
           Machine::Workspace& workspace, absl::Span<double> y_dot) const;
  // w has m numbers, x_bar n, or rows of so many.
  bool Vjp(absl::Span<const double> inputs, absl::Span<const double> w,
           Machine::Workspace& workspace, absl::Span<double> x_bar) const;
  // w has m numbers, v and h n, or rows of so many.
  bool Hvp(absl::Span<const double> inputs, absl::Span<const double> w, absl::Span<const double> v,
           Machine::Workspace& workspace, absl::Span<double> h) const;

  size_t bytes() const { return machine_->bytes(); }
  double scalar_share() const { return machine_->scalar_share(); }

 private:
  CompiledTangent() = default;
  Blocks WriteJvps(const Blocks& primal);
  Blocks WriteVjps(const Blocks& primal, CellRange& zeroed);
  Blocks WriteHvp(const Blocks& primal, CellRange& zeroed);
  Blocks WriteHvps(const Blocks& primal, CellRange& zeroed);
  Blocks TangentsOf(const DifferentiatedBlocks& gradient, const TangentOptions& options);
  bool HasFiniteOutputs(const double* memory) const;
  bool TakeProducts(const double* memory, double scale, absl::Span<double> rows) const;
  void SetPoint(absl::Span<const double> inputs, absl::Span<const double> v,
                Machine::Workspace& workspace) const;

  std::unique_ptr<const Machine> machine_;
  uint32_t directions_ = 1;
  uint32_t n_ = 0;
  size_t outputs_ = 0;  // m
  Cell shift_ = 0;      // from the tangent in one direction to that in the next
  Cell tangents_ = 0;   // the first input's tangent in the first direction
  Cell products_ = 0;   // the first number of the first product with a Hessian or J'
  Cell adjoints_ = 0;   // the first input's adjoint; 0: there is none beside the product
  std::vector<Cell>
      seeds_;  // for the outputs' first weights; none: the product is scaled by the only one
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_COMPILED_TANGENT_H_
