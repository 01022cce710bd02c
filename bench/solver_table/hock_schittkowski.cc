// Problems of Hock and Schittkowski, Test Examples for Nonlinear Programming Codes, Springer 1981,
// with the starts and optima printed there; where an optimum has a closed form, by that.

#include <cmath>
#include <numbers>

#include "bench/solver_table/problem.h"

namespace wengert::solver_table {
namespace {

using std::numbers::pi;
using std::numbers::sqrt2;
using std::numbers::sqrt3;

}  // namespace

std::vector<Problem> HockSchittkowskiWithoutConstraints() {
  return {
      WithObjective(
          {.name = "HS1",
           .optimum = 0.0,
           .start = {-2, 1},
           .lower = {-kNone, -1.5},
           .upper = {kNone, kNone}},
          [](auto x) { return 100.0 * square(x(2) - square(x(1))) + square(1.0 - x(1)); }),
      WithObjective({.name = "HS3",
                     .optimum = 0.0,
                     .start = {10, 1},
                     .lower = {-kNone, 0},
                     .upper = {kNone, kNone}},
                    [](auto x) { return x(2) + 1e-5 * square(x(2) - x(1)); }),
      WithObjective({.name = "HS4",
                     .optimum = 8.0 / 3.0,
                     .start = {1.125, 0.125},
                     .lower = {1, 0},
                     .upper = {kNone, kNone}},
                    [](auto x) { return square(x(1) + 1.0) * (x(1) + 1.0) / 3.0 + x(2); }),
      WithObjective({.name = "HS5",
                     .optimum = -sqrt3 / 2 - pi / 3,
                     .start = {0, 0},
                     .lower = {-1.5, -3},
                     .upper = {4, 3}},
                    [](auto x) {
                      return sin(x(1) + x(2)) + square(x(1) - x(2)) - 1.5 * x(1) + 2.5 * x(2) + 1.0;
                    }),
      WithObjective({.name = "HS38",
                     .optimum = 0.0,
                     .start = {-3, -1, -3, -1},
                     .lower = {-10, -10, -10, -10},
                     .upper = {10, 10, 10, 10}},
                    [](auto x) {
                      return 100.0 * square(x(2) - square(x(1))) + square(1.0 - x(1)) +
                             90.0 * square(x(4) - square(x(3))) + square(1.0 - x(3)) +
                             10.1 * (square(x(2) - 1.0) + square(x(4) - 1.0)) +
                             19.8 * (x(2) - 1.0) * (x(4) - 1.0);
                    }),
  };
}

std::vector<Problem> HockSchittkowskiWithConstraints() {
  std::vector<Problem> all;
  const auto add = [&all](Problem problem) { all.push_back(std::move(problem)); };

  add(Subject(WithObjective({.name = "HS6", .optimum = 0.0, .start = {-1.2, 1}},
                            [](auto x) { return square(1.0 - x(1)); }),
              0, 1, [](auto x) { return std::vector{10.0 * (x(2) - square(x(1)))}; }));
  add(Subject(WithObjective({.name = "HS7", .optimum = -sqrt3, .start = {2, 2}},
                            [](auto x) { return log(1.0 + square(x(1))) - x(2); }),
              0, 1,
              [](auto x) { return std::vector{square(1.0 + square(x(1))) + square(x(2)) - 4.0}; }));
  add(Subject(WithObjective({.name = "HS9", .optimum = -0.5, .start = {0, 0}},
                            [](auto x) { return sin(pi * x(1) / 12.0) * cos(pi * x(2) / 16.0); }),
              0, 1, [](auto x) { return std::vector{4.0 * x(1) - 3.0 * x(2)}; }));
  add(Subject(WithObjective({.name = "HS10", .optimum = -1.0, .start = {-10, 10}},
                            [](auto x) { return x(1) - x(2); }),
              1, 0, [](auto x) {
                return std::vector{-3.0 * square(x(1)) + 2.0 * x(1) * x(2) - square(x(2)) + 1.0};
              }));
  add(Subject(WithObjective({.name = "HS11", .optimum = -8.498464223, .start = {4.9, 0.1}},
                            [](auto x) { return square(x(1) - 5.0) + square(x(2)) - 25.0; }),
              1, 0, [](auto x) { return std::vector{x(2) - square(x(1))}; }));
  add(Subject(WithObjective({.name = "HS12", .optimum = -30.0, .start = {0, 0}},
                            [](auto x) {
                              return 0.5 * square(x(1)) + square(x(2)) - x(1) * x(2) - 7.0 * x(1) -
                                     7.0 * x(2);
                            }),
              1, 0, [](auto x) { return std::vector{25.0 - 4.0 * square(x(1)) - square(x(2))}; }));
  add(Subject(
      WithObjective({.name = "HS14", .optimum = 9.0 - 2.875 * std::sqrt(7.0), .start = {2, 2}},
                    [](auto x) { return square(x(1) - 2.0) + square(x(2) - 1.0); }),
      1, 1, [](auto x) {
        return std::vector{1.0 - square(x(1)) / 4.0 - square(x(2)), x(1) - 2.0 * x(2) + 1.0};
      }));
  add(Subject(
      WithObjective(
          {.name = "HS18", .optimum = 5.0, .start = {2, 2}, .lower = {2, 0}, .upper = {50, 50}},
          [](auto x) { return 0.01 * square(x(1)) + square(x(2)); }),
      2, 0, [](auto x) {
        return std::vector{x(1) * x(2) - 25.0, square(x(1)) + square(x(2)) - 25.0};
      }));
  add(Subject(WithObjective({.name = "HS21",
                             .optimum = -99.96,
                             .start = {-1, -1},
                             .lower = {2, -50},
                             .upper = {50, 50}},
                            [](auto x) { return 0.01 * square(x(1)) + square(x(2)) - 100.0; }),
              1, 0, [](auto x) { return std::vector{10.0 * x(1) - x(2) - 10.0}; }));
  add(Subject(WithObjective({.name = "HS22", .optimum = 1.0, .start = {2, 2}},
                            [](auto x) { return square(x(1) - 2.0) + square(x(2) - 1.0); }),
              2, 0, [](auto x) {
                return std::vector{2.0 - x(1) - x(2), x(2) - square(x(1))};
              }));
  add(Subject(
      WithObjective(
          {.name = "HS23", .optimum = 2.0, .start = {3, 1}, .lower = {-50, -50}, .upper = {50, 50}},
          [](auto x) { return square(x(1)) + square(x(2)); }),
      5, 0, [](auto x) {
        return std::vector{x(1) + x(2) - 1.0, square(x(1)) + square(x(2)) - 1.0,
                           9.0 * square(x(1)) + square(x(2)) - 9.0, square(x(1)) - x(2),
                           square(x(2)) - x(1)};
      }));
  add(Subject(
      WithObjective(
          {.name = "HS24",
           .optimum = -1.0,
           .start = {1, 0.5},
           .lower = {0, 0},
           .upper = {kNone, kNone}},
          [](auto x) { return (square(x(1) - 3.0) - 9.0) * square(x(2)) * x(2) / (27.0 * sqrt3); }),
      3, 0, [](auto x) {
        return std::vector{x(1) / sqrt3 - x(2), x(1) + sqrt3 * x(2), 6.0 - x(1) - sqrt3 * x(2)};
      }));
  add(Subject(
      WithObjective({.name = "HS26", .optimum = 0.0, .start = {-2.6, 2, 2}},
                    [](auto x) { return square(x(1) - x(2)) + square(square(x(2) - x(3))); }),
      0, 1, [](auto x) {
        return std::vector{(1.0 + square(x(2))) * x(1) + square(square(x(3))) - 3.0};
      }));
  add(Subject(
      WithObjective({.name = "HS27", .optimum = 0.04, .start = {2, 2, 2}},
                    [](auto x) { return 0.01 * square(x(1) - 1.0) + square(x(2) - square(x(1))); }),
      0, 1, [](auto x) { return std::vector{x(1) + square(x(3)) + 1.0}; }));
  add(Subject(WithObjective({.name = "HS28", .optimum = 0.0, .start = {-4, 1, 1}},
                            [](auto x) { return square(x(1) + x(2)) + square(x(2) + x(3)); }),
              0, 1, [](auto x) { return std::vector{x(1) + 2.0 * x(2) + 3.0 * x(3) - 1.0}; }));
  add(Subject(WithObjective({.name = "HS29", .optimum = -16.0 * sqrt2, .start = {1, 1, 1}},
                            [](auto x) { return -(x(1) * x(2) * x(3)); }),
              1, 0, [](auto x) {
                return std::vector{48.0 - square(x(1)) - 2.0 * square(x(2)) - 4.0 * square(x(3))};
              }));
  add(Subject(WithObjective({.name = "HS30",
                             .optimum = 1.0,
                             .start = {1, 1, 1},
                             .lower = {1, -10, -10},
                             .upper = {10, 10, 10}},
                            [](auto x) { return square(x(1)) + square(x(2)) + square(x(3)); }),
              1, 0, [](auto x) { return std::vector{square(x(1)) + square(x(2)) - 1.0}; }));
  add(Subject(
      WithObjective({.name = "HS31",
                     .optimum = 6.0,
                     .start = {1, 1, 1},
                     .lower = {-10, 1, -10},
                     .upper = {10, 10, 1}},
                    [](auto x) { return 9.0 * square(x(1)) + square(x(2)) + 9.0 * square(x(3)); }),
      1, 0, [](auto x) { return std::vector{x(1) * x(2) - 1.0}; }));
  add(Subject(WithObjective({.name = "HS32",
                             .optimum = 1.0,
                             .start = {0.1, 0.7, 0.2},
                             .lower = {0, 0, 0},
                             .upper = {kNone, kNone, kNone}},
                            [](auto x) {
                              return square(x(1) + 3.0 * x(2) + x(3)) + 4.0 * square(x(1) - x(2));
                            }),
              1, 1, [](auto x) {
                return std::vector{6.0 * x(2) + 4.0 * x(3) - square(x(1)) * x(1) - 3.0,
                                   1.0 - x(1) - x(2) - x(3)};
              }));
  const auto nested_exponentials = [](auto x) {
    return std::vector{x(2) - exp(x(1)), x(3) - exp(x(2))};
  };
  add(Subject(WithObjective({.name = "HS34",
                             .optimum = -std::log(std::log(10.0)),
                             .start = {0, 1.05, 2.9},
                             .lower = {0, 0, 0},
                             .upper = {100, 100, 10}},
                            [](auto x) { return -1.0 * x(1); }),
              2, 0, nested_exponentials));
  add(Subject(WithObjective({.name = "HS35",
                             .optimum = 1.0 / 9.0,
                             .start = {0.5, 0.5, 0.5},
                             .lower = {0, 0, 0},
                             .upper = {kNone, kNone, kNone}},
                            [](auto x) {
                              return 9.0 - 8.0 * x(1) - 6.0 * x(2) - 4.0 * x(3) +
                                     2.0 * square(x(1)) + 2.0 * square(x(2)) + square(x(3)) +
                                     2.0 * x(1) * x(2) + 2.0 * x(1) * x(3);
                            }),
              1, 0, [](auto x) { return std::vector{3.0 - x(1) - x(2) - 2.0 * x(3)}; }));
  add(Subject(WithObjective({.name = "HS36",
                             .optimum = -3300.0,
                             .start = {10, 10, 10},
                             .lower = {0, 0, 0},
                             .upper = {20, 11, 42}},
                            [](auto x) { return -(x(1) * x(2) * x(3)); }),
              1, 0, [](auto x) { return std::vector{72.0 - x(1) - 2.0 * x(2) - 2.0 * x(3)}; }));
  add(Subject(
      WithObjective({.name = "HS37",
                     .optimum = -3456.0,
                     .start = {10, 10, 10},
                     .lower = {0, 0, 0},
                     .upper = {42, 42, 42}},
                    [](auto x) { return -(x(1) * x(2) * x(3)); }),
      2, 0, [](auto x) {
        return std::vector{72.0 - x(1) - 2.0 * x(2) - 2.0 * x(3), x(1) + 2.0 * x(2) + 2.0 * x(3)};
      }));
  add(Subject(WithObjective({.name = "HS39", .optimum = -1.0, .start = {2, 2, 2, 2}},
                            [](auto x) { return -1.0 * x(1); }),
              0, 2, [](auto x) {
                return std::vector{x(2) - square(x(1)) * x(1) - square(x(3)),
                                   square(x(1)) - x(2) - square(x(4))};
              }));
  add(Subject(WithObjective({.name = "HS40", .optimum = -0.25, .start = {0.8, 0.8, 0.8, 0.8}},
                            [](auto x) { return -(x(1) * x(2) * x(3) * x(4)); }),
              0, 3, [](auto x) {
                return std::vector{square(x(1)) * x(1) + square(x(2)) - 1.0,
                                   square(x(1)) * x(4) - x(3), square(x(4)) - x(2)};
              }));
  add(Subject(WithObjective({.name = "HS42", .optimum = 28.0 - 10.0 * sqrt2, .start = {1, 1, 1, 1}},
                            [](auto x) {
                              return square(x(1) - 1.0) + square(x(2) - 2.0) + square(x(3) - 3.0) +
                                     square(x(4) - 4.0);
                            }),
              0, 2, [](auto x) {
                return std::vector{x(1) - 2.0, square(x(3)) + square(x(4)) - 2.0};
              }));
  add(Subject(WithObjective({.name = "HS43", .optimum = -44.0, .start = {0, 0, 0, 0}},
                            [](auto x) {
                              return square(x(1)) + square(x(2)) + 2.0 * square(x(3)) +
                                     square(x(4)) - 5.0 * x(1) - 5.0 * x(2) - 21.0 * x(3) +
                                     7.0 * x(4);
                            }),
              3, 0, [](auto x) {
                return std::vector{8.0 - square(x(1)) - square(x(2)) - square(x(3)) - square(x(4)) -
                                       x(1) + x(2) - x(3) + x(4),
                                   10.0 - square(x(1)) - 2.0 * square(x(2)) - square(x(3)) -
                                       2.0 * square(x(4)) + x(1) + x(4),
                                   5.0 - 2.0 * square(x(1)) - square(x(2)) - square(x(3)) -
                                       2.0 * x(1) + x(2) + x(4)};
              }));
  add(Subject(WithObjective({.name = "HS48", .optimum = 0.0, .start = {3, 5, -3, 2, -2}},
                            [](auto x) {
                              return square(x(1) - 1.0) + square(x(2) - x(3)) + square(x(4) - x(5));
                            }),
              0, 2, [](auto x) {
                return std::vector{x(1) + x(2) + x(3) + x(4) + x(5) - 5.0,
                                   x(3) - 2.0 * (x(4) + x(5)) + 3.0};
              }));
  add(Subject(WithObjective({.name = "HS51", .optimum = 0.0, .start = {2.5, 0.5, 2, -1, 0.5}},
                            [](auto x) {
                              return square(x(1) - x(2)) + square(x(2) + x(3) - 2.0) +
                                     square(x(4) - 1.0) + square(x(5) - 1.0);
                            }),
              0, 3, [](auto x) {
                return std::vector{x(1) + 3.0 * x(2) - 4.0, x(3) + x(4) - 2.0 * x(5), x(2) - x(5)};
              }));
  add(Subject(
      WithObjective({.name = "HS60",
                     .optimum = 0.03256820025,
                     .start = {2, 2, 2},
                     .lower = {-10, -10, -10},
                     .upper = {10, 10, 10}},
                    [](auto x) {
                      return square(x(1) - 1.0) + square(x(1) - x(2)) + square(square(x(2) - x(3)));
                    }),
      0, 1, [](auto x) {
        return std::vector{x(1) * (1.0 + square(x(2))) + square(square(x(3))) - 4.0 - 3.0 * sqrt2};
      }));
  add(Subject(
      WithObjective({.name = "HS65",
                     .optimum = 0.9535288567,
                     .start = {-5, 5, 0},
                     .lower = {-4.5, -4.5, -5},
                     .upper = {4.5, 4.5, 5}},
                    [](auto x) {
                      return square(x(1) - x(2)) + square(x(1) + x(2) - 10.0) / 9.0 +
                             square(x(3) - 5.0);
                    }),
      1, 0, [](auto x) { return std::vector{48.0 - square(x(1)) - square(x(2)) - square(x(3))}; }));
  add(Subject(WithObjective({.name = "HS66",
                             .optimum = 0.5181632741,
                             .start = {0, 1.05, 2.9},
                             .lower = {0, 0, 0},
                             .upper = {100, 100, 10}},
                            [](auto x) { return 0.2 * x(3) - 0.8 * x(1); }),
              2, 0, nested_exponentials));
  add(Subject(WithObjective({.name = "HS71",
                             .optimum = 17.0140172892,
                             .start = {1, 5, 5, 1},
                             .lower = {1, 1, 1, 1},
                             .upper = {5, 5, 5, 5}},
                            [](auto x) { return x(1) * x(4) * (x(1) + x(2) + x(3)) + x(3); }),
              1, 1, [](auto x) {
                return std::vector{
                    x(1) * x(2) * x(3) * x(4) - 25.0,
                    square(x(1)) + square(x(2)) + square(x(3)) + square(x(4)) - 40.0};
              }));
  add(Subject(WithObjective({.name = "HS76",
                             .optimum = -4.681818181,
                             .start = {0.5, 0.5, 0.5, 0.5},
                             .lower = {0, 0, 0, 0},
                             .upper = {kNone, kNone, kNone, kNone}},
                            [](auto x) {
                              return square(x(1)) + 0.5 * square(x(2)) + square(x(3)) +
                                     0.5 * square(x(4)) - x(1) * x(3) + x(3) * x(4) - x(1) -
                                     3.0 * x(2) + x(3) - x(4);
                            }),
              3, 0, [](auto x) {
                return std::vector{5.0 - x(1) - 2.0 * x(2) - x(3) - x(4),
                                   4.0 - 3.0 * x(1) - x(2) - 2.0 * x(3) + x(4),
                                   x(2) + 4.0 * x(3) - 1.5};
              }));
  add(Subject(WithObjective({.name = "HS77", .optimum = 0.24150513, .start = {2, 2, 2, 2, 2}},
                            [](auto x) {
                              return square(x(1) - 1.0) + square(x(1) - x(2)) + square(x(3) - 1.0) +
                                     pow(x(4) - 1.0, 4.0) + pow(x(5) - 1.0, 6.0);
                            }),
              0, 2, [](auto x) {
                return std::vector{square(x(1)) * x(4) + sin(x(4) - x(5)) - 2.0 * sqrt2,
                                   x(2) + square(square(x(3))) * square(x(4)) - 8.0 - sqrt2};
              }));
  const auto three_equations = [](auto x) {
    return std::vector{
        square(x(1)) + square(x(2)) + square(x(3)) + square(x(4)) + square(x(5)) - 10.0,
        x(2) * x(3) - 5.0 * x(4) * x(5), square(x(1)) * x(1) + square(x(2)) * x(2) + 1.0};
  };
  add(Subject(WithObjective({.name = "HS78", .optimum = -2.91970041, .start = {-2, 1.5, 2, -1, -1}},
                            [](auto x) { return x(1) * x(2) * x(3) * x(4) * x(5); }),
              0, 3, three_equations));
  add(Subject(WithObjective({.name = "HS79", .optimum = 0.0787768209, .start = {2, 2, 2, 2, 2}},
                            [](auto x) {
                              return square(x(1) - 1.0) + square(x(1) - x(2)) +
                                     square(x(2) - x(3)) + square(square(x(3) - x(4))) +
                                     square(square(x(4) - x(5)));
                            }),
              0, 3, [](auto x) {
                return std::vector{x(1) + square(x(2)) + square(x(3)) * x(3) - 2.0 - 3.0 * sqrt2,
                                   x(2) - square(x(3)) + x(4) + 2.0 - 2.0 * sqrt2,
                                   x(1) * x(5) - 2.0};
              }));
  add(Subject(WithObjective({.name = "HS80",
                             .optimum = 0.0539498478,
                             .start = {-2, 2, 2, -1, -1},
                             .lower = {-2.3, -2.3, -3.2, -3.2, -3.2},
                             .upper = {2.3, 2.3, 3.2, 3.2, 3.2}},
                            [](auto x) { return exp(x(1) * x(2) * x(3) * x(4) * x(5)); }),
              0, 3, three_equations));
  add(Subject(
      WithObjective({.name = "HS100", .optimum = 680.6300573, .start = {1, 2, 0, 4, 0, 1, 1}},
                    [](auto x) {
                      return square(x(1) - 10.0) + 5.0 * square(x(2) - 12.0) +
                             square(square(x(3))) + 3.0 * square(x(4) - 11.0) +
                             10.0 * pow(x(5), 6.0) + 7.0 * square(x(6)) + square(square(x(7))) -
                             4.0 * x(6) * x(7) - 10.0 * x(6) - 8.0 * x(7);
                    }),
      4, 0, [](auto x) {
        return std::vector{127.0 - 2.0 * square(x(1)) - 3.0 * square(square(x(2))) - x(3) -
                               4.0 * square(x(4)) - 5.0 * x(5),
                           282.0 - 7.0 * x(1) - 3.0 * x(2) - 10.0 * square(x(3)) - x(4) + x(5),
                           196.0 - 23.0 * x(1) - square(x(2)) - 6.0 * square(x(6)) + 8.0 * x(7),
                           -4.0 * square(x(1)) - square(x(2)) + 3.0 * x(1) * x(2) -
                               2.0 * square(x(3)) - 5.0 * x(6) + 11.0 * x(7)};
      }));
  add(Subject(
      WithObjective(
          {.name = "HS113", .optimum = 24.3062091, .start = {2, 3, 5, 5, 1, 2, 7, 3, 6, 10}},
          [](auto x) {
            return square(x(1)) + square(x(2)) + x(1) * x(2) - 14.0 * x(1) - 16.0 * x(2) +
                   square(x(3) - 10.0) + 4.0 * square(x(4) - 5.0) + square(x(5) - 3.0) +
                   2.0 * square(x(6) - 1.0) + 5.0 * square(x(7)) + 7.0 * square(x(8) - 11.0) +
                   2.0 * square(x(9) - 10.0) + square(x(10) - 7.0) + 45.0;
          }),
      8, 0, [](auto x) {
        return std::vector{
            105.0 - 4.0 * x(1) - 5.0 * x(2) + 3.0 * x(7) - 9.0 * x(8),
            -10.0 * x(1) + 8.0 * x(2) + 17.0 * x(7) - 2.0 * x(8),
            8.0 * x(1) - 2.0 * x(2) - 5.0 * x(9) + 2.0 * x(10) + 12.0,
            -3.0 * square(x(1) - 2.0) - 4.0 * square(x(2) - 3.0) - 2.0 * square(x(3)) + 7.0 * x(4) +
                120.0,
            -5.0 * square(x(1)) - 8.0 * x(2) - square(x(3) - 6.0) + 2.0 * x(4) + 40.0,
            -0.5 * square(x(1) - 8.0) - 2.0 * square(x(2) - 4.0) - 3.0 * square(x(5)) + x(6) + 30.0,
            -square(x(1)) - 2.0 * square(x(2) - 2.0) + 2.0 * x(1) * x(2) - 14.0 * x(5) + 6.0 * x(6),
            3.0 * x(1) - 6.0 * x(2) - 12.0 * square(x(9) - 8.0) + 7.0 * x(10)};
      }));
  return all;
}

}  // namespace wengert::solver_table
