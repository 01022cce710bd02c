#include "wengert/program/compile.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wengert/program/block_listing.h"
#include "wengert/program/block_picture.h"
#include "wengert/program/clean_bodies.h"
#include "wengert/program/fission.h"
#include "wengert/program/storage.h"
#include "wengert/program/summary.h"

namespace wengert::program {
namespace {

void SetInputs(absl::Span<const double> inputs, Machine::Workspace& workspace) {
  std::copy(inputs.begin(), inputs.end(), workspace.memory() + CellOfInput(0));
}

bool TakeOutputs(const Machine& machine, Machine::Workspace& workspace, absl::Span<double> y) {
  bool finite = true;
  for (size_t i = 0; i < y.size(); ++i) {
    y[i] = workspace.memory()[machine.blocks().outputs[i]];
    finite &= std::isfinite(y[i]);
  }
  return finite;
}

absl::StatusOr<std::unique_ptr<const Machine>> Built(Blocks blocks, CellRange zeroed,
                                                     const CompileOptions& options) {
  auto machine = Machine::Build(std::move(blocks), zeroed, {options.kernels, options.threads});
  if (!machine.ok()) return machine.status();
  return std::make_unique<const Machine>(*std::move(machine));
}

absl::StatusOr<std::unique_ptr<const Machine>> BuiltForValues(const Tape& tape,
                                                              absl::Span<const Operand> dependents,
                                                              const CompileOptions& options) try {
  absl::StatusOr<RolledTape> rolled = RollTape(tape, dependents, options);
  if (!rolled.ok()) return rolled.status();
  SplitRecurrences(rolled->blocks);
  CleanBodies(rolled->blocks);
  auto machine = Built(std::move(rolled->blocks), {}, options);
  if (!machine.ok() || !options.only_if_faster) return machine;
  const absl::Status gain = CheckGain(*rolled, (*machine)->cost(), rolled->tape_cost.values());
  return gain.ok() ? std::move(machine) : gain;
} catch (const TooLarge& too_large) {
  return too_large.status();
}

DifferentiatedBlocks GradientOf(Blocks values, size_t n, bool unit_seed) {
  DifferentiatedBlocks gradient =
      Differentiate(std::move(values), {static_cast<uint32_t>(n), unit_seed});
  SplitRecurrences(gradient.blocks);
  CleanBodies(gradient.blocks);
  ReuseStorage(gradient);
  return gradient;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Compiled>> Compiled::Compile(
    const Tape& tape, size_t n, absl::Span<const Operand> dependents,
    const CompileOptions& options) try {
  absl::StatusOr<RolledTape> rolled = RollTape(tape, dependents, options);
  if (!rolled.ok()) return rolled.status();
  std::unique_ptr<Compiled> compiled(new Compiled(tape, n, dependents, options));
  compiled->loops_ = rolled->loops;
  compiled->nodes_ = rolled->nodes;
  compiled->margins_ = rolled->margins;
  compiled->in_loops_ = rolled->in_loops;
  compiled->outside_ = rolled->outside;
  compiled->trees_ = TreesText(rolled->trees);
  compiled->tape_cost_ = rolled->tape_cost;
  compiled->unit_seed_ = dependents.size() == 1;
  DifferentiatedBlocks derivative = GradientOf(std::move(rolled->blocks), n, compiled->unit_seed_);
  compiled->shift_ = derivative.shift;
  compiled->seeds_ = derivative.seeds;

  auto gradient = Built(std::move(derivative.blocks), derivative.zeroed, options);
  if (!gradient.ok()) return gradient.status();
  compiled->gradient_ = *std::move(gradient);
  if (options.only_if_faster) {
    const double cost = compiled->gradient_->cost();
    const absl::Status gain = CheckGain(*rolled, cost, rolled->tape_cost.gradient());
    if (!gain.ok()) return gain;
  }
  return compiled;
} catch (const TooLarge& too_large) {
  return too_large.status();
}

std::unique_ptr<Compiled::Workspace> Compiled::MakeWorkspace() const {
  auto workspace = std::make_unique<Workspace>();
  workspace->gradient_ = gradient_->MakeWorkspace();
  return workspace;
}

std::string Compiled::Explain() const {
  const std::string margins =
      margins_ == 0 ? "" : absl::StrCat(" (", margins_, " for the margins of guards)");
  const std::string outside =
      outside_.count() == 0
          ? ""
          : absl::StrCat(outside_.count(), " in no loop: ", TextOf(outside_), "\n");
  return absl::StrCat(in_loops_, " of ", nodes_, " nodes", margins, " are in ", loops_.size(),
                      " loops; ", gradient_->instructions(), " instructions, ", gradient_->bytes(),
                      " bytes, ", gradient_->kernels().name, " lanes\n", outside,
                      trees_.empty() ? "" : absl::StrCat("as trees: ", trees_, "\n"),
                      SharesOf(gradient_->blocks()), "\n", Summary(gradient_->blocks()));
}

// As they were before they were compiled.
DifferentiatedBlocks Compiled::GradientBlocks() const {
  return GradientOf(RollTape(tape_, dependents_, options_)->blocks, n_, unit_seed_);
}

std::string Compiled::BlockListing() const {
  const DifferentiatedBlocks gradient = GradientBlocks();
  std::string seeds;
  for (Cell seed : gradient.seeds) {
    absl::StrAppend(&seeds, seeds.empty() ? "weights of the outputs in" : "", " cell[", seed, "]");
  }
  const Cell first = CellOfInput(0) + gradient.shift;
  return absl::StrCat("gradient in ", CellsText({first, first + static_cast<Cell>(n_)}),
                      seeds.empty() ? "" : ", ", seeds, "\n",
                      program::Listing(gradient.blocks, gradient.zeroed));
}

std::string Compiled::Dot(const std::string& prefix) const {
  const DifferentiatedBlocks gradient = GradientBlocks();
  const Cell first = CellOfInput(0) + gradient.shift;
  return program::Dot(gradient.blocks, {first, first + static_cast<Cell>(n_)}, prefix);
}

// Null if it can't be made: then the tape must be asked.
const Machine* Compiled::ValuesMachine() const {
  std::call_once(values_once_, [this] {
    auto machine = BuiltForValues(tape_, dependents_, options_);
    if (machine.ok()) values_ = *std::move(machine);
  });
  return values_.get();
}

const Compiled* Compiled::WithoutTrees(Workspace& workspace) const {
  if (trees_.empty()) return nullptr;
  std::call_once(without_trees_once_, [this] {
    CompileOptions options = options_;
    options.trees = false;
    auto compiled = Compile(tape_, n_, dependents_, options);
    if (compiled.ok()) without_trees_ = *std::move(compiled);
  });
  if (without_trees_ != nullptr && workspace.without_trees_ == nullptr) {
    workspace.without_trees_ = without_trees_->MakeWorkspace();
  }
  return without_trees_.get();
}

bool Compiled::Values(absl::Span<const double> inputs, Workspace& workspace,
                      absl::Span<double> y) const {
  if (ValuesHere(inputs, workspace, y)) return true;
  const Compiled* const other = WithoutTrees(workspace);
  return other != nullptr && other->Values(inputs, *workspace.without_trees_, y);
}

bool Compiled::Gradient(absl::Span<const double> inputs, absl::Span<const double> w,
                        Workspace& workspace, absl::Span<double> y,
                        absl::Span<double> gradient) const {
  if (GradientHere(inputs, w, workspace, y, gradient)) return true;
  const Compiled* const other = WithoutTrees(workspace);
  return other != nullptr && other->Gradient(inputs, w, *workspace.without_trees_, y, gradient);
}

bool Compiled::ValuesHere(absl::Span<const double> inputs, Workspace& workspace,
                          absl::Span<double> y) const {
  const Machine* const machine = ValuesMachine();
  if (machine == nullptr) return false;
  if (workspace.values_ == nullptr) workspace.values_ = machine->MakeWorkspace();
  SetInputs(inputs, *workspace.values_);
  return machine->Run(*workspace.values_) && TakeOutputs(*machine, *workspace.values_, y);
}

bool Compiled::GradientHere(absl::Span<const double> inputs, absl::Span<const double> w,
                            Workspace& workspace, absl::Span<double> y,
                            absl::Span<double> gradient) const {
  Machine::Workspace& memory = *workspace.gradient_;
  SetInputs(inputs, memory);
  for (size_t i = 0; i < seeds_.size(); ++i) memory.memory()[seeds_[i]] = w[i];
  if (!gradient_->Run(memory)) return false;
  const double* adjoints = memory.memory() + CellOfInput(0) + shift_;
  const double scale = unit_seed_ ? w[0] : 1.0;
  return TakeOutputs(*gradient_, memory, y) &&
         gradient_->kernels().copy(adjoints, scale, gradient.size(), gradient.data());
}

}  // namespace wengert::program
