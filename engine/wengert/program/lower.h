#ifndef WENGERT_PROGRAM_LOWER_H_
#define WENGERT_PROGRAM_LOWER_H_

// From a loop's body to the words that execute it in lanes (words.h).
//
// Instruction selection: what is a sum of products in the end is one instruction of any length, in
// which every value that only this sum uses disappears:
//
//   v4 = mul v0 v1
//   v5 = mul v2 v3      ->   y = + v0*v1 + v2*v3 - v6        one pass over the lanes, no
//   v6 = add v4 v5           (products are fused into the sum)    value in between
//   y  = sub v6 v7
//
// A sum that is added to a cell goes to an accumulator of one pack in the same way. The values that
// are left get a slot from definition to last use.

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "wengert/program/blocks.h"
#include "wengert/program/rows.h"

namespace wengert::program {

// The bases of a lowered body's places.
enum Base : uint32_t {
  kSlots,
  kColumns,
  kConstants,
  kUniforms,
  kNumbers,
  kAccumulators,
  kOutputs,  // a row for each root, where they are stored as columns: of a batch
  kFirstStream
};

struct LoweredBody {
  uint32_t packs = 0;  // of a whole block
  std::vector<uint32_t> words;
  uint32_t slots = 0;
  std::vector<double> constants;       // a pack each, all lanes the same
  std::vector<uint32_t> uniforms;      // leaves, in order of their packs
  std::vector<uint32_t> numbers;       // leaves that sums read as one number for all lanes
  std::vector<uint32_t> columns;       // leaves, or checked roots with kRootBit
  std::vector<uint32_t> accumulators;  // roots
  std::vector<uint32_t> streams;       // leaves, or roots with kRootBit, in order of their bases
  std::vector<uint32_t> tables;        // likewise
  uint32_t instructions = 0;

  size_t uniform_leaves() const;  // read as packs, numbers or both
  static constexpr uint32_t kRootBit = uint32_t{1} << 31;
};

// `rows` are those of the block that it is lowered for. ResourceExhausted if it has more streams or
// slots than places can name.
absl::StatusOr<LoweredBody> Lower(const BlockBody& body, uint32_t packs, const Rows& rows = {});

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LOWER_H_
