#ifndef BENCH_WORKLOADS_RANDOM_H_
#define BENCH_WORKLOADS_RANDOM_H_

// The data of the workloads: the same numbers in every run, a seed for each array.

#include <cstddef>
#include <random>
#include <vector>

namespace bench {

template <class Distribution>
std::vector<double> Sample(size_t count, unsigned seed, Distribution distribution) {
  std::mt19937_64 generator(seed);
  std::vector<double> sample(count);
  for (double& each : sample) each = distribution(generator);
  return sample;
}

inline std::vector<double> Normal(size_t count, unsigned seed, double mean = 0.0,
                                  double deviation = 1.0) {
  return Sample(count, seed, std::normal_distribution<double>(mean, deviation));
}

inline std::vector<double> Uniform(size_t count, unsigned seed, double low = 0.0,
                                   double high = 1.0) {
  return Sample(count, seed, std::uniform_real_distribution<double>(low, high));
}

}  // namespace bench

#endif  // BENCH_WORKLOADS_RANDOM_H_
