#include "wengert/program/compiled_tangent.h"

#include <algorithm>
#include <utility>

#include "wengert/program/clean_bodies.h"
#include "wengert/program/differentiate.h"
#include "wengert/program/fission.h"
#include "wengert/program/roll_tape.h"
#include "wengert/program/tangent.h"

namespace wengert::program {

absl::StatusOr<std::unique_ptr<const CompiledTangent>> CompiledTangent::Compile(
    Product product, const Tape& tape, size_t n, absl::Span<const Operand> dependents,
    const CompileOptions& options) try {
  absl::StatusOr<RolledTape> rolled = RollTape(tape, dependents, options.min_coverage);
  if (!rolled.ok()) return rolled.status();
  const bool is_hvp = product == Product::kHvp;
  const auto active_inputs = static_cast<uint32_t>(n);
  TangentBlocks tangent = WithTangents(rolled->blocks, {active_inputs, is_hvp});

  std::unique_ptr<CompiledTangent> compiled(new CompiledTangent());
  compiled->outputs_ = dependents.size();
  compiled->tangents_ = CellOfInput(0) + tangent.shift;
  DifferentiatedBlocks program;
  if (is_hvp) {
    program = Differentiate(tangent.blocks, {active_inputs, false, dependents.size()});
    compiled->seeds_ = program.seeds;
    compiled->adjoints_ = CellOfInput(0) + program.shift;
  } else {
    program.blocks = std::move(tangent.blocks);
  }
  SplitRecurrences(program.blocks);
  CleanBodies(program.blocks);
  auto machine =
      Machine::Build(std::move(program.blocks), program.zeroed, {options.kernels, options.threads});
  if (!machine.ok()) return machine.status();
  compiled->machine_ = std::make_unique<const Machine>(*std::move(machine));
  return compiled;
} catch (const TooLarge& too_large) {
  return too_large.status();
}

void CompiledTangent::SetPoint(absl::Span<const double> inputs, absl::Span<const double> v,
                               Machine::Workspace& workspace) const {
  std::copy(inputs.begin(), inputs.end(), workspace.memory() + CellOfInput(0));
  std::copy(v.begin(), v.end(), workspace.memory() + tangents_);
}

bool CompiledTangent::Jvp(absl::Span<const double> inputs, absl::Span<const double> v,
                          Machine::Workspace& workspace, absl::Span<double> y_dot) const {
  SetPoint(inputs, v, workspace);
  if (!machine_->Run(workspace)) return false;
  double zeros = 0.0;  // x * 0 is 0 only of a finite x
  for (size_t i = 0; i < outputs_; ++i) {
    const double* const memory = workspace.memory();
    y_dot[i] = memory[machine_->blocks().outputs[outputs_ + i]];
    zeros += memory[machine_->blocks().outputs[i]] * 0.0 + y_dot[i] * 0.0;
  }
  return zeros == 0.0;
}

bool CompiledTangent::Hvp(absl::Span<const double> inputs, absl::Span<const double> w,
                          absl::Span<const double> v, Machine::Workspace& workspace,
                          absl::Span<double> h) const {
  SetPoint(inputs, v, workspace);
  for (size_t i = 0; i < outputs_; ++i) {
    workspace.memory()[seeds_[i]] = w[i];
  }
  if (!machine_->Run(workspace)) return false;
  return machine_->kernels().copy(workspace.memory() + adjoints_, 1.0, h.size(), h.data());
}

}  // namespace wengert::program
