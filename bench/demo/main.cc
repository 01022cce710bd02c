// Wengert's main job in one run: the seed's example, the naive tree against the tape, micrograd's
// network trained on the two moons, and one that learns to read digits.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "bench/demo/arguments.h"
#include "bench/demo/comparison.h"
#include "bench/demo/digit_training.h"
#include "bench/demo/digits.h"
#include "bench/demo/moons.h"
#include "bench/demo/pictures.h"
#include "bench/demo/progress_line.h"
#include "bench/demo/seed_example.h"
#include "bench/demo/training.h"

namespace bench {
namespace {

// Trained in fewer steps than it is known to need, a network may be worse.
absl::Status JudgeAccuracy(double accuracy, double wanted, bool asked) {
  if (accuracy >= wanted) return absl::OkStatus();
  const std::string text = absl::StrFormat("the network reached an accuracy of %.2f %%, not %g %%",
                                           100 * accuracy, 100 * wanted);
  if (asked) return absl::InternalError(text);
  absl::PrintF("%s, which isn't asked of so few steps or pixels\n", text);
  return absl::OkStatus();
}

absl::Status TrainOnMoons(const Arguments& arguments, const Pictures& pictures) {
  constexpr double kNoise = 0.1;
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
  status.Update(JudgeAccuracy(curve.back().accuracy, 0.99, arguments.steps >= Arguments().steps));
  return status;
}

absl::Status TrainOnDigits(const Arguments& arguments, const Pictures& pictures) {
  constexpr size_t kTraining = 5000, kHeldOut = 2000;
  const std::vector<Digit> digits = MakeDigits(kTraining, arguments.pixels, arguments.seed);
  const std::vector<Digit> held_out = MakeDigits(kHeldOut, arguments.pixels, ~arguments.seed);
  const uint64_t steps = arguments.digit_steps;

  const auto begin = std::chrono::steady_clock::now();
  DigitTraining training(digits, arguments.seed);
  std::cout << training.net() << "\n";
  absl::PrintF(
      "%d parameters, %d digits of %d x %d pixels made by this program, %d more held out\n",
      training.net().parameters().size(), kTraining, arguments.pixels, arguments.pixels, kHeldOut);
  absl::PrintF("each step: %d digits, replayed; accuracy is that on the digits held out\n\n",
               DigitTraining::kBatch);

  Progress now = {std::log(kDigits), Accuracy(training.net(), held_out)};
  ProgressLine line(steps);
  line.Show(0, now);
  for (uint64_t k = 1; k <= steps; ++k) {
    now.loss += 0.02 * (training.Step(DigitTraining::Rate(k - 1, steps)) - now.loss);
    if (k % std::max(steps / 10, uint64_t{1}) == 0 || k == steps) {
      now.accuracy = Accuracy(training.net(), held_out);
    }
    line.Show(k, now);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const wengert::Function::Statistics statistics = training.loss().statistics();
  absl::PrintF("\n%.2f %% in %.1f s: %d recording, %d of %d gradients by compiled code\n\n",
               100 * now.accuracy, elapsed.count(), statistics.recordings,
               statistics.compiled_evaluations, steps);

  absl::Status status = pictures.WriteMisread(held_out, training.net());
  const bool asked = steps >= Arguments().digit_steps && arguments.pixels >= Arguments().pixels;
  status.Update(JudgeAccuracy(now.accuracy, 0.95, asked));
  return status;
}

absl::Status RunDemo(const Arguments& arguments, const Pictures& pictures) {
  absl::PrintF("== 1. The seed's example\n\n");
  absl::Status status = pictures.WriteSeed(ShowSeedExample());

  absl::PrintF("\n== 2. The naive tree against the tape\n\n");
  status.Update(CompareNaiveWithTape());

  absl::PrintF("\n== 3. micrograd's network on the two moons\n\n");
  status.Update(TrainOnMoons(arguments, pictures));

  absl::PrintF("\n== 4. A network that reads digits\n\n");
  status.Update(TrainOnDigits(arguments, pictures));
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
