#ifndef WENGERT_PROGRAM_COMPILED_TANGENT_H_
#define WENGERT_PROGRAM_COMPILED_TANGENT_H_

// The products that need tangents, as programs: y_dot = J v, and h = (the Hessian of w'y) v.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/program/compile.h"

namespace wengert::program {

class CompiledTangent {
 public:
  enum class Product { kJvp, kHvp };

  // As Compiled::Compile. The tape is rolled up again, so that a program that only ever gives
  // gradients doesn't keep what these are made from.
  static absl::StatusOr<std::unique_ptr<const CompiledTangent>> Compile(
      Product product, const Tape& tape, size_t n, absl::Span<const Operand> dependents,
      const CompileOptions& options = {});

  std::unique_ptr<Machine::Workspace> MakeWorkspace() const { return machine_->MakeWorkspace(); }

  // `inputs` are all independents; v has n numbers, y_dot m. Each answers whether all guards held
  // and all results are finite; if not, they don't count.
  bool Jvp(absl::Span<const double> inputs, absl::Span<const double> v,
           Machine::Workspace& workspace, absl::Span<double> y_dot) const;
  // w has m numbers, v and h n.
  bool Hvp(absl::Span<const double> inputs, absl::Span<const double> w, absl::Span<const double> v,
           Machine::Workspace& workspace, absl::Span<double> h) const;

  size_t bytes() const { return machine_->bytes(); }
  double scalar_share() const { return machine_->scalar_share(); }

 private:
  CompiledTangent() = default;
  void SetPoint(absl::Span<const double> inputs, absl::Span<const double> v,
                Machine::Workspace& workspace) const;

  std::unique_ptr<const Machine> machine_;
  size_t outputs_ = 0;       // m
  Cell tangents_ = 0;        // the first input's tangent
  Cell adjoints_ = 0;        // the first input's adjoint
  std::vector<Cell> seeds_;  // of the outputs' tangents
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_COMPILED_TANGENT_H_
