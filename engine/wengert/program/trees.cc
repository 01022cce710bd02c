#include "wengert/program/trees.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/large_array.h"
#include "wengert/program/limits.h"
#include "wengert/program/node_set.h"
#include "wengert/program/tree_builder.h"

namespace wengert::program {
namespace {

// A start that every finite term outweighs, as -inf in a maximum, is none.
void DropWhatIsNeutral(LongChain& chain) {
  if (!chain.start.has_value() || !std::isinf(*chain.start)) return;
  const double operands[] = {*chain.start, 1.0};
  if (Compute(chain.op, -1, operands) == 1.0) chain.start.reset();
}

class Rewriting {
 public:
  Rewriting(const Recorded& recorded, std::vector<LongChain> chains)
      : recorded_(recorded), graph_(recorded.graph), links_(graph_.nodes.size()) {
    for (LongChain& chain : chains) {
      DropWhatIsNeutral(chain);
      std::vector<TermPiece> pieces = PiecesOf(graph_, chain.terms);
      if (!IsTreeCheaper(chain, pieces)) continue;
      if (graph_.tape != nullptr && !HoldsWhereRecorded(chain, *graph_.tape)) continue;
      for (uint32_t link : chain.links) links_.Add(link);
      plans_.push_back({std::move(chain), std::move(pieces)});
    }
  }

  std::optional<WithTrees> Run() && {
    if (plans_.empty()) return std::nullopt;
    store_.constants.assign(graph_.constants.begin(), graph_.constants.end());
    ReserveLarge(store_.nodes, graph_.nodes.size() + graph_.nodes.size() / 4);
    moved_ = LargeArray<uint32_t>(graph_.nodes.size());
    auto plan = plans_.begin();
    for (uint32_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!links_.Has(i)) {
        Copy(i);
      } else if (plan != plans_.end() && plan->chain.last() == i) {
        Grow(*plan++);
      }
    }
    Finish();
    return std::move(result_);
  }

 private:
  struct Plan {
    LongChain chain;
    std::vector<TermPiece> pieces;
  };

  void Copy(uint32_t i) {
    Node node = graph_.nodes[i];
    for (Operand& operand : node.arguments()) operand = Moved(operand);
    moved_[i] = NextIndex(store_.nodes.size());
    store_.nodes.push_back(node);
  }

  Operand Moved(Operand operand) const {
    return operand.is_constant() ? operand : Operand::Node(moved_[operand.index()]);
  }

  void Grow(Plan& plan) {
    for (TermPiece& piece : plan.pieces) {
      for (Operand& term : piece.terms) term = Moved(term);
    }
    TreeBuilder tree(plan.chain.op, store_, result_.runs);
    moved_[plan.chain.last()] = tree.Grow(plan.chain.start, plan.pieces).index();
    checks_.insert(checks_.end(), tree.checks().begin(), tree.checks().end());
    result_.trees.push_back({plan.chain.op, static_cast<uint32_t>(plan.chain.terms.size())});
  }

  void Finish() {
    std::vector<Operand> roots;
    for (Operand root : graph_.roots) roots.push_back(Moved(root));
    roots.insert(roots.end(), checks_.begin(), checks_.end());
    result_.recorded.graph = RecordedGraph::Of(std::move(store_), std::move(roots));
    result_.recorded.dependents = recorded_.dependents;
    result_.recorded.outcomes = recorded_.outcomes;
    result_.recorded.outcomes.resize(recorded_.outcomes.size() + checks_.size(), 1.0);
  }

  const Recorded& recorded_;
  const RecordedGraph& graph_;
  NodeSet links_;  // of the chains that become trees
  std::vector<Plan> plans_;
  RecordedGraph::Store store_;
  std::vector<uint32_t> moved_;  // where each node is now, but for links that are gone
  std::vector<Operand> checks_;
  WithTrees result_;
};

}  // namespace

std::string TreesText(absl::Span<const TreeSummary> trees) {
  std::vector<std::pair<std::string, size_t>> kinds;
  for (const TreeSummary& tree : trees) {
    std::string kind = absl::StrCat(InfoOf(tree.op).text, " of ", tree.terms, " terms");
    if (kinds.empty() || kinds.back().first != kind) kinds.emplace_back(std::move(kind), 0);
    ++kinds.back().second;
  }
  std::string text;
  for (const auto& [kind, times] : kinds) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", times == 1 ? "" : absl::StrCat(times, " x "),
                    kind);
  }
  return text;
}

std::optional<WithTrees> GrowTrees(const Recorded& recorded, std::vector<LongChain> chains) {
  if (chains.empty()) return std::nullopt;
  return Rewriting(recorded, std::move(chains)).Run();
}

}  // namespace wengert::program
