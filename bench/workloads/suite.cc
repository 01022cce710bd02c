#include "bench/workloads/suite.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/workloads/adbench.h"

namespace bench {

std::vector<NamedWorkload> MadeUpWorkloads() {
  return {
      {"W1 rosenbrock n=1000", Rosenbrock()},
      {"W2 logreg 1000x20", LogisticRegression()},
      {"W3 mlp 2-16-16-1 x100", Perceptron()},
      {"W4a gmm d10 k25 n100", GaussianMixture::Synthetic(100)},
      {"W4b gmm d10 k25 n1000", GaussianMixture::Synthetic(1000)},
      {"W5 ba 1000 obs", BundleAdjustment::Synthetic()},
      {"W6 lstm l2 b14 c32", Lstm()},
      {"W7 lax-wendroff 100x2000", LaxWendroff()},
      {"W8 black-scholes 1000", BlackScholes()},
      {"W9 heston 64x100", Heston()},
      {"W10 stochvol n=1000", StochasticVolatility()},
      {"W11 chain 1000", Chain()},
  };
}

absl::StatusOr<std::vector<NamedWorkload>> WorkloadsFromFiles(const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
  std::sort(paths.begin(), paths.end());

  std::vector<NamedWorkload> workloads;
  const auto add = [&](const std::filesystem::path& path, auto read, double tolerance) {
    if (read.ok()) workloads.push_back({path.stem().string(), *std::move(read), tolerance});
    return read.status();
  };
  for (const std::filesystem::path& path : paths) {
    absl::Status status;
    const std::string name = path.filename().string();
    if (absl::StartsWith(name, "gmm"))
      status = add(path, ReadGaussianMixture(path.string()), kTolerance);
    if (absl::StartsWith(name, "ba"))
      status = add(path, ReadBundleAdjustment(path.string()), kRepeatedTolerance);
    if (!status.ok()) return status;
  }
  return workloads;
}

}  // namespace bench
