#include "bench/workloads/adbench.h"

#include <array>
#include <cmath>
#include <fstream>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace bench {
namespace {

// The lines of a file as rows of numbers. The first error stays and empties all later rows, so a
// reader asks once, at Finish.
class NumberFile {
 public:
  explicit NumberFile(const std::string& path) : path_(path), file_(path) {
    if (!file_) status_ = absl::NotFoundError(absl::StrCat(path, ": can't be opened"));
  }

  // Appends the next line, which must hold `count` numbers.
  void Row(size_t count, std::vector<double>& numbers) {
    std::string text;
    if (!status_.ok()) return;
    ++line_;
    if (!std::getline(file_, text)) {
      return Fail(absl::StrCat("expected ", count, " numbers, found the end of the file"));
    }
    const std::vector<absl::string_view> words =
        absl::StrSplit(text, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.size() != count) {
      return Fail(absl::StrCat("expected ", count, " numbers, found ", words.size()));
    }
    for (absl::string_view word : words) {
      double number = 0.0;
      if (!absl::SimpleAtod(word, &number) || !std::isfinite(number)) {
        return Fail(absl::StrCat("\"", word, "\" isn't a finite number"));
      }
      numbers.push_back(number);
    }
  }

  // The next line, always `count` numbers: zeros after an error.
  std::vector<double> Row(size_t count) {
    std::vector<double> numbers;
    Row(count, numbers);
    numbers.resize(count);
    return numbers;
  }

  // The next line, three sizes.
  std::array<size_t, 3> Sizes() {
    std::array<size_t, 3> sizes{};
    const std::vector<double> numbers = Row(3);
    for (size_t i = 0; i < 3 && status_.ok(); ++i) {
      if (numbers[i] < 1.0 || numbers[i] > kLargestSize || numbers[i] != std::floor(numbers[i])) {
        Fail(absl::StrCat("expected whole numbers from 1 to ", kLargestSize, ", found ",
                          numbers[i]));
        return {};
      }
      sizes[i] = static_cast<size_t>(numbers[i]);
    }
    return sizes;
  }

  void Fail(const std::string& what) {
    status_ = absl::InvalidArgumentError(absl::StrCat(path_, ":", line_, ": ", what));
  }

  bool ok() const { return status_.ok(); }

  // What went wrong first, a line too many included.
  absl::Status Finish() {
    std::string text;
    while (status_.ok() && std::getline(file_, text)) {
      ++line_;
      if (text.find_first_not_of(" \t\r") != std::string::npos) {
        Fail("expected the end of the file");
      }
    }
    return status_;
  }

 private:
  static constexpr size_t kLargestSize = 1'000'000;

  std::string path_;
  std::ifstream file_;
  size_t line_ = 0;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<GaussianMixture> ReadGaussianMixture(const std::string& path) {
  NumberFile file(path);
  GaussianMixture w;
  const auto [dimension, components, count] = file.Sizes();
  w.dimension = dimension;
  w.components = components;
  w.count = count;
  for (size_t c = 0; c < components && file.ok(); ++c) file.Row(1, w.start);
  for (size_t c = 0; c < components && file.ok(); ++c) file.Row(dimension, w.start);
  for (size_t c = 0; c < components && file.ok(); ++c) file.Row(w.FactorSize(), w.start);
  for (size_t p = 0; p < count && file.ok(); ++p) file.Row(dimension, w.points);
  const std::vector<double> prior = file.Row(2);
  w.gamma = prior[0];
  w.m = prior[1];
  if (file.ok() && (w.gamma <= 0.0 || w.m < 0.0)) file.Fail("expected gamma > 0 and m >= 0");
  if (absl::Status status = file.Finish(); !status.ok()) return status;
  return w;
}

absl::StatusOr<BundleAdjustment> ReadBundleAdjustment(const std::string& path) {
  NumberFile file(path);
  BundleAdjustment w;
  const auto [cameras, points, observations] = file.Sizes();
  w.cameras = cameras;
  w.points = points;
  const std::vector<double> camera = file.Row(BundleAdjustment::kCameraSize);
  const std::vector<double> point = file.Row(3);
  const std::vector<double> weight = file.Row(1);
  const std::vector<double> feature = file.Row(2);
  if (absl::Status status = file.Finish(); !status.ok()) return status;

  for (size_t i = 0; i < cameras; ++i) w.start.insert(w.start.end(), camera.begin(), camera.end());
  for (size_t i = 0; i < points; ++i) w.start.insert(w.start.end(), point.begin(), point.end());
  w.start.insert(w.start.end(), observations, weight[0]);
  for (size_t i = 0; i < observations; ++i) {
    w.observations.push_back(
        {.camera = i % cameras, .point = i % points, .feature = {feature[0], feature[1]}});
  }
  return w;
}

}  // namespace bench
