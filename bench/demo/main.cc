// Wengert's main job in one run: the seed's example, the naive tree against the tape, and
// micrograd's network trained on the two moons.

#include <cstdio>
#include <iostream>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "bench/demo/arguments.h"
#include "bench/demo/comparison.h"
#include "bench/demo/moons.h"
#include "bench/demo/pictures.h"
#include "bench/demo/progress_line.h"
#include "bench/demo/seed_example.h"
#include "bench/demo/training.h"

namespace bench {
namespace {

constexpr double kNoise = 0.1;
constexpr double kWantedAccuracy = 0.99;

absl::Status Train(const Arguments& arguments, const Pictures& pictures) {
  const Moons moons = MakeMoons(arguments.points, kNoise, arguments.seed);
  Training training(moons, arguments.seed);
  std::cout << training.net() << "\n";
  absl::PrintF("%d parameters, %d points, seed %d\n", training.net().parameters().size(),
               moons.points.size(), arguments.seed);
  absl::PrintF("recorded once: %d nodes, %.1f MB; each step is a reverse sweep and a replay\n\n",
               training.tape().size(), static_cast<double>(training.tape().bytes()) / 1e6);

  std::vector<Progress> curve = {training.Now()};
  ProgressLine line(arguments.steps);
  line.Show(0, curve.back());
  for (uint64_t k = 0; k < arguments.steps; ++k) {
    absl::Status status = training.Step(LearningRate(k, arguments.steps));
    if (!status.ok()) return status;
    curve.push_back(training.Now());
    line.Show(k + 1, curve.back());
  }
  absl::PrintF("\n");

  absl::Status status = pictures.WriteMoons(moons, training.net());
  status.Update(pictures.WriteLoss(curve));
  const double accuracy = curve.back().accuracy;
  if (status.ok() && accuracy < kWantedAccuracy) {
    return absl::InternalError(
        absl::StrFormat("the network reached an accuracy of %.2f %%, not %g %%", 100 * accuracy,
                        100 * kWantedAccuracy));
  }
  return status;
}

absl::Status RunDemo(const Arguments& arguments, const Pictures& pictures) {
  absl::PrintF("== 1. The seed's example\n\n");
  absl::Status status = pictures.WriteSeed(ShowSeedExample());

  absl::PrintF("\n== 2. The naive tree against the tape\n\n");
  status.Update(CompareNaiveWithTape());

  absl::PrintF("\n== 3. micrograd's network on the two moons\n\n");
  status.Update(Train(arguments, pictures));
  return status;
}

int Main(absl::Span<const absl::string_view> words) {
  const absl::StatusOr<Arguments> arguments = ParseArguments(words);
  absl::Status status = arguments.status();
  Pictures pictures;
  if (status.ok() && arguments->help) {
    absl::PrintF("%s", kUsage);
    return 0;
  }
  if (status.ok()) status = pictures.Open(arguments->out);
  if (!status.ok()) {
    absl::FPrintF(stderr, "wengert_demo: %s\n\n%s", status.message(), kUsage);
    return 2;
  }
  status = RunDemo(*arguments, pictures);
  if (status.ok()) return 0;
  std::fflush(stdout);
  absl::FPrintF(stderr, "wengert_demo: %s\n", status.message());
  return 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const std::vector<absl::string_view> words(argv + 1, argv + argc);
  return bench::Main(words);
}
