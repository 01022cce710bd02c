// What a debugger is to show; test/consumers/check_debugger.py stops in ShowMe.

#include <wengert/wengert.h>

[[gnu::noinline]] void ShowMe() { asm volatile(""); }

int main() {
  const auto function = wengert::Function::Record(
      [](absl::Span<const wengert::Var> x) { return x[0] * x[1]; }, {1.0, 2.0});
  const double product = function.Value({3.0, 4.0});
  wengert::Tape tape;
  const wengert::Var constant = 0.5, a = tape.Input(-4.0), b = tape.Input(2.0);
  wengert::Var stale;
  {
    wengert::Tape inner;
    stale = exp(inner.Input(1.0));
  }
  const wengert::Var c = a * b + 3.0;
  const size_t size = tape.size();
  ShowMe();
  return size != 4 || product < 0.0;
}
