#ifndef BENCH_WORKLOADS_ADBENCH_H_
#define BENCH_WORKLOADS_ADBENCH_H_

// The input files of the public ADBench benchmark for W4 and W5: numbers in lines.
//
//   gmm*.txt   d k n | k times alpha | k rows of d means | k rows of d (d + 1) / 2 factor entries
//              | n rows of d points | gamma m
//   ba*.txt    cameras points observations | a camera (11) | a point (3) | a weight | a feature (2)
//              where camera, point, weight and feature stand for all of them, and observation i is
//              of camera i mod cameras and point i mod points
//
// What is wrong with a file is said with its line: "name:12: expected 3 numbers, found 2".

#include <string>

#include "absl/status/statusor.h"
#include "bench/workloads/bundle_adjustment.h"
#include "bench/workloads/gaussian_mixture.h"

namespace bench {

absl::StatusOr<GaussianMixture> ReadGaussianMixture(const std::string& path);
absl::StatusOr<BundleAdjustment> ReadBundleAdjustment(const std::string& path);

}  // namespace bench

#endif  // BENCH_WORKLOADS_ADBENCH_H_
