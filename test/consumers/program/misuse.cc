// A program without exceptions that misuses the library: it must die of that, and say why.

#include <wengert/wengert.h>

#include <cstdio>

int main() {
  wengert::Tape tape;
  const wengert::Var v = tape.Input(1.0);
  tape.Clear();
  const wengert::Var w = v * v;
  std::printf("used a stale Var: %g\n", w.value());
}
