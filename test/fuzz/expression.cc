// Expressions from strangers: an error with a place, or a function whose recording, replay and file
// have the same value at two points, and whose records and nodes give the same gradient.

#include "cli/expression.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "test/fuzz/fuzz_input.h"
#include "test/fuzz/gradients.h"
#include "test/support/stored.h"
#include "wengert/wengert.h"

namespace {

using wengert::Var;
using wengert::fuzz::Require;
using wengert::fuzz::SameNumber;

void Evaluate(const cli::Expression& expression, double at) {
  std::vector<double> x;
  for (size_t k = 0; k < expression.variables().size(); ++k) {
    x.push_back(at + 0.25 * static_cast<double>(k));
  }
  const std::vector<Var> constants(x.begin(), x.end());
  const double value = expression(constants).value();
  wengert::Tape tape;
  const std::vector<Var> inputs = tape.Inputs(x);
  const Var y = expression(inputs);
  Require(SameNumber(y.value(), value), "recorded, it has another value");
  wengert::fuzz::CheckGradient(tape, y);
  const absl::StatusOr<std::string> bytes = wengert::TapeToBytes(tape, {y});
  Require(bytes.ok(), "it can't be saved");
  const absl::StatusOr<wengert::LoadedTape> loaded = wengert::TapeFromBytes(*bytes);
  Require(loaded.ok(), "it can't be loaded");
  Require(wengert::testing::SameTape(tape, *loaded->tape), "loaded, it is another one");
  Require(tape.Replay(x).ok() && SameNumber(tape.Primal(y), value),
          "replayed, it has another value");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<cli::Expression> expression = cli::Expression::Parse(text);
  if (!expression.ok()) {
    Require(!expression.status().message().empty(), "an error without a text");
    return 0;
  }
  Evaluate(*expression, 0.75);
  Evaluate(*expression, -2.0);
  return 0;
}
