#include "wengert/tape/decode.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wengert/ops/rule.h"

namespace wengert {
namespace {

double ValueOf(const DecodedRow& row, Operand operand) {
  return operand.is_constant() ? row.constants[operand.index()] : row.primals[operand.index()];
}

template <Shape shape>
Operand OperandAt(DecodedRow& row, const Word*& at, Operand first) {
  if constexpr (shape == Shape::kNode) return row.operand_of[at++->bits];
  if constexpr (shape == Shape::kPrevious) return row.operand_of[row.record - 1];
  if constexpr (shape == Shape::kConstant) {
    const double value = reinterpret_cast<const WordPair*>(at)->value;
    at += 2;
    return row.Constant(value);
  }
  if constexpr (shape == Shape::kSame) return first;
  if constexpr (shape == Shape::kTemporary) return Operand::Node(row.node - 1);
  return Operand();
}

template <const FormList& list, size_t k>
const Word* Decode(DecodedRow& row, const Word* at, const double* primal) {
  constexpr Form form = list.forms[k];
  constexpr Op op = form.op;
  const Operand a = OperandAt<form.operands[0]>(row, at, Operand());
  const Operand b = OperandAt<form.operands[1]>(row, at, a);
  const Operand c = OperandAt<form.operands[2]>(row, at, Operand());
  row.nodes[row.node] = {op, {a, b, c}};
  double& y = row.primals[row.node];
  if constexpr (!MayBeInner(op)) {
    y = *primal;
  } else if constexpr (ArityOf(op) == 1) {
    y = primal != nullptr ? *primal : Apply<op>(ValueOf(row, a));
  } else {
    y = primal != nullptr ? *primal : Apply<op>(ValueOf(row, a), ValueOf(row, b));
  }
  ++row.node;
  return at;
}

template <const FormList& list>
constexpr auto kDecodeForms = []<size_t... k>(std::index_sequence<k...>) {
  return std::array<DecodeForm, sizeof...(k)>{
      (list.forms[k].op == Op::kInput ? nullptr : &Decode<list, k>)...};
}
(std::make_index_sequence<list.size>());

constexpr DecodeForm DecodeFirst(uint32_t code) {
  if (IsTail(code)) return kDecodeForms<kTailForms>[code - kFirstTailCode];
  if (code >= kFirstOtherCode) return kDecodeForms<kOtherForms>[code - kFirstOtherCode];
  return kDecodeForms<kInnerForms>[code / kOuterLimit];
}

constexpr int ConstantsOf(const Form& form) {
  return static_cast<int>(std::count(form.operands.begin(), form.operands.end(), Shape::kConstant));
}

constexpr Decoding MakeDecoding(uint32_t code) {
  Decoding decoding;
  decoding.records = !IsTail(code);
  decoding.nodes = code == kInputCode || code == kCallCode;
  decoding.constants = code == kSealCode;
  if (!IsOperation(code)) return decoding;
  decoding.nodes = 1;
  int constants = ConstantsOf(FirstForm(code));
  decoding.first = DecodeFirst(code);
  if (IsJoined(code)) {
    decoding.nodes = 2;
    constants += ConstantsOf(OuterForm(code));
    decoding.outer = kDecodeForms<kOuterForms>[code % kOuterLimit];
  }
  decoding.constants = static_cast<uint8_t>(constants);
  return decoding;
}

constexpr auto kDecodings = [] {
  std::array<Decoding, kCodeCount> decodings = {};
  for (uint32_t code = 0; code < kCodeCount; ++code) {
    if (IsCode(code)) decodings[code] = MakeDecoding(code);
  }
  return decodings;
}();

}  // namespace

const Decoding* const kDecodingOf = kDecodings.data();

}  // namespace wengert
