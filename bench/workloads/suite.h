#ifndef BENCH_WORKLOADS_SUITE_H_
#define BENCH_WORKLOADS_SUITE_H_

// The list of the workloads.

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

namespace bench {

// visit(name, workload) for each, with data made up by a seeded generator.
template <class Visit>
void VisitWorkloads(Visit&& visit) {
  visit("W1 rosenbrock n=1000", Rosenbrock());
  visit("W2 logreg 1000x20", LogisticRegression());
  visit("W3 mlp 2-16-16-1 x100", Perceptron());
  visit("W4a gmm d10 k25 n100", GaussianMixture::Synthetic(100));
  visit("W4b gmm d10 k25 n1000", GaussianMixture::Synthetic(1000));
  visit("W5 ba 1000 obs", BundleAdjustment::Synthetic());
  visit("W6 lstm l2 b14 c32", Lstm());
  visit("W7 lax-wendroff 100x2000", LaxWendroff());
  visit("W8 black-scholes 1000", BlackScholes());
  visit("W9 heston 64x100", Heston());
  visit("W10 stochvol n=1000", StochasticVolatility());
  visit("W11 chain 1000", Chain());
}

}  // namespace bench

#endif  // BENCH_WORKLOADS_SUITE_H_
