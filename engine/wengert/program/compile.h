#ifndef WENGERT_PROGRAM_COMPILE_H_
#define WENGERT_PROGRAM_COMPILE_H_

// From a recording to programs that replay it: find the loops, roll them up, differentiate block by
// block, lower to lanes.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/program/blocks.h"
#include "wengert/program/differentiate.h"
#include "wengert/program/machine.h"
#include "wengert/program/roll_tape.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

// y = f(x; p), and the gradient of w'y in x; m outputs. Immutable.
class Compiled {
 public:
  // The first n independents of `tape` are x; it must outlive the program, which is made for the
  // gradient: one for values alone is made from the tape when it is first asked for.
  // FailedPrecondition where lanes have nothing to gain, ResourceExhausted where a loop's body is
  // too large for them.
  static absl::StatusOr<std::unique_ptr<const Compiled>> Compile(
      const Tape& tape, size_t n, absl::Span<const Operand> dependents,
      const CompileOptions& options = {});

  class Workspace {
   public:
    size_t bytes() const {
      return gradient_->bytes() + (values_ != nullptr ? values_->bytes() : 0) +
             (without_trees_ != nullptr ? without_trees_->bytes() : 0);
    }

   private:
    friend class Compiled;
    std::unique_ptr<Machine::Workspace> values_, gradient_;
    std::unique_ptr<Workspace> without_trees_;
  };
  // Room for gradients; for values alone it is taken by the first call.
  std::unique_ptr<Workspace> MakeWorkspace() const;

  // `inputs` are all independents, in order: x and then p. Each answers whether all guards held and
  // all results are finite; if not, the results don't count. Where that is so and the program has
  // trees, it may be for their checks: then one without them, made when it is first needed, is
  // asked.
  bool Values(absl::Span<const double> inputs, Workspace& workspace, absl::Span<double> y) const;
  // `w` are m weights; of n numbers, `gradient` gets those of the first n inputs.
  bool Gradient(absl::Span<const double> inputs, absl::Span<const double> w, Workspace& workspace,
                absl::Span<double> y, absl::Span<double> gradient) const;

  size_t bytes() const { return gradient_->bytes(); }  // of the gradient's program
  double cost() const { return gradient_->cost(); }    // predicted, beside the tape's (run_cost.h)
  const TapeCost& tape_cost() const { return tape_cost_; }
  double scalar_share() const { return gradient_->scalar_share(); }
  uint32_t segments() const { return gradient_->segments(); }  // so many threads can share a loop

  // What is in loops and what isn't, and why; the blocks of value and gradient together
  // (summary.h).
  std::string Explain() const;
  // The code of the loops of value and gradient together.
  std::string Listing() const { return gradient_->Listing(); }
  // Its blocks as text (block_listing.h) and as statements of a digraph (block_picture.h). They are
  // made anew for that, which takes the time of compiling.
  std::string BlockListing() const;
  std::string Dot(const std::string& prefix) const;

  const std::vector<LoopSummary>& loops() const { return loops_; }
  size_t nodes() const { return nodes_; }        // of the recording and its guards' margins
  size_t in_loops() const { return in_loops_; }  // how many of them are in loops

 private:
  Compiled(const Tape& tape, size_t n, absl::Span<const Operand> dependents,
           const CompileOptions& options)
      : tape_(tape), n_(n), dependents_(dependents.begin(), dependents.end()), options_(options) {}
  DifferentiatedBlocks GradientBlocks() const;
  const Machine* ValuesMachine() const;
  bool ValuesHere(absl::Span<const double> inputs, Workspace& workspace,
                  absl::Span<double> y) const;
  bool GradientHere(absl::Span<const double> inputs, absl::Span<const double> w,
                    Workspace& workspace, absl::Span<double> y, absl::Span<double> gradient) const;
  // The same program without trees, and room for it; null if it has none, or there can't be one.
  const Compiled* WithoutTrees(Workspace& workspace) const;

  const Tape& tape_;
  const size_t n_;
  const std::vector<Operand> dependents_;
  const CompileOptions options_;
  std::unique_ptr<const Machine> gradient_;
  mutable std::once_flag values_once_;
  mutable std::unique_ptr<const Machine> values_;  // guarded by values_once_
  mutable std::once_flag without_trees_once_;
  mutable std::unique_ptr<const Compiled> without_trees_;  // guarded by without_trees_once_
  bool unit_seed_ = false;
  Cell shift_ = 0;
  std::vector<Cell> seeds_;
  std::vector<LoopSummary> loops_;
  size_t nodes_ = 0, margins_ = 0, in_loops_ = 0;
  OutsideOfLoops outside_;
  std::string trees_;
  TapeCost tape_cost_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_COMPILE_H_
