#include "bench/demo/seed_example.h"

#include "absl/strings/str_format.h"
#include "wengert/wengert.h"

namespace bench {

std::string ShowSeedExample() {
  wengert::Tape tape;
  const wengert::Var a = tape.Input(-4.0), b = tape.Input(2.0);
  const wengert::Var c = a * b + 3.0;
  const wengert::Var d = relu(c);

  absl::PrintF("a = %g, b = %g, c = a * b + 3, d = relu(c)\n\n", a.value(), b.value());
  const wengert::Adjoints& d_bar = tape.Backward(d);
  const double dd_da = d_bar[a], dd_db = d_bar[b];
  const wengert::Adjoints& c_bar = tape.Backward(c);
  absl::PrintF("%s\n", wengert::Listing(tape, &c_bar));
  absl::PrintF("c = %g   dc/da = %g   dc/db = %g\n", c.value(), c_bar[a], c_bar[b]);
  absl::PrintF("d = %g   dd/da = %g   dd/db = %g\n\n", d.value(), dd_da, dd_db);
  absl::PrintF(
      "In the seed's tree a literal -4 is Negate(4), and the gradient belongs to the 4. Here a is\n"
      "the number -4 itself, and the constant 3 is an operand without a node or an adjoint.\n");
  return wengert::Dot(tape, &c_bar);
}

}  // namespace bench
