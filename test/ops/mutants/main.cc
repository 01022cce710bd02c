// The tests of the operations' rules, with the mutation that WENGERT_MUTANT numbers in force:
// values and partials against truth (partials_test.cc), and the table of special values.

#include <cstdlib>

#include "test/ops/special_values.h"

namespace wengert::truth {
namespace {

// A sweep adds partials to +0, so a zero of them is +0 in the table.
TEST(SpecialValues, ByRules) {
  for (const Special& row : kSpecials) {
    SCOPED_TRACE(Text(row));
    const double y = RuleValue(row.op, row.x);
    ExpectSame(y, row.y, -1);
    for (int k = 0; k < ArityOf(row.op); ++k) {
      const double partial = RulePartial(row.op, row.x, k, y);
      ExpectSame(partial == 0 ? 0.0 : partial, row.partials[static_cast<size_t>(k)], k);
    }
  }
}

}  // namespace
}  // namespace wengert::truth

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  if (const char* const number = std::getenv("WENGERT_MUTANT")) wengert::mutant = std::atoi(number);
  return RUN_ALL_TESTS();
}
