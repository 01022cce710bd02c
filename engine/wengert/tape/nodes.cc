#include "wengert/tape/nodes.h"

#include <algorithm>
#include <array>

#include "wengert/base/huge_pages.h"
#include "wengert/tape/decode.h"

namespace wengert {
namespace {

// Makes so many more, at once if many come, and not too often if they come one by one.
template <class T>
T* Grow(size_t more, UnwrittenVector<T>& elements) {
  const size_t size = elements.size() + more;
  if (size > elements.capacity()) {
    elements.reserve(elements.empty() ? size : std::max(size, 2 * elements.capacity()));
    PreferHugePages(elements.data(), elements.capacity() * sizeof(T));
  }
  elements.resize(size);
  return elements.data();
}

constexpr auto kWordsOf = [] {
  std::array<uint8_t, kCodeCount> words = {};
  for (uint32_t code = 0; code < kCodeCount; ++code) {
    if (IsCode(code)) words[code] = static_cast<uint8_t>(WordsOf(code));
  }
  return words;
}();

size_t CountConstants(const RecordedCalls& recorded, const RecordedCalls::Call& call) {
  size_t count = 0;
  for (size_t k = call.operands_begin; k < call.operands_end; ++k) {
    count += recorded.operands[k].is_constant() ? 1 : 0;
  }
  return count;
}

}  // namespace

const Word* CodeBefore(const Word* end) { return end - kWordsOf[end[-1].bits]; }

const Word* RecordBefore(const Word* end) {
  while (IsTail(end[-1].bits)) end = CodeBefore(end);
  return CodeBefore(end);
}

void TapeNodes::Clear() {
  nodes.clear();
  primals.clear();
  constants.clear();
  inputs.clear();
  guards.clear();
  calls.clear();
  call_operands.clear();
  operand_of.clear();
  newest_ = {};
}

void TapeNodes::DropNewest() {
  if (operand_of.empty()) return;
  operand_of.pop_back();
  nodes.resize(newest_.nodes);
  primals.resize(newest_.nodes);
  inputs.resize(newest_.inputs);
}

// Records are told apart from the end only, so their codes are read from there first.
void TapeNodes::Extend(const Word* bottom, const Word* end, uint32_t size, const Cell* cells,
                       const RecordedCalls& recorded) {
  DropNewest();
  const Word* at = bottom + newest_.words;
  DecodedRow row = MakeRoom(at, end, size, recorded);
  // Down to 1: codes_[0] stands behind the newest code and is no tail.
  for (size_t k = codes_.size() - 1; k > 0; --k) {
    const uint32_t code = codes_[k];
    if (!IsTail(code)) newest_ = {row.node, inputs.size(), static_cast<size_t>(at - bottom)};
    const Decoding& decoding = DecodingOf(code);
    if (IsOperation(code)) {
      const Cell* const result = &cells[row.record - (1u - decoding.records)];
      at = DecodeOperations(decoding, row, at, IsTail(codes_[k - 1]) ? nullptr : &result->value);
    } else {
      AddOther(code, row, cells[row.record].value, recorded);
      ++at;
    }
  }
  constants.resize(row.constant);
}

// Reads the codes between `at` and `end`, for which there is room then.
DecodedRow TapeNodes::MakeRoom(const Word* at, const Word* end, uint32_t size,
                               const RecordedCalls& recorded) {
  DecodedRow row = {};
  row.node = static_cast<uint32_t>(nodes.size());
  row.constant = static_cast<uint32_t>(constants.size());
  row.record = static_cast<uint32_t>(operand_of.size());
  codes_.assign(1, kBottomCode);
  size_t more_nodes = 0, more_constants = 0;
  while (end > at) {
    const uint32_t code = end[-1].bits;
    const Decoding& decoding = DecodingOf(code);
    codes_.push_back(static_cast<uint16_t>(code));
    more_nodes += decoding.nodes;
    more_constants += decoding.constants;
    end -= kWordsOf[code];
  }
  for (size_t c = calls.size(); c < recorded.calls.size(); ++c) {
    more_constants += CountConstants(recorded, recorded.calls[c]);
  }
  row.nodes = Grow(more_nodes, nodes);
  row.primals = Grow(more_nodes, primals);
  row.constants = Grow(more_constants, constants);
  row.operand_of = Grow(size - row.record, operand_of);
  return row;
}

// An input, an output of a call, or nothing.
void TapeNodes::AddOther(uint32_t code, DecodedRow& row, double primal,
                         const RecordedCalls& recorded) {
  if (code == kSealCode) {
    row.operand_of[row.record++] = row.Constant(primal);
    return;
  }
  if (code == kInputCode) {
    inputs.push_back(row.node);
    row.nodes[row.node] = Node{};
  } else {
    AddOutput(row, recorded);
  }
  row.primals[row.node] = primal;
  row.operand_of[row.record++] = Operand::Node(row.node++);
}

// The newest record may be decoded again; its call is here already then.
void TapeNodes::AddOutput(DecodedRow& row, const RecordedCalls& recorded) {
  const auto next = std::upper_bound(
      recorded.calls.begin(), recorded.calls.end(), row.record,
      [](uint32_t output, const RecordedCalls::Call& call) { return output < call.first; });
  const RecordedCalls::Call& call = next[-1];
  const auto number = static_cast<uint32_t>(next - recorded.calls.begin()) - 1;
  if (number == calls.size()) {
    const size_t begin = call_operands.size();
    for (size_t k = call.operands_begin; k < call.operands_end; ++k) {
      const VarFields& v = recorded.operands[k];
      call_operands.push_back(v.is_constant() ? row.Constant(v.primal) : row.operand_of[v.record]);
    }
    calls.push_back({call.rules, row.node, begin, call_operands.size()});
  }
  row.nodes[row.node] = Node::Output(number, row.record - call.first);
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
