#ifndef WENGERT_TAPE_DECODE_H_
#define WENGERT_TAPE_DECODE_H_

// The operations of a tape's records (stream.h) as nodes (nodes.h). Every form of an operation has
// a handler of its own, which knows where its operands are: decoding decides nothing by operand.

#include <cstdint>

#include "wengert/tape/node.h"
#include "wengert/tape/stream.h"

namespace wengert {

// Where the operations of a row of records go; there is room for them.
struct DecodedRow {
  Node* nodes;
  double* primals;
  double* constants;
  Operand* operand_of;
  uint32_t node, constant, record;  // the next of each

  Operand Constant(double value) {
    constants[constant] = value;
    return Operand::Constant(constant++);
  }
};

// Adds an operation whose operands are at `at`; answers where they end. Its primal is *primal. The
// tape has none of a temporary: then `primal` is null, MayBeInner(op), and it is computed.
using DecodeForm = const Word* (*)(DecodedRow& row, const Word* at, const double* primal);

// What a code stands for, and how it is decoded.
struct Decoding {
  uint8_t records = 0, nodes = 0, constants = 0;  // how many it makes; a tail makes no record
  DecodeForm first = nullptr;                     // null if it is no operation
  DecodeForm outer = nullptr;                     // null where nothing is joined to it
};
extern const Decoding* const kDecodingOf;  // for each code
inline const Decoding& DecodingOf(uint32_t code) { return kDecodingOf[code]; }

// Adds the operations of the record at `at`, or of a tail, whose result replaces that of the record
// before. `primal` is null if a tail follows. Answers where what was read ends.
inline const Word* DecodeOperations(const Decoding& decoding, DecodedRow& row, const Word* at,
                                    const double* primal) {
  row.record -= 1u - decoding.records;
  if (decoding.outer == nullptr) {
    at = decoding.first(row, at, primal);
  } else {
    at = decoding.outer(row, decoding.first(row, at, nullptr), primal);
  }
  row.operand_of[row.record++] = Operand::Node(row.node - 1);
  return at + 1;
}

}  // namespace wengert

#endif  // WENGERT_TAPE_DECODE_H_
