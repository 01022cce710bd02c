#ifndef WENGERT_PROGRAM_CHAIN_H_
#define WENGERT_PROGRAM_CHAIN_H_

// Executes linear recurrences, one iteration after the other.

#include <optional>
#include <vector>

#include "wengert/program/blocks.h"
#include "wengert/program/lane_kernels.h"

namespace wengert::program {

// x[k] = coefficient[k] * x[k-1] + rest[k], or that added to what stands in x[k]: what most chains
// are after their loop was split. Or a sum, x[k] = x[k-1] + a[k] - b[k] ..., each rounded.
class LinearChain {
 public:
  // Null for a block that is anything else.
  static std::optional<LinearChain> Of(const Block& block);
  void Execute(uint32_t count, double* memory, const LaneKernels& kernels) const;

 private:
  // A number for each iteration: constant, or in memory.
  struct Sequence {
    bool is_constant = true;
    double constant = 0.0;
    Cell at = 0;
    uint32_t step = 0;
  };
  struct Summand {
    int sign;
    Sequence sequence;
  };
  static std::optional<Sequence> SequenceOf(const Block& block, Operand operand);
  static bool IsCarried(const Block& block, Operand operand);
  bool TakeSum(const Block& block);
  bool TakeMultiplyAdd(const Block& block);
  void ExecuteSum(uint32_t count, double* memory) const;
  Sequence coefficient_, rest_;
  std::vector<Summand> summands_;  // in order; none: a multiply-add
  Cell from_ = 0, to_ = 0;         // of x[k-1] and x[k] in iteration 0
  bool adds_ = false, descends_ = false;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_CHAIN_H_
