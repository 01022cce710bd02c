#ifndef WENGERT_PROGRAM_DRAFTS_H_
#define WENGERT_PROGRAM_DRAFTS_H_

// The instructions of a lane program before its vectors have places.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/selection.h"

namespace wengert::program {

// Words that are operands are named by `operands` in the order in which they appear.
struct Draft {
  static constexpr uint32_t kNone = ~uint32_t{0};
  enum Kind : uint8_t {
    kOperation,
    kSumOf,
    kGatherLeaf,
    kScatterRoot,
    kGatherRow,
    kScatterRow,
    kCheckRoot
  } kind;
  uint32_t code;
  uint32_t node = kNone;  // what it computes
  uint32_t root = kNone;  // what it is the end of
  std::vector<Operand> operands;
  std::vector<Product> sum;
  std::vector<uint32_t> row;  // the nodes of a row that is gathered
};

// Gives a slot to every node that a draft computes and that has no place yet, from definition to
// last use, the latest freed first, which is likely in the cache. Answers how many slots there are.
uint32_t PlaceSlots(absl::Span<const Draft> drafts, uint32_t packs, std::vector<uint32_t>& place);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_DRAFTS_H_
