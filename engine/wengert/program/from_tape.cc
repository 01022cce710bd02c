#include "wengert/program/from_tape.h"

namespace wengert::program {
namespace {

class Translation {
 public:
  Translation(const Tape& tape, Graph& graph) : tape_(tape), graph_(graph) {
    graph_.constants.assign(tape.constants().begin(), tape.constants().end());
    graph_.nodes.reserve(tape.size() + tape.guards().size());
    number_.resize(tape.size());
    for (uint32_t k = 0; k < tape.inputs().size(); ++k) {
      number_[tape.inputs()[k]] = k;
      graph_.nodes.push_back(Instruction::Leaf(k));
    }
  }

  Operand Translated(Operand operand) const {
    return operand.is_constant() ? operand : Operand::Node(number_[operand.index()]);
  }

  Operand Append(Op op, Operand a, Operand b, Operand c) {
    const Operand operands[] = {a, b, c};
    Instruction instruction{op, -1, {}};
    for (int k = 0; k < ArityOf(op); ++k) instruction.operands[k] = Translated(operands[k]);
    graph_.nodes.push_back(instruction);
    return Operand::Node(static_cast<uint32_t>(graph_.nodes.size() - 1));
  }

  void AppendNode(uint32_t i) {
    const Node& node = tape_.nodes()[i];
    if (node.op != Op::kInput) number_[i] = Append(node.op, node.a, node.b, node.c).index();
  }

 private:
  const Tape& tape_;
  Graph& graph_;
  std::vector<uint32_t> number_;  // in the graph, of each of the tape's nodes
};

}  // namespace

Recorded FromTape(const Tape& tape, absl::Span<const Operand> dependents) {
  Recorded recording;
  recording.dependents = dependents.size();
  Translation translation(tape, recording.graph);
  std::vector<Operand> guards;
  uint32_t next = 0;
  for (const Guard& guard : tape.guards()) {
    while (next < guard.position) translation.AppendNode(next++);
    guards.push_back(translation.Append(guard.op, guard.a, guard.b, {}));
    recording.outcomes.push_back(guard.outcome);
  }
  while (next < tape.size()) translation.AppendNode(next++);

  std::vector<Operand>& roots = recording.graph.roots;
  for (Operand dependent : dependents) roots.push_back(translation.Translated(dependent));
  roots.insert(roots.end(), guards.begin(), guards.end());
  return recording;
}

}  // namespace wengert::program
