#include "wengert/program/from_tape.h"

#include "wengert/base/check.h"
#include "wengert/program/append.h"
#include "wengert/program/large_array.h"

namespace wengert::program {
namespace {

class Translation {
 public:
  Translation(const Tape& tape, Graph& graph) : nodes_(tape.nodes()), graph_(graph) {
    graph_.constants.assign(tape.constants().begin(), tape.constants().end());
    ReserveLarge(graph_.nodes, nodes_.size() + tape.guards().size());
    const absl::Span<const uint32_t> inputs = tape.inputs();
    // Inputs are different nodes, in ascending order.
    const bool are_inputs_first = inputs.empty() || inputs.back() == inputs.size() - 1;
    if (!are_inputs_first || !tape.guards().empty()) number_.resize(nodes_.size());
    for (uint32_t k = 0; k < inputs.size(); ++k) {
      if (!number_.empty()) number_[inputs[k]] = k;
      graph_.nodes.push_back(Instruction::Leaf(k));
    }
  }

  Operand Translated(Operand operand) const {
    if (operand.is_constant() || number_.empty()) return operand;
    return Operand::Node(number_[operand.index()]);
  }

  // Operands that the operation hasn't are no nodes and stay what they are.
  Operand Append(Op op, Operand a, Operand b, Operand c) {
    return AppendNode(graph_, {op, -1, {Translated(a), Translated(b), Translated(c)}});
  }

  void AppendUpTo(uint32_t end) {
    if (number_.empty()) return AppendAsTheyAre(end);
    for (; next_ < end; ++next_) {
      const Node& node = nodes_[next_];
      if (node.op != Op::kInput) number_[next_] = Append(node.op, node.a, node.b, node.c).index();
    }
  }

 private:
  void AppendAsTheyAre(uint32_t end) {
    const size_t begin = graph_.nodes.size();
    for (const Node& node : nodes_.subspan(begin, end - begin)) {
      graph_.nodes.push_back({node.op, -1, {node.a, node.b, node.c}});
    }
  }

  const absl::Span<const Node> nodes_;
  Graph& graph_;
  // In the graph, of each of the tape's nodes; empty where it is the same for all.
  std::vector<uint32_t> number_;
  uint32_t next_ = 0;
};

}  // namespace

Recorded FromTape(const Tape& tape, absl::Span<const Operand> dependents) {
  if (tape.has_custom()) {
    ThrowUsageError("FromTape", "the tape calls operations of a user's, which a program can't",
                    "ask Tape::has_custom, and sweep the nodes of such a tape");
  }
  Recorded recording;
  recording.dependents = dependents.size();
  Translation translation(tape, recording.graph);
  std::vector<Operand> guards;
  for (const Guard& guard : tape.guards()) {
    translation.AppendUpTo(guard.position);
    guards.push_back(translation.Append(guard.op, guard.a, guard.b, {}));
    recording.outcomes.push_back(guard.outcome);
  }
  translation.AppendUpTo(static_cast<uint32_t>(tape.size()));

  std::vector<Operand>& roots = recording.graph.roots;
  for (Operand dependent : dependents) roots.push_back(translation.Translated(dependent));
  roots.insert(roots.end(), guards.begin(), guards.end());
  return recording;
}

}  // namespace wengert::program
