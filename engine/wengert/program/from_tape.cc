#include "wengert/program/from_tape.h"

#include <utility>
#include <vector>

#include "wengert/base/check.h"
#include "wengert/program/large_array.h"
#include "wengert/program/limits.h"

namespace wengert::program {
namespace {

// Inputs are different nodes, in ascending order.
bool AreFirst(absl::Span<const uint32_t> inputs) {
  return inputs.empty() || inputs.back() == inputs.size() - 1;
}

// The tape's nodes in another order, with the guards' among them.
class Translation {
 public:
  explicit Translation(const Tape& tape) : nodes_(tape.nodes()), number_(nodes_.size()) {
    store_.constants.assign(tape.constants().begin(), tape.constants().end());
    ReserveLarge(store_.nodes, nodes_.size() + tape.guards().size());
    for (uint32_t input : tape.inputs()) number_[input] = Append({}).index();
  }

  Operand Translated(Operand operand) const {
    return operand.is_constant() ? operand : Operand::Node(number_[operand.index()]);
  }

  Operand Append(Node node) {
    for (Operand& operand : node.arguments()) operand = Translated(operand);
    const Operand appended = Operand::Node(NextIndex(store_.nodes.size()));
    store_.nodes.push_back(node);
    return appended;
  }

  void AppendUpTo(uint32_t end) {
    for (; next_ < end; ++next_) {
      if (!nodes_[next_].is_leaf()) number_[next_] = Append(nodes_[next_]).index();
    }
  }

  RecordedGraph::Store TakeStore() && { return std::move(store_); }

 private:
  const absl::Span<const Node> nodes_;
  RecordedGraph::Store store_;
  std::vector<uint32_t> number_;  // in the store, of each of the tape's nodes
  uint32_t next_ = 0;
};

Recorded Translated(const Tape& tape, absl::Span<const Operand> dependents) {
  Recorded recording;
  Translation translation(tape);
  std::vector<Operand> roots, guards;
  for (const Guard& guard : tape.guards()) {
    translation.AppendUpTo(guard.position);
    guards.push_back(translation.Append({guard.op, {guard.a, guard.b}}));
    recording.outcomes.push_back(guard.outcome);
  }
  translation.AppendUpTo(static_cast<uint32_t>(tape.size()));
  for (Operand dependent : dependents) roots.push_back(translation.Translated(dependent));
  roots.insert(roots.end(), guards.begin(), guards.end());
  recording.graph = RecordedGraph::Of(std::move(translation).TakeStore(), std::move(roots));
  return recording;
}

}  // namespace

Recorded FromTape(const Tape& tape, absl::Span<const Operand> dependents) {
  if (tape.has_custom()) {
    ThrowUsageError("FromTape", "the tape calls operations of a user's, which a program can't",
                    "ask Tape::has_custom, and sweep the nodes of such a tape");
  }
  Recorded recording;
  if (AreFirst(tape.inputs()) && tape.guards().empty()) {
    recording.graph.nodes = tape.nodes();
    recording.graph.constants = tape.constants();
    recording.graph.tape = &tape;
    recording.graph.roots.assign(dependents.begin(), dependents.end());
  } else {
    recording = Translated(tape, dependents);
  }
  recording.dependents = dependents.size();
  return recording;
}

}  // namespace wengert::program
