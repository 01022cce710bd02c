#include <wengert/wengert.h>

double GradientElsewhere(double x) {
  wengert::Tape tape;
  const wengert::Var v = tape.Input(x);
  return tape.Backward(exp(v) * v)[v];
}
