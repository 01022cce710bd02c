// Where does the NaN come from? By the time it is noticed it has spread through everything; asked
// afterwards, FirstNonFinite names the operation that made the first one, and costs nothing else.
//
// Both mistakes here are classics: a value that isn't finite, and a value that is fine whose
// derivative isn't.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <vector>

using Vars = absl::Span<const wengert::Var>;

// The entropy of a distribution given by weights: 0 log 0 is NaN.
wengert::Var Entropy(Vars weights) {
  wengert::Var total = 0.0, sum = 0.0;
  for (const wengert::Var& w : weights) total += w;
  for (const wengert::Var& w : weights) {
    const wengert::Var p = w / total;
    sum -= p * log(p);
  }
  return sum;
}

// The length of a path: at a repeated point the norm's slope is 0 / 0 by its parts.
wengert::Var PathLength(Vars x) {
  wengert::Var sum = 0.0;
  for (size_t i = 2; i + 1 < x.size(); i += 2) {
    sum += sqrt(square(x[i] - x[i - 2]) + square(x[i + 1] - x[i - 1]));
  }
  return sum;
}

// The same with hypot, which knows its slope there.
wengert::Var PathLengthByHypot(Vars x) {
  wengert::Var sum = 0.0;
  for (size_t i = 2; i + 1 < x.size(); i += 2) {
    sum += hypot(x[i] - x[i - 2], x[i + 1] - x[i - 1]);
  }
  return sum;
}

void Examine(const char* name, wengert::Var (*f)(Vars), const std::vector<double>& x) {
  std::vector<double> g(x.size());
  const double value = wengert::Function::Record(f, x).Gradient(x, g);
  std::printf("%s = %g, gradient", name, std::abs(value));  // a NaN may have a sign
  for (double each : g) std::printf(" %g", std::isnan(each) ? std::abs(each) : each + 0.0);
  const wengert::NonFinite found = wengert::FirstNonFinite(f, x);
  std::printf("\n%s\n", found.found() ? found.report.c_str() : "everything is finite\n");
}

int main() {
  Examine("entropy", Entropy, {0.5, 0.0, 1.5});
  const std::vector<double> path = {0, 0, 3, 4, 3, 4};  // the last point twice
  Examine("length", PathLength, path);
  Examine("length by hypot", PathLengthByHypot, path);
}
