#ifndef BENCH_WORKLOADS_SUITE_H_
#define BENCH_WORKLOADS_SUITE_H_

// The list of the workloads.

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/workloads/black_scholes.h"
#include "bench/workloads/bundle_adjustment.h"
#include "bench/workloads/chain.h"
#include "bench/workloads/gaussian_mixture.h"
#include "bench/workloads/heston.h"
#include "bench/workloads/lax_wendroff.h"
#include "bench/workloads/logistic_regression.h"
#include "bench/workloads/lstm.h"
#include "bench/workloads/perceptron.h"
#include "bench/workloads/rosenbrock.h"
#include "bench/workloads/stochastic_volatility.h"
#include "bench/workloads/verify.h"

namespace bench {

using AnyWorkload =
    std::variant<Rosenbrock, LogisticRegression, Perceptron, GaussianMixture, BundleAdjustment,
                 Lstm, LaxWendroff, BlackScholes, Heston, StochasticVolatility, Chain>;

struct NamedWorkload {
  std::string name;
  AnyWorkload workload;
  double tolerance = kTolerance;
};

// With data made up by a seeded generator.
std::vector<NamedWorkload> MadeUpWorkloads();

// One for each file of ADBench in the directory: gmm*.txt for W4, ba*.txt for W5.
absl::StatusOr<std::vector<NamedWorkload>> WorkloadsFromFiles(const std::string& directory);

}  // namespace bench

#endif  // BENCH_WORKLOADS_SUITE_H_
