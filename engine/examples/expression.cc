// The smallest program: an expression, its value, and the derivative by every quantity in it.
//
// Arithmetic on Var is ordinary arithmetic that a tape writes down. One reverse sweep over the tape
// gives the adjoint of every intermediate result at once, not only of the inputs.

#include <wengert/wengert.h>

#include <cstdio>

#include "absl/status/status.h"

using wengert::Var;

int main() {
  wengert::Tape tape;  // records on this thread while it lives
  const Var a = tape.Input(4.0), b = tape.Input(2.0);
  const Var c = a * b + 3.0;  // 3.0 is a constant: no node of its own, no adjoint
  const Var d = relu(c);

  const wengert::Adjoints& d_bar = tape.Backward(d);
  std::printf("d = relu(a * b + 3) = %g\n", d.value());
  std::printf("dd/da = %g   dd/db = %g   dd/dc = %g\n\n", d_bar[a], d_bar[b], d_bar[c]);
  std::printf("%s\n", wengert::Listing(tape, &d_bar).c_str());

  // The same tape at another point: nothing is recorded again, and relu knows its other side.
  if (!tape.Replay({-4.0, 2.0}).ok()) return 1;
  tape.Backward(d);
  std::printf("at a = -4: c = %g, d = %g, dd/da = %g\n", tape.Primal(c), tape.Primal(d), d_bar[a]);
}
