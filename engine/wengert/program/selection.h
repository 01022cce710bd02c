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
//
// The first term of a sum is rounded even if it is a product. So are all where fusing would show:
// in a difference of two products, which is zero where they are equal, and in a short difference
// that decides something (op table: a kink or a jump), or one side of it, which is zero where the
// recording's is. Long ones stay fused: what many roundings made zero is an accident.
//
//   a * b - c * d          +ab -p, where p = c * d
//   relu(a - b * c)        +a -p, where p = b * c

#include <cstdint>
#include <vector>

#include "wengert/program/blocks.h"

namespace wengert::program {

// sign * x, or sign * x * y.
struct Product {
  static constexpr uint32_t kNone = ~uint32_t{0};

  int sign;
  Operand x;
  bool has_y = false;
  Operand y{};
  uint32_t of = kNone;  // the absorbed node that is the product
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
  static constexpr uint32_t kShort = 4;  // terms

  void AbsorbOneSumEach();
  void RoundDifferences();
  void RoundDecisions();
  void RoundProducts(uint32_t i);
  void Round(uint32_t product);
  bool IsAbsorbedProduct(Operand operand) const;
  bool IsDifference(uint32_t i) const;
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
