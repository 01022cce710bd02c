// engine/special_values.md is the table of special values, to be read. WENGERT_WRITE_PAGES=1 writes
// it anew: WENGERT_WRITE_PAGES=1 sh cmake/dev.sh test -R SpecialValuesPage

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "test/ops/special_values.h"

namespace wengert::truth {
namespace {

constexpr char kPage[] = "engine/special_values.md";

constexpr char kHead[] =
    R"(# Special values: what every operation answers at the edges

Made from `test/ops/special_values.inc`, which is asserted in every bit on the tape, after a replay
and in dual numbers; but for the sign of a zero partial also retaped, in compiled programs and in
batches. Those two leave rows that aren't finite to the nodes where they can't answer, and 12 rows have
another partial when they are retaped (infinite operands of pow, logaddexp, atan2 and hypot). Don't
edit: a test compares it, and writes it with `WENGERT_WRITE_PAGES=1`. The rules behind it: README.md,
"Numbers". `max` is the largest double.

| operation | operands | value | partials |
|---|---|---|---|
)";

std::string Number(double x) {
  if (std::isnan(x)) return "NaN";
  if (std::abs(x) == std::numeric_limits<double>::max()) return x < 0 ? "-max" : "max";
  const std::string decimal = absl::StrFormat("%g", x);
  return std::strtod(decimal.c_str(), nullptr) == x ? decimal : absl::StrFormat("%a", x);
}

std::string Numbers(const Point& x, int count) {
  std::string text;
  for (int k = 0; k < count; ++k) {
    absl::StrAppend(&text, k == 0 ? "" : ", ", Number(x[static_cast<size_t>(k)]));
  }
  return text;
}

std::string Page() {
  std::string page = kHead;
  for (const Special& row : kSpecials) {
    const int arity = ArityOf(row.op);
    absl::StrAppendFormat(&page, "| %s | %s | %s | %s |\n", InfoOf(row.op).text,
                          Numbers(row.x, arity), Number(row.y), Numbers(row.partials, arity));
  }
  return page;
}

TEST(SpecialValuesPage, IsTheTestsTable) {
  if (std::getenv("WENGERT_WRITE_PAGES") != nullptr) std::ofstream(kPage) << Page();
  std::ifstream file(kPage);
  std::stringstream written;
  written << file.rdbuf();
  EXPECT_EQ(written.str(), Page()) << "write it with WENGERT_WRITE_PAGES=1";
}

}  // namespace
}  // namespace wengert::truth
