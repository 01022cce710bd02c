#include "wengert/tape/nodes.h"

#include <algorithm>
#include <array>

#include "wengert/base/huge_pages.h"
#include "wengert/ops/rule.h"

namespace wengert {
namespace {

// What a code and its operands stand for.
struct Layout {
  uint8_t words = 0, records = 0, nodes = 0, constants = 0;
  bool is_joined = false;
  Form first, outer;
};

constexpr int ConstantsOf(const Form& form) {
  return static_cast<int>(std::count(form.operands.begin(), form.operands.end(), Shape::kConstant));
}

constexpr Layout LayoutOf(uint32_t code) {
  Layout layout;
  layout.words = static_cast<uint8_t>(WordsOf(code));
  layout.records = !IsTail(code);
  layout.nodes = code == kInputCode || code == kCallCode;
  layout.constants = code == kSealCode;
  if (!IsOperation(code)) return layout;
  layout.is_joined = IsJoined(code);
  layout.first = FirstForm(code);
  if (layout.is_joined) layout.outer = OuterForm(code);
  layout.nodes = layout.is_joined ? 2 : 1;
  layout.constants = static_cast<uint8_t>(ConstantsOf(layout.first) + ConstantsOf(layout.outer));
  return layout;
}

constexpr auto kLayouts = [] {
  std::array<Layout, kCodeCount> layouts = {};
  for (uint32_t code = 0; code < kCodeCount; ++code) {
    if (IsCode(code)) layouts[code] = LayoutOf(code);
  }
  return layouts;
}();

// Room for so many more, at once if many come, and not too often if they come one by one.
template <class T>
void MakeRoom(size_t more, std::vector<T>& elements) {
  const size_t size = elements.size() + more;
  if (size <= elements.capacity()) return;
  elements.reserve(std::max(size, 2 * elements.capacity()));
  PreferHugePages(elements.data(), elements.capacity() * sizeof(T));
}

// op(a, b) of an operation whose result may be a temporary.
double Evaluate(Op op, double a, double b) {
  return VisitOp(op, [&](auto rule) {
    using R = decltype(rule);
    if constexpr (MayBeInner(R::op)) {
      if constexpr (R::arity == 1) return Apply<R::op>(a);
      if constexpr (R::arity == 2) return Apply<R::op>(a, b);
    }
    return 0.0;
  });
}

// Where the operations of a run of records go. Counts and addresses are in registers, as no vector
// is touched meanwhile.
struct RunOfOperations {
  Node* nodes;
  double* primals;
  double* constants;
  Operand* operand_of;
  uint32_t node, constant, record;  // the next of each

  Operand At(Shape shape, const Word* at, Operand first, Operand temporary) {
    switch (shape) {
      case Shape::kNode:
        return operand_of[at->bits];
      case Shape::kPrevious:
        return operand_of[record - 1];
      case Shape::kConstant:
        constants[constant] = reinterpret_cast<const WordPair*>(at)->value;
        return Operand::Constant(constant++);
      case Shape::kSame:
        return first;
      case Shape::kTemporary:
        return temporary;
      case Shape::kNone:
        break;
    }
    return Operand();
  }

  // Where its operands end.
  const Word* Add(const Form& form, const Word* at, Operand temporary) {
    Node& added = nodes[node];
    added.op = form.op;
    const Shape* const shape = form.operands.data();
    added.operands[0] = At(shape[0], at, Operand(), temporary);
    at += WordsOf(shape[0]);
    if (shape[1] != Shape::kNone) {
      added.operands[1] = At(shape[1], at, added.operands[0], temporary);
      at += WordsOf(shape[1]);
    }
    if (shape[2] != Shape::kNone) {
      added.operands[2] = At(shape[2], at, Operand(), temporary);
      at += WordsOf(shape[2]);
    }
    return at;
  }

  // Of a result that only a tail uses there is no primal.
  void Add(const Layout& layout, const Word* at, const double* primal) {
    record -= 1u - layout.records;
    at = Add(layout.first, at, layout.records == 0 ? operand_of[record] : Operand());
    if (layout.is_joined) {
      primals[node] = Temporary(nodes[node]);
      ++node;
      Add(layout.outer, at, Operand::Node(node - 1));
    }
    primals[node] = primal != nullptr ? *primal : Temporary(nodes[node]);
    operand_of[record++] = Operand::Node(node++);
  }

  double Temporary(const Node& added) const {
    return Evaluate(added.op, ValueOf(added.operands[0]), ValueOf(added.operands[1]));
  }

  double ValueOf(Operand operand) const {
    if (operand == Operand()) return 0.0;
    return operand.is_constant() ? constants[operand.index()] : primals[operand.index()];
  }
};

}  // namespace

const Word* CodeBefore(const Word* end) { return end - kLayouts[end[-1].bits].words; }

const Word* RecordBefore(const Word* end) {
  while (IsTail(end[-1].bits)) end = CodeBefore(end);
  return CodeBefore(end);
}

void TapeNodes::Clear() { *this = TapeNodes(); }

void TapeNodes::DropNewest() {
  if (operand_of.empty()) return;
  operand_of.pop_back();
  nodes.resize(newest_.nodes);
  primals.resize(newest_.nodes);
  inputs.resize(newest_.inputs);
}

// Records are told apart from the end only, so they are counted from there first.
void TapeNodes::Extend(const Word* bottom, const Word* end, uint32_t size, const Cell* cells,
                       const RecordedCalls& recorded) {
  DropNewest();
  const Word* const begin = bottom + newest_.words;
  codes_.clear();
  size_t more_nodes = 0, more_constants = 0;
  for (const Word* p = end; p > begin;) {
    const uint32_t code = p[-1].bits;
    const Layout& layout = kLayouts[code];
    codes_.push_back(static_cast<uint16_t>(code));
    more_nodes += layout.nodes;
    more_constants += layout.constants;
    p -= layout.words;
  }
  MakeRoom(more_nodes, nodes);
  MakeRoom(more_nodes, primals);
  MakeRoom(more_constants, constants);
  MakeRoom(size - operand_of.size(), operand_of);
  const Word* p = begin;
  while (!codes_.empty()) {
    p = IsOperation(codes_.back()) ? AddOperations(p, bottom, cells)
                                   : AddOther(p, bottom, cells[operand_of.size()].value, recorded);
  }
}

// Those that follow each other, as many as the vectors' new elements stay in the cache for.
const Word* TapeNodes::AddOperations(const Word* at, const Word* bottom, const Cell* cells) {
  constexpr size_t kMost = 512;
  const size_t limit = std::min(codes_.size(), kMost);
  const auto code_at = [&](size_t k) { return codes_.end()[-1 - static_cast<ptrdiff_t>(k)]; };
  size_t count = 0, more_records = 0, more_nodes = 0, more_constants = 0;
  for (; count < limit && IsOperation(code_at(count)); ++count) {
    const Layout& layout = kLayouts[code_at(count)];
    more_records += layout.records;
    more_nodes += layout.nodes;
    more_constants += layout.constants;
  }
  RunOfOperations run = {};
  run.node = static_cast<uint32_t>(nodes.size());
  run.constant = static_cast<uint32_t>(constants.size());
  run.record = static_cast<uint32_t>(operand_of.size());
  nodes.resize(nodes.size() + more_nodes);
  primals.resize(nodes.size());
  constants.resize(constants.size() + more_constants);
  operand_of.resize(operand_of.size() + more_records);
  run.nodes = nodes.data();
  run.primals = primals.data();
  run.constants = constants.data();
  run.operand_of = operand_of.data();
  for (size_t k = 0; k < count; ++k) {
    const Layout& layout = kLayouts[code_at(k)];
    if (layout.records > 0) newest_ = {run.node, inputs.size(), static_cast<size_t>(at - bottom)};
    const bool goes_on = k + 1 < codes_.size() && IsTail(code_at(k + 1));
    const uint32_t record = run.record - (1u - layout.records);
    run.Add(layout, at, goes_on ? nullptr : &cells[record].value);
    at += layout.words;
  }
  codes_.resize(codes_.size() - count);
  return at;
}

// An input, an output of a call, or nothing.
const Word* TapeNodes::AddOther(const Word* at, const Word* bottom, double primal,
                                const RecordedCalls& recorded) {
  newest_ = {nodes.size(), inputs.size(), static_cast<size_t>(at - bottom)};
  const uint32_t code = codes_.back();
  codes_.pop_back();
  at += kLayouts[code].words;
  if (code == kSealCode) {
    operand_of.push_back(AddConstant(primal));
    return at;
  }
  if (code == kInputCode) {
    inputs.push_back(static_cast<uint32_t>(nodes.size()));
    nodes.push_back(Node{});
  } else {
    AddOutput(recorded);
  }
  primals.push_back(primal);
  operand_of.push_back(Operand::Node(static_cast<uint32_t>(nodes.size() - 1)));
  return at;
}

// The newest record may be decoded again; its call is here already then.
void TapeNodes::AddOutput(const RecordedCalls& recorded) {
  const auto record = static_cast<uint32_t>(operand_of.size());
  const auto next = std::upper_bound(
      recorded.calls.begin(), recorded.calls.end(), record,
      [](uint32_t output, const RecordedCalls::Call& call) { return output < call.first; });
  const RecordedCalls::Call& call = next[-1];
  const auto number = static_cast<uint32_t>(next - recorded.calls.begin()) - 1;
  if (number == calls.size()) {
    const size_t begin = call_operands.size();
    for (size_t k = call.operands_begin; k < call.operands_end; ++k) {
      call_operands.push_back(OperandOf(recorded.operands[k]));
    }
    calls.push_back({call.rules, static_cast<uint32_t>(nodes.size()), begin, call_operands.size()});
  }
  nodes.push_back(Node::Output(number, record - call.first));
}

Operand TapeNodes::AddConstant(double value) {
  constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(constants.size() - 1));
}

Operand TapeNodes::OperandOf(const VarFields& v) {
  return v.is_constant() ? AddConstant(v.primal) : operand_of[v.record];
}

uint32_t TapeNodes::NodesBefore(uint32_t record) const {
  while (record > 0) {
    const Operand before = operand_of[--record];
    if (!before.is_constant()) return before.index() + 1;
  }
  return 0;
}

void TapeNodes::Extend(const std::vector<RecordedGuard>& recorded) {
  for (size_t k = guards.size(); k < recorded.size(); ++k) {
    const RecordedGuard& guard = recorded[k];
    const Operand a = OperandOf(guard.a);
    const Operand b = OperandOf(guard.b);
    guards.push_back({guard.op, a, b, NodesBefore(guard.position), guard.outcome});
  }
}

}  // namespace wengert
