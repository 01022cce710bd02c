#ifndef WENGERT_TAPE_NODES_H_
#define WENGERT_TAPE_NODES_H_

// A tape's records (stream.h) as nodes: the simple arrays that everything but recording and the
// plain reverse sweep works on. A record becomes each of its operations; a temporary's primal,
// which the tape doesn't keep, is computed again, to the bit.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wengert/base/unwritten.h"
#include "wengert/tape/custom.h"
#include "wengert/tape/node.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/var.h"

namespace wengert {

// A guard as recorded, in terms of records.
struct RecordedGuard {
  Op op;
  VarFields a, b;
  uint32_t position;
  double outcome;
};

struct DecodedRow;

struct TapeNodes {
  UnwrittenVector<Node> nodes;
  UnwrittenVector<double> primals;
  UnwrittenVector<double> constants;
  std::vector<uint32_t> inputs;
  std::vector<Guard> guards;
  std::vector<CustomCall> calls;
  std::vector<Operand> call_operands;
  UnwrittenVector<Operand> operand_of;  // of each record: the last of its nodes, or its constant

  // Brings them up to `size` records that end before `end`. What is already here is
  // kept, except its newest record: that one may have been joined since.
  void Extend(const Word* bottom, const Word* end, uint32_t size, const Cell* cells,
              const RecordedCalls& recorded);
  void Extend(const std::vector<RecordedGuard>& recorded);
  void Clear();  // keeps the room: who asked for nodes once is likely to ask again

  // What stands in the tape's array of primals for a record.
  double PrimalOf(uint32_t record) const {
    const Operand operand = operand_of[record];
    return operand.is_constant() ? constants[operand.index()] : primals[operand.index()];
  }

 private:
  void DropNewest();
  DecodedRow MakeRoom(const Word* at, const Word* end, uint32_t size,
                      const RecordedCalls& recorded);
  void AddOther(uint32_t code, DecodedRow& row, double primal, const RecordedCalls& recorded);
  void AddOutput(DecodedRow& row, const RecordedCalls& recorded);
  Operand AddConstant(double value);
  Operand OperandOf(const VarFields& v);
  uint32_t NodesBefore(uint32_t record) const;

  // Where the nodes, inputs and words of the newest record begin.
  struct Begin {
    size_t nodes = 0, inputs = 0, words = 1;
  };
  Begin newest_;
  UnwrittenVector<uint16_t> codes_;  // of what is decoded, the newest first, behind kBottomCode
};

// Where what is before the code at end[-1] and its operands ends, a record or one with a tail less.
const Word* CodeBefore(const Word* end);
// Where the record before the one that ends before `end` ends.
const Word* RecordBefore(const Word* end);

}  // namespace wengert

#endif  // WENGERT_TAPE_NODES_H_
