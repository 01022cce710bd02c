#ifndef WENGERT_PROGRAM_TREE_BUILDER_H_
#define WENGERT_PROGRAM_TREE_BUILDER_H_

// One tree of trees.h and its checks, appended to a recording.

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/long_chains.h"
#include "wengert/program/recorded.h"
#include "wengert/program/run.h"
#include "wengert/program/term_pieces.h"

namespace wengert::program {

// Whether the levels and checks of a tree are predicted to take less than the chain as single
// nodes, and whether there are checks for such a start at all.
bool IsTreeCheaper(const LongChain& chain, absl::Span<const TermPiece> pieces);

// Whether the checks that depend on how large the terms are would hold at the tape's point, with as
// much to spare again: of so many factors that they don't, no point may do.
bool HoldsWhereRecorded(const LongChain& chain, const Tape& tape);

class TreeBuilder {
 public:
  TreeBuilder(Op op, RecordedGraph::Store& store, std::vector<Run>& runs);

  // The result, of terms that are nodes of the store.
  Operand Grow(std::optional<double> start, absl::Span<const TermPiece> pieces);
  // What must be 1.
  const std::vector<Operand>& checks() const { return checks_; }

 private:
  // What the tree makes of some terms; and what its checks do, along with it.
  struct Part {
    Operand value;
    Operand bound;
  };
  using Parts = std::vector<Part>;

  Operand Append(Op op, Operand a, Operand b = {});
  Operand Constant(double value);
  Part BoundedPart(Operand term);
  Part Joined(const Part& a, const Part& b);
  // The groups of a level as a loop; the parts that are in no group follow its results.
  Parts Level(const Parts& parts, bool are_terms);
  Part Rest(Parts parts);
  Operand CountOf(Operand value, Operand sum, absl::Span<const Operand> terms);
  void CheckTies(std::optional<double> start, Operand result, absl::Span<const TermPiece> pieces);
  void CheckProduct(const Part& all);
  void CheckNorm(Operand least_term, Operand result);
  void AddRun(size_t first, size_t count, std::vector<uint8_t> links = {});

  const Op op_;
  RecordedGraph::Store& store_;
  std::vector<Run>& runs_;
  const Operand one_;
  std::vector<Operand> checks_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TREE_BUILDER_H_
