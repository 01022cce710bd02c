#include "bench/naive/walk.h"

#include <variant>

#include "bench/naive/match.h"

namespace bench::naive {
namespace {

// The algorithm, with or without a counter: what is timed is compiled without one.
template <bool kCounted>
struct Walk {
  static inline thread_local std::size_t evaluations = 0;

  static double Computed(double y) {
    if constexpr (kCounted) ++evaluations;
    return y;
  }

  static double Evaluate(const Tree& tree) {
    return std::visit(Match{
                          [](const Constant& c) { return c.value; },
                          [](const Var& v) { return *v.value; },
                          [](const Negate& n) { return Computed(-Evaluate(n.x)); },
                          [](const ReLU& r) { return Computed(Ramp(Evaluate(r.x))); },
                          [](const Add& s) { return Computed(Evaluate(s.x) + Evaluate(s.y)); },
                          [](const Multiply& p) { return Computed(Evaluate(p.x) * Evaluate(p.y)); },
                      },
                      tree.node().op);
  }

  static void Backward(const Tree& tree, double y_bar, std::vector<Contribution>& pairs) {
    std::visit(Match{
                   [](const Constant&) {},
                   [&](const Var& v) {
                     pairs.push_back({v.name, y_bar});
                   },
                   [&](const Negate& n) { Backward(n.x, -y_bar, pairs); },
                   [&](const ReLU& r) { Backward(r.x, Evaluate(r.x) > 0.0 ? y_bar : 0.0, pairs); },
                   [&](const Add& s) {
                     Backward(s.x, y_bar, pairs);
                     Backward(s.y, y_bar, pairs);
                   },
                   [&](const Multiply& p) {
                     Backward(p.x, y_bar * Evaluate(p.y), pairs);
                     Backward(p.y, y_bar * Evaluate(p.x), pairs);
                   },
               },
               tree.node().op);
  }

 private:
  static double Ramp(double x) { return x > 0.0 ? x : 0.0; }
};

}  // namespace

double Evaluate(const Tree& tree) { return Walk<false>::Evaluate(tree); }

std::vector<Contribution> Backward(const Tree& tree, double gradient) {
  std::vector<Contribution> pairs;
  Walk<false>::Backward(tree, gradient, pairs);
  return pairs;
}

std::vector<double> SumPerVariable(std::span<const Contribution> contributions,
                                   std::size_t variables) {
  std::vector<double> gradient(variables);
  for (std::size_t i = contributions.size(); i > 0;) {
    --i;
    gradient[contributions[i].variable] += contributions[i].gradient;
  }
  return gradient;
}

std::size_t EvaluationsOfEvaluate(const Tree& tree) {
  using Counted = Walk<true>;
  Counted::evaluations = 0;
  Counted::Evaluate(tree);
  return Counted::evaluations;
}

std::size_t EvaluationsOfBackward(const Tree& tree) {
  using Counted = Walk<true>;
  Counted::evaluations = 0;
  std::vector<Contribution> pairs;
  Counted::Backward(tree, 1.0, pairs);
  return Counted::evaluations;
}

}  // namespace bench::naive
