#ifndef WENGERT_PROGRAM_SELECTION_H_
#define WENGERT_PROGRAM_SELECTION_H_

// Which values of a body disappear into sums of products, and the sums.

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
  // Through absorbed changes of sign.
  Operand Signed(Operand operand, int* sign) const;

  const Graph& graph_;
  std::vector<bool> absorbed_, is_sum_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_SELECTION_H_
