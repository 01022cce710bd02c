// Derivatives of any order: the gradient of a tape is a tape, which has a gradient.
//
// Retape sweeps backwards over Var instead of double, so what a sweep would have computed is
// recorded. Done k times to tan(x) at 0 it gives the Taylor series, whose coefficients times k! are
// the tangent numbers 1, 2, 16, 272, 7936.

#include <wengert/wengert.h>

#include <cstdio>

#include "absl/status/status.h"

int main() {
  wengert::Tape source;
  const wengert::Var x = source.Input(0.0);
  const wengert::Var y = tan(x);
  source.Stop();

  std::printf("order  derivative of tan at 0  at 0.5            nodes\n");
  wengert::Retaped derivative = wengert::Retape(source, y);
  for (int order = 1; order <= 9; ++order) {
    wengert::Tape& tape = *derivative.tape;
    const wengert::Var root = derivative.gradient[0];
    const double at_0 = tape.Primal(root);
    if (!tape.Replay({0.5}).ok()) return 1;  // a derivative's tape is replayed like any other
    std::printf("%5d  %22.0f  %-16.10g  %zu\n", order, at_0, tape.Primal(root), tape.size());
    if (!tape.Replay({0.0}).ok()) return 1;
    derivative = wengert::Retape(tape, root);
  }
}
