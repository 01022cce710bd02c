#include "wengert/tape/nodes.h"

#include <algorithm>
#include <array>

#include "wengert/ops/rule.h"

namespace wengert {
namespace {

constexpr auto kLengths = [] {
  std::array<uint8_t, kCodeCount> lengths = {};
  for (uint32_t code = 0; code < kCodeCount; ++code) {
    if (IsCode(code)) lengths[code] = static_cast<uint8_t>(WordsOf(code));
  }
  return lengths;
}();

double Evaluate(const Node& node, const std::vector<double>& primals,
                const std::vector<double>& constants) {
  const auto read = [&](Operand operand) {
    return operand.is_constant() ? constants[operand.index()] : primals[operand.index()];
  };
  return VisitOp(node.op, [&](auto rule) {
    using R = decltype(rule);
    if constexpr (R::arity == 1) return Apply<R::op>(read(node.a));
    if constexpr (R::arity == 2) return Apply<R::op>(read(node.a), read(node.b));
    if constexpr (R::arity == 3) {
      return Apply<R::op>(read(node.a), read(node.b), read(node.c));
    }
    return 0.0;
  });
}

}  // namespace

const Word* RecordBefore(const Word* end) { return end - kLengths[end[-1].bits]; }

void TapeNodes::Clear() { *this = TapeNodes(); }

void TapeNodes::DropNewest() {
  if (operand_of.empty()) return;
  operand_of.pop_back();
  nodes.resize(newest_.nodes);
  primals.resize(newest_.nodes);
  inputs.resize(newest_.inputs);
}

void TapeNodes::Extend(const Word* bottom, const Word* end, uint32_t size, const Cell* cells,
                       const RecordedCalls& recorded) {
  DropNewest();
  const Word* const begin = bottom + newest_.words;
  lengths_.clear();
  for (const Word* p = end; p > begin; p -= lengths_.back()) {
    lengths_.push_back(kLengths[p[-1].bits]);
  }
  const Word* p = begin;
  for (uint32_t record = size - static_cast<uint32_t>(lengths_.size()); record < size; ++record) {
    newest_ = {nodes.size(), inputs.size(), static_cast<size_t>(p - bottom)};
    p += lengths_.back();
    lengths_.pop_back();
    Decode(p, cells[record].value, recorded);
  }
}

void TapeNodes::Decode(const Word* end, double primal, const RecordedCalls& recorded) {
  const uint32_t code = end[-1].bits;
  const Word* at = end - kLengths[code];
  if (code == kInputCode) {
    inputs.push_back(static_cast<uint32_t>(nodes.size()));
    nodes.push_back(Node{});
    primals.push_back(primal);
  } else if (code == kSealCode) {
    operand_of.push_back(AddConstant(primal));
    return;
  } else if (code == kCallCode) {
    AddOutput(recorded);
    primals.push_back(primal);
  } else {
    const Form first = FirstForm(code);
    AddNode(first, at, Operand());
    if (IsJoined(code)) {
      primals.push_back(Evaluate(nodes.back(), primals, constants));
      AddNode(OuterForm(code), at + WordsOf(first),
              Operand::Node(static_cast<uint32_t>(nodes.size() - 1)));
    }
    primals.push_back(primal);
  }
  operand_of.push_back(Operand::Node(static_cast<uint32_t>(nodes.size() - 1)));
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
  nodes.push_back({Op::kCustom, Operand::Constant(number), Operand::Constant(record - call.first)});
}

void TapeNodes::AddNode(const Form& form, const Word* at, Operand temporary) {
  std::array<Operand, 3> operands;
  for (size_t k = 0; k < 3; ++k) {
    const Shape shape = form.operands[k];
    operands[k] = OperandAt(shape, at, operands[0], temporary);
    at += WordsOf(shape);
  }
  nodes.push_back({form.op, operands[0], operands[1], operands[2]});
}

Operand TapeNodes::AddConstant(double value) {
  constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(constants.size() - 1));
}

Operand TapeNodes::OperandOf(const VarFields& v) {
  return v.tag != 0 ? operand_of[v.record] : AddConstant(v.primal);
}

uint32_t TapeNodes::NodesBefore(uint32_t record) const {
  while (record > 0) {
    const Operand before = operand_of[--record];
    if (!before.is_constant()) return before.index() + 1;
  }
  return 0;
}

Operand TapeNodes::OperandAt(Shape shape, const Word* at, Operand first, Operand temporary) {
  switch (shape) {
    case Shape::kNode:
      return operand_of[at->bits];
    case Shape::kPrevious:
      return operand_of.back();
    case Shape::kConstant:
      return AddConstant(reinterpret_cast<const WordPair*>(at)->value);
    case Shape::kSame:
      return first;
    case Shape::kTemporary:
      return temporary;
    case Shape::kNone:
      break;
  }
  return Operand();
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
