#include "wengert/embed/complex.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "wengert/wengert.h"

namespace wengert {
namespace {

using C = std::complex<double>;

// The same function of Var, of doubles, and its complex derivative.
struct Case {
  std::string name;
  std::function<Complex(const Complex&)> f;
  std::function<C(C)> value;
  std::function<C(C)> derivative;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"z * z", [](const Complex& z) { return z * z; }, [](C z) { return z * z; },
       [](C z) { return 2.0 * z; }},
      {"1 / z", [](const Complex& z) { return 1.0 / z; }, [](C z) { return 1.0 / z; },
       [](C z) { return -1.0 / (z * z); }},
      {"(z + c) / (z - c)", [](const Complex& z) { return (z + C(1, 2)) / (z - C(1, 2)); },
       [](C z) { return (z + C(1, 2)) / (z - C(1, 2)); },
       [](C z) { return -2.0 * C(1, 2) / ((z - C(1, 2)) * (z - C(1, 2))); }},
      {"exp", [](const Complex& z) { return exp(z); }, [](C z) { return std::exp(z); },
       [](C z) { return std::exp(z); }},
      {"log", [](const Complex& z) { return log(z); }, [](C z) { return std::log(z); },
       [](C z) { return 1.0 / z; }},
      {"sqrt", [](const Complex& z) { return sqrt(z); }, [](C z) { return std::sqrt(z); },
       [](C z) { return 0.5 / std::sqrt(z); }},
      {"pow -3", [](const Complex& z) { return pow(z, -3); }, [](C z) { return std::pow(z, -3); },
       [](C z) { return -3.0 / (z * z * z * z); }},
      {"pow 1.5", [](const Complex& z) { return pow(z, 1.5); },
       [](C z) { return std::pow(z, 1.5); }, [](C z) { return 1.5 * std::sqrt(z); }},
      {"pow i", [](const Complex& z) { return pow(z, Complex(C(0, 1))); },
       [](C z) { return std::pow(z, C(0, 1)); },
       [](C z) { return C(0, 1) * std::pow(z, C(-1, 1)); }},
      {"sin", [](const Complex& z) { return sin(z); }, [](C z) { return std::sin(z); },
       [](C z) { return std::cos(z); }},
      {"cos", [](const Complex& z) { return cos(z); }, [](C z) { return std::cos(z); },
       [](C z) { return -std::sin(z); }},
      {"tan", [](const Complex& z) { return tan(z); }, [](C z) { return std::tan(z); },
       [](C z) { return 1.0 / (std::cos(z) * std::cos(z)); }},
      {"sinh", [](const Complex& z) { return sinh(z); }, [](C z) { return std::sinh(z); },
       [](C z) { return std::cosh(z); }},
      {"cosh", [](const Complex& z) { return cosh(z); }, [](C z) { return std::cosh(z); },
       [](C z) { return std::sinh(z); }},
      {"tanh", [](const Complex& z) { return tanh(z); }, [](C z) { return std::tanh(z); },
       [](C z) { return 1.0 / (std::cosh(z) * std::cosh(z)); }},
      {"mixed",
       [](const Complex& z) {
         Complex y = 2.0 - z * 3.0 + z / 4.0;
         y *= C(1, -1);
         y -= 0.5;
         return y / (1 + 2 * z);
       },
       [](C z) { return ((2.0 - z * 3.0 + z / 4.0) * C(1, -1) - 0.5) / (1.0 + 2.0 * z); },
       [](C z) {
         const C top = (2.0 - z * 3.0 + z / 4.0) * C(1, -1) - 0.5, below = 1.0 + 2.0 * z;
         return (-2.75 * C(1, -1) * below - 2.0 * top) / (below * below);
       }},
  };
  return cases;
}

std::vector<C> Points() {
  std::vector<C> points;
  for (double x : {-2.5, -0.5, 0.75, 3.0}) {
    for (double y : {-1.5, -0.25, 0.5, 2.0}) points.emplace_back(x, y);
  }
  return points;
}

// One recording serves all quadrants, and a derivative is a complex number f': the Jacobian of
// (x, y) is ((re f', -im f'), (im f', re f')).
TEST(Complex, ValuesAndDerivativesInEveryQuadrantByOneRecording) {
  for (const Case& each : Cases()) {
    const Function f = Function::Record(
        [&each](absl::Span<const Var> x) {
          const Complex y = each.f(Complex(x[0], x[1]));
          return std::vector<Var>{y.real(), y.imag()};
        },
        {1.0, 1.0});
    for (C z : Points()) {
      const std::vector<double> x = {z.real(), z.imag()}, j = f.Jacobian(x);
      std::vector<double> y(2);
      f.Values(x, absl::MakeSpan(y));
      const C value = each.value(z), derivative = each.derivative(z);
      const double near = 1e-13 * (1 + std::abs(value)), slack = 1e-12 * (1 + std::abs(derivative));
      EXPECT_NEAR(y[0], value.real(), near) << each.name << z;
      EXPECT_NEAR(y[1], value.imag(), near) << each.name << z;
      EXPECT_NEAR(j[0], derivative.real(), slack) << each.name << z;
      EXPECT_NEAR(j[1], -derivative.imag(), slack) << each.name << z;
      EXPECT_NEAR(j[2], derivative.imag(), slack) << each.name << z;
      EXPECT_NEAR(j[3], derivative.real(), slack) << each.name << z;
    }
    EXPECT_EQ(f.statistics().recordings, 1) << each.name;
  }
}

TEST(Complex, RealFunctionsOfIt) {
  Tape tape;
  const Var x = tape.Input(3.0), y = tape.Input(-4.0);
  const Complex z(x, y);
  EXPECT_EQ(abs(z).value(), 5.0);
  EXPECT_EQ(norm(z).value(), 25.0);
  EXPECT_EQ(arg(z).value(), std::arg(C(3, -4)));
  EXPECT_EQ(conj(z).value(), C(3, 4));
  EXPECT_EQ((z * conj(z)).value(), C(25, 0));
  EXPECT_EQ(tape.Backward(abs(z))[y], -0.8);
}

// The cuts lie along the negative axis, and the sign of zero says on which side.
TEST(Complex, CutsWhereTheStandardCuts) {
  for (double y : {0.0, -0.0}) {
    const C z(-4.0, y);
    EXPECT_EQ(sqrt(Complex(z)).value(), std::sqrt(z));
    EXPECT_EQ(std::signbit(sqrt(Complex(z)).imag().value()), std::signbit(y));
    EXPECT_EQ(log(Complex(z)).value(), std::log(z));
  }
  EXPECT_EQ(sqrt(Complex(0.0)).value(), C(0, 0));
  EXPECT_EQ(pow(Complex(0.0), 2.5).value(), C(0, 0));
  EXPECT_EQ(pow(Complex(C(2, 1)), 0).value(), C(1, 0));
}

TEST(Complex, DividesWithoutOverflow) {
  const C a(1e200, -2e200), b(3e200, 1e200);
  const C quotient = (Complex(a) / Complex(b)).value();
  EXPECT_NEAR(quotient.real(), 0.1, 1e-15);
  EXPECT_NEAR(quotient.imag(), -0.7, 1e-15);
  EXPECT_NEAR(std::abs((1.0 / Complex(b)).value() * b - 1.0), 0.0, 1e-15);
}

TEST(Complex, ComparesAndPrints) {
  EXPECT_TRUE(Complex(1.5) == Complex(C(1.5, 0)));
  EXPECT_FALSE(Complex(1.5) == Complex(C(1.5, 1)));
  std::ostringstream out;
  out << Complex(C(1.5, -2)) << -Complex(1.0);
  EXPECT_EQ(out.str(), "(1.5,-2)(-1,-0)");
}

TEST(Complex, NumbersAreConstants) {
  const Complex z = 2.0 * Complex(C(1, 2)) + 1.0;
  EXPECT_TRUE(z.real().is_constant());
  EXPECT_EQ(z.value(), C(3, 4));
}

}  // namespace
}  // namespace wengert
