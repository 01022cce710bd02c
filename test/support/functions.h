#ifndef WENGERT_TEST_SUPPORT_FUNCTIONS_H_
#define WENGERT_TEST_SUPPORT_FUNCTIONS_H_

// The function zoo: small functions of every shape that a driver or a pass must get right, each
// with a point where it is smooth. Every law that holds for all functions is tested on all of them.

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/wengert.h"

namespace wengert::testing {

using Vars = absl::Span<const Var>;
using VectorFunction = std::function<std::vector<Var>(Vars)>;

struct ZooFunction {
  std::string name;
  VectorFunction f;
  std::vector<double> x;
};
inline void PrintTo(const ZooFunction& function, std::ostream* out) { *out << function.name; }

inline Var ChainedRosenbrock(Vars x) {
  Var sum = 0.0;
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    const Var a = 1.0 - x[i];
    const Var b = x[i + 1] - x[i] * x[i];
    sum += a * a + 100.0 * b * b;
  }
  return sum;
}

// -log likelihood of three labelled points under a logistic model.
inline Var LogisticLoss(Vars x) {
  Var loss = 0.0;
  for (int row = 0; row < 3; ++row) {
    Var z = x[x.size() - 1];
    for (size_t k = 0; k + 1 < x.size(); ++k) z += x[k] * (0.3 * static_cast<double>(k) - row);
    loss += softplus(row == 1 ? -z : z);
  }
  return loss;
}

// log sum exp of squared distances to two centres: a mixture of Gaussians in miniature.
inline Var MixtureLikelihood(Vars x) {
  Var total = 0.0;
  for (double point : {-1.0, 0.25, 2.0}) {
    Var terms = exp(-0.5 * square((point - x[0]) / x[1]));
    terms += exp(x[2] - 0.5 * square((point - x[3]) / x[1]));
    total += log(terms) - log(x[1]);
  }
  return total;
}

// Two hidden units with tanh and sigmoid, one linear output.
inline Var TinyNetwork(Vars x) {
  const Var h = tanh(x[0] * 0.7 + x[1]);
  const Var g = sigmoid(x[2] * h + x[3]);
  return x[4] * h + x[5] * g;
}

// Rotation of a point about an axis, then a perspective division: two residuals.
inline std::vector<Var> Reprojection(Vars x) {
  const Var angle = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
  const Var c = cos(angle), s = sin(angle) / angle;
  const Var depth = 4.0 + c * x[3] - s * x[2] * x[4];
  const Var u = (c * x[4] + s * x[0] * x[3]) / depth;
  const Var v = (c * x[5] - s * x[1] * x[3]) / depth;
  const Var radius = u * u + v * v;
  const Var distortion = 1.0 + radius * (0.1 + 0.02 * radius);
  return {u * distortion - 0.3, v * distortion + 0.1};
}

// One step of a three-point stencil with a nonlinear flux, in and out.
inline std::vector<Var> Stencil(Vars x) {
  std::vector<Var> out;
  for (size_t i = 1; i + 1 < x.size(); ++i) {
    out.push_back(x[i] - 0.1 * (x[i + 1] * x[i + 1] - x[i - 1] * x[i - 1]) +
                  0.05 * (x[i + 1] - 2.0 * x[i] + x[i - 1]));
  }
  return out;
}

inline const std::vector<ZooFunction>& Zoo() {
  static const auto* zoo = new std::vector<ZooFunction>{
      {"identity", [](Vars x) { return std::vector<Var>{x[0]}; }, {1.5}},
      {"linear",
       [](Vars x) { return std::vector<Var>{2.0 * x[0] - x[1] / 4.0 + x[2]}; },
       {1, 2, 3}},
      {"product",
       [](Vars x) { return std::vector<Var>{x[0] * x[1] * x[2] * x[3]}; },
       {1, -2, 3, .5}},
      {"quotient", [](Vars x) { return std::vector<Var>{(x[0] + 1.0) / (x[1] * x[0])}; }, {2, -3}},
      {"shared square",
       [](Vars x) {
         const Var s = x[0] + x[1];
         return std::vector<Var>{s * s};
       },
       {1, 4}},
      {"square chain",
       [](Vars x) {
         Var y = x[0];
         for (int k = 0; k < 5; ++k) y = 0.5 * (y * y + 1.0);
         return std::vector<Var>{y};
       },
       {0.8}},
      {"exp of sum", [](Vars x) { return std::vector<Var>{exp(x[0] + 2.0 * x[1])}; }, {.3, -.4}},
      {"cubes",
       [](Vars x) { return std::vector<Var>{x[0] * x[0] * x[0] + pow(x[1], 3.0)}; },
       {1.5, -.7}},
      {"power",
       [](Vars x) { return std::vector<Var>{pow(x[0], x[1]) + pow(2.0, x[1])}; },
       {1.5, 2.5}},
      {"roots", [](Vars x) { return std::vector<Var>{sqrt(x[0]) * cbrt(x[1])}; }, {2, -3}},
      {"norm",
       [](Vars x) { return std::vector<Var>{hypot(x[0], x[1]) + hypot(x[0], x[1], x[2])}; },
       {3, -4, 1}},
      {"waves",
       [](Vars x) { return std::vector<Var>{sin(x[0]) * cos(x[1]) + tan(x[0] * 0.3)}; },
       {.4, 1.3}},
      {"logs",
       [](Vars x) { return std::vector<Var>{log(x[0]) * log1p(x[1]) + log2(x[0] * x[1])}; },
       {2, .7}},
      {"angles",
       [](Vars x) { return std::vector<Var>{atan2(x[0], x[1]) + atan(x[0]) * asin(x[1])}; },
       {.6, .4}},
      {"errors",
       [](Vars x) { return std::vector<Var>{erf(x[0]) * erfc(x[1]) + lgamma(x[2])}; },
       {.5, .2, 3.5}},
      {"hyperbolic",
       [](Vars x) { return std::vector<Var>{sinh(x[0]) * tanh(x[1]) + asinh(x[0])}; },
       {.5, 1.2}},
      {"kinks",
       [](Vars x) {
         return std::vector<Var>{abs(x[0]) * max(x[0], x[1]) + relu(x[1]) * min(x[0] * x[1], 2.0)};
       },
       {-.5, 1.2}},
      {"choice",
       [](Vars x) {
         return std::vector<Var>{Where(Less(x[0], x[1]), x[0] * x[1], exp(x[0])) + x[1]};
       },
       {.5, 1.2}},
      {"branch",
       [](Vars x) { return std::vector<Var>{x[0] < x[1] ? x[0] * x[0] * x[1] : sin(x[1])}; },
       {.5, 1.2}},
      {"steps",
       [](Vars x) { return std::vector<Var>{floor(x[0]) * x[1] + sign(x[1]) * x[0]}; },
       {2.3, -.4}},
      {"fused",
       [](Vars x) { return std::vector<Var>{fma(x[0], x[1], x[2]) * fma(x[2], 2.0, x[0])}; },
       {1, 2, 3}},
      {"rosenbrock",
       [](Vars x) { return std::vector<Var>{ChainedRosenbrock(x)}; },
       {-1.2, 1, .5, .8, 1.1}},
      {"logistic", [](Vars x) { return std::vector<Var>{LogisticLoss(x)}; }, {.3, -.2, .5, .1}},
      {"mixture",
       [](Vars x) { return std::vector<Var>{MixtureLikelihood(x)}; },
       {.2, 1.1, -.4, 1.5}},
      {"network",
       [](Vars x) { return std::vector<Var>{TinyNetwork(x)}; },
       {.5, -.1, 1.1, .2, .9, -1.4}},
      {"reprojection", Reprojection, {.1, -.2, .3, .4, .5, -.6}},
      {"stencil", Stencil, {.1, .4, -.2, .9, .3, -.5, .7}},
      {"many to few",
       [](Vars x) {
         Var s = 0.0, p = 1.0;
         for (const Var& each : x) {
           s += each * each;
           p *= each;
         }
         return std::vector<Var>{s, p};
       },
       {1, 2, 3, .4, .5, .6, .7, .8, .9, 1.1, 1.2}},
      {"few to many",
       [](Vars x) {
         std::vector<Var> y;
         for (int k = 1; k <= 11; ++k) y.push_back(sin(x[0] * k) * x[1]);
         return y;
       },
       {.3, .7}},
      {"constant", [](Vars) { return std::vector<Var>{Var(4.0)}; }, {1, 2}},
      {"unused input",
       [](Vars x) {
         return std::vector<Var>{x[1] * x[1], x[1], 3.0, x[1]};
       },
       {1, 2, 3}},
  };
  return *zoo;
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_FUNCTIONS_H_
