#include "wengert/program/compiled_tangent.h"

#include <algorithm>
#include <utility>

#include "wengert/program/clean_bodies.h"
#include "wengert/program/fission.h"
#include "wengert/program/roll_tape.h"

namespace wengert::program {

Blocks CompiledTangent::WriteJvps(const Blocks& primal) {
  TangentBlocks tangent = WithTangents(primal, {CellsOfInputs(n_), false, directions_});
  shift_ = tangent.shift;
  tangents_ = CellOfInput(0) + shift_;
  return std::move(tangent.blocks);
}

// The gradient with one seed, and its tangents in the seeds, which are those with others.
Blocks CompiledTangent::WriteVjps(const Blocks& primal, CellRange& zeroed) {
  const DifferentiatedBlocks gradient = Differentiate(primal, {n_});
  zeroed = gradient.zeroed;
  products_ = CellOfInput(0) + gradient.shift;
  seeds_ = gradient.seeds;
  return TangentsOf(gradient, {gradient.seeds, false, directions_ - 1});
}

// The gradient of the tangent: reverse over forward.
Blocks CompiledTangent::WriteHvp(const Blocks& primal, CellRange& zeroed) {
  const TangentBlocks tangent = WithTangents(primal, {CellsOfInputs(n_), true});
  DifferentiatedBlocks program = Differentiate(tangent.blocks, {n_, false, outputs_});
  tangents_ = CellOfInput(0) + tangent.shift;
  products_ = CellOfInput(0) + program.shift;
  seeds_ = std::move(program.seeds);
  zeroed = program.zeroed;
  return std::move(program.blocks);
}

// The tangents of the gradient: forward over reverse, where one reverse serves all directions.
Blocks CompiledTangent::WriteHvps(const Blocks& primal, CellRange& zeroed) {
  const DifferentiatedBlocks gradient = Differentiate(primal, {n_, outputs_ == 1});
  zeroed = gradient.zeroed;
  adjoints_ = CellOfInput(0) + gradient.shift;
  seeds_ = gradient.seeds;
  Blocks blocks = TangentsOf(gradient, {CellsOfInputs(n_), false, directions_});
  tangents_ = CellOfInput(0) + shift_;
  products_ = adjoints_ + shift_;
  return blocks;
}

// What a gradient clears before it begins, its tangents clear, too.
Blocks CompiledTangent::TangentsOf(const DifferentiatedBlocks& gradient,
                                   const TangentOptions& options) {
  TangentBlocks tangent = WithTangents(gradient.blocks, options);
  shift_ = tangent.shift;
  for (uint32_t d = 1; d <= options.directions; ++d) {
    const CellRange tangents = {gradient.zeroed.begin + d * shift_,
                                gradient.zeroed.end + d * shift_};
    tangent.blocks.blocks.front().zeroed.push_back(tangents);
  }
  return std::move(tangent.blocks);
}

absl::StatusOr<std::unique_ptr<const CompiledTangent>> CompiledTangent::Compile(
    Product product, const Tape& tape, size_t n, absl::Span<const Operand> dependents,
    const CompileOptions& options) try {
  absl::StatusOr<RolledTape> rolled =
      RollTape(tape, dependents, {.only_if_faster = options.only_if_faster, .trees = false});
  if (!rolled.ok()) return rolled.status();
  std::unique_ptr<CompiledTangent> compiled(new CompiledTangent());
  compiled->directions_ = options.directions;
  compiled->n_ = static_cast<uint32_t>(n);
  compiled->outputs_ = dependents.size();
  CellRange zeroed{};
  Blocks blocks;
  if (product == Product::kJvp) {
    blocks = compiled->WriteJvps(rolled->blocks);
  } else if (product == Product::kVjp) {
    blocks = compiled->WriteVjps(rolled->blocks, zeroed);
  } else if (options.directions == 1) {
    blocks = compiled->WriteHvp(rolled->blocks, zeroed);
  } else {
    blocks = compiled->WriteHvps(rolled->blocks, zeroed);
  }
  SplitRecurrences(blocks);
  CleanBodies(blocks);
  auto machine = Machine::Build(std::move(blocks), zeroed, {options.kernels, options.threads});
  if (!machine.ok()) return machine.status();
  compiled->machine_ = std::make_unique<const Machine>(*std::move(machine));
  if (options.only_if_faster && product != Product::kVjp) {
    const TapeCost& tape_cost = rolled->tape_cost;
    const TapeCost::Sweeps by_tape = product == Product::kJvp ? tape_cost.jvp() : tape_cost.hvp();
    const double cost = compiled->machine_->cost() / options.directions;
    const absl::Status gain = CheckGain(*rolled, cost, by_tape);
    if (!gain.ok()) return gain;
  }
  return compiled;
} catch (const TooLarge& too_large) {
  return too_large.status();
}

// In the directions that there are no rows for, the tangents are zero.
void CompiledTangent::SetPoint(absl::Span<const double> inputs, absl::Span<const double> v,
                               Machine::Workspace& workspace) const {
  std::copy(inputs.begin(), inputs.end(), workspace.memory() + CellOfInput(0));
  for (size_t d = 0; d < directions_; ++d) {
    double* const tangents = workspace.memory() + tangents_ + d * shift_;
    if ((d + 1) * n_ <= v.size()) {
      std::copy_n(v.data() + d * n_, n_, tangents);
    } else {
      std::fill_n(tangents, n_, 0.0);
    }
  }
}

bool CompiledTangent::Jvp(absl::Span<const double> inputs, absl::Span<const double> v,
                          Machine::Workspace& workspace, absl::Span<double> y_dot) const {
  SetPoint(inputs, v, workspace);
  if (!machine_->Run(workspace)) return false;
  const double* const memory = workspace.memory();
  const std::vector<Cell>& outputs = machine_->blocks().outputs;
  double zeros = 0.0;
  for (size_t i = 0; i < y_dot.size(); ++i) {
    y_dot[i] = memory[outputs[outputs_ + i]];
    zeros += y_dot[i] * 0.0;
  }
  return zeros == 0.0 && HasFiniteOutputs(memory);
}

// x * 0 is 0 only of a finite x.
bool CompiledTangent::HasFiniteOutputs(const double* memory) const {
  double zeros = 0.0;
  for (size_t i = 0; i < outputs_; ++i) zeros += memory[machine_->blocks().outputs[i]] * 0.0;
  return zeros == 0.0;
}

// As of the directions, the seeds that there are no rows for are zero.
bool CompiledTangent::Vjp(absl::Span<const double> inputs, absl::Span<const double> w,
                          Machine::Workspace& workspace, absl::Span<double> x_bar) const {
  double* const memory = workspace.memory();
  std::copy(inputs.begin(), inputs.end(), memory + CellOfInput(0));
  for (size_t d = 0; d < directions_; ++d) {
    const bool is_there = d * n_ < x_bar.size();
    for (size_t i = 0; i < outputs_; ++i) {
      memory[seeds_[i] + d * shift_] = is_there ? w[d * outputs_ + i] : 0.0;
    }
  }
  return machine_->Run(workspace) && TakeProducts(memory, 1.0, x_bar) && HasFiniteOutputs(memory);
}

bool CompiledTangent::Hvp(absl::Span<const double> inputs, absl::Span<const double> w,
                          absl::Span<const double> v, Machine::Workspace& workspace,
                          absl::Span<double> h) const {
  SetPoint(inputs, v, workspace);
  for (size_t i = 0; i < seeds_.size(); ++i) workspace.memory()[seeds_[i]] = w[i];
  if (!machine_->Run(workspace)) return false;
  const double scale = seeds_.empty() ? w[0] : 1.0;
  double zeros = 0.0;
  for (size_t j = 0; adjoints_ != 0 && j < n_; ++j)
    zeros += workspace.memory()[adjoints_ + j] * 0.0;
  return TakeProducts(workspace.memory(), scale, h) && zeros == 0.0 &&
         HasFiniteOutputs(workspace.memory());
}

// Whether they are finite.
bool CompiledTangent::TakeProducts(const double* memory, double scale,
                                   absl::Span<double> rows) const {
  bool finite = true;
  for (size_t d = 0; d * n_ < rows.size(); ++d) {
    finite &=
        machine_->kernels().copy(memory + products_ + d * shift_, scale, n_, rows.data() + d * n_);
  }
  return finite;
}

}  // namespace wengert::program
