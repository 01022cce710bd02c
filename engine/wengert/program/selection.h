#ifndef WENGERT_PROGRAM_SELECTION_H_
#define WENGERT_PROGRAM_SELECTION_H_

// Which values of a body disappear into sums of products, and the sums.
//
// A sum's terms are added one after the other, and must be rounded as they would be in scalar code,
// but for products that are fused: what cancels there cancels here. So of two sums that are added,
// only the longer one (or the first) disappears, whose terms come first:
//
//   (a - b) - c            +a -b -c
//   a - (b + c)            -b -c +a
//   (a + b) + (c + d)      +a +b +s, where s = c + d

#include <cstdint>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

// sign * x, or sign * x * y.
struct Product {
  int sign;
  Operand x;
  bool has_y = false;
  Operand y{};
};

class Selection {
 public:
  explicit Selection(const BlockBody& body);

  // Whether node i has no place of its own.
  bool is_absorbed(uint32_t i) const { return absorbed_[i]; }
  // Whether node i is to be computed as a sum, not by its own operation.
  bool is_sum(uint32_t i) const { return is_sum_[i]; }
  // An operand as the sum that it is once everything absorbed is written out.
  std::vector<Product> SumOf(Operand operand) const;

 private:
  void AbsorbOneSumEach();
  // How many terms a summand is written out as.
  uint32_t Length(Operand operand) const;
  // Through absorbed changes of sign.
  Operand Signed(Operand operand, int* sign) const;

  const Graph& graph_;
  std::vector<bool> absorbed_, is_sum_;
  std::vector<uint32_t> length_;  // of each node as a sum
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SELECTION_H_
