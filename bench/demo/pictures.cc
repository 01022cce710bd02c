#include "bench/demo/pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/demo/digit_training.h"
#include "bench/demo/plot_scripts.h"
#include "bench/demo/run_program.h"

namespace bench {
namespace {

constexpr size_t kGridColumns = 480;
constexpr size_t kGridRows = 320;
constexpr double kGridMargin = 0.4;  // around the points

struct Range {
  double low, high;
  // The k-th of n equidistant numbers, ends included.
  double At(size_t k, size_t n) const {
    return low + (high - low) * static_cast<double>(k) / static_cast<double>(n - 1);
  }
};

Range RangeAround(const Moons& moons, size_t axis) {
  const auto [least, most] =
      std::minmax_element(moons.points.begin(), moons.points.end(),
                          [axis](const auto& p, const auto& q) { return p[axis] < q[axis]; });
  return {(*least)[axis] - kGridMargin, (*most)[axis] + kGridMargin};
}

std::string GridText(const Moons& moons, const wengert::nn::Mlp& net) {
  const Range x = RangeAround(moons, 0), y = RangeAround(moons, 1);
  std::string text = "# x1 x2 score\n";
  for (size_t row = 0; row < kGridRows; ++row) {
    for (size_t column = 0; column < kGridColumns; ++column) {
      const std::array<double, 2> point = {x.At(column, kGridColumns), y.At(row, kGridRows)};
      const double score = net(net.parameters(), point).front();
      absl::StrAppendFormat(&text, "%.5g %.5g %.5g\n", point[0], point[1], score);
    }
    text += "\n";
  }
  return text;
}

std::string PointsText(const Moons& moons) {
  std::string text = "# x1 x2 label\n";
  for (size_t i = 0; i < moons.points.size(); ++i) {
    absl::StrAppendFormat(&text, "%.17g %.17g %g\n", moons.points[i][0], moons.points[i][1],
                          moons.labels[i]);
  }
  return text;
}

std::string CurveText(const std::vector<Progress>& curve) {
  std::string text = "# step loss accuracy\n";
  for (size_t k = 0; k < curve.size(); ++k) {
    absl::StrAppendFormat(&text, "%d %.17g %.17g\n", k, curve[k].loss, curve[k].accuracy);
  }
  return text;
}

struct Misread {
  Digit digit;
  size_t taken_for;
};

constexpr size_t kMisreadColumns = 8, kMostMisread = 40;

std::vector<Misread> FindMisread(const std::vector<Digit>& digits, const wengert::nn::Mlp& net) {
  std::vector<Misread> misread;
  for (const Digit& digit : digits) {
    const size_t taken_for = Read(net, digit);
    if (taken_for != digit.digit) misread.push_back({digit, taken_for});
    if (misread.size() == kMostMisread) break;
  }
  return misread;
}

// Each digit is a block of lines "x y ink", y downwards, so that gnuplot's `index k` is digit k.
std::string MisreadText(const std::vector<Misread>& misread) {
  std::string text = "# x y ink\n";
  for (const Misread& each : misread) {
    const auto side = static_cast<size_t>(std::lround(std::sqrt(each.digit.image.size())));
    for (size_t pixel = 0; pixel < each.digit.image.size(); ++pixel) {
      absl::StrAppendFormat(&text, "%d %d %.3f\n", pixel % side, pixel / side,
                            each.digit.image[pixel]);
    }
    text += "\n\n";
  }
  return text;
}

std::string MisreadScript(const std::vector<Misread>& misread) {
  const size_t rows = (misread.size() + kMisreadColumns - 1) / kMisreadColumns;
  std::string script =
      absl::StrFormat("set terminal pngcairo size 1000, %d font 'Sans,12'\n", 150 * rows);
  script += kMisreadScript;
  absl::StrAppendFormat(&script, "set multiplot layout %d, %d\n", rows, kMisreadColumns);
  for (size_t k = 0; k < misread.size(); ++k) {
    absl::StrAppendFormat(&script,
                          "set title '%d, read as %d'\n"
                          "plot 'misread.dat' index %d using 1:2:3 with image notitle\n",
                          misread[k].digit.digit, misread[k].taken_for, k);
  }
  return script + "unset multiplot\n";
}

}  // namespace

absl::Status Pictures::Open(const std::string& directory) {
  directory_ = directory;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error && std::filesystem::is_directory(directory, error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--out ", directory,
      " can't be made a directory: ", error ? error.message() : "there is a file of that name"));
}

absl::Status Pictures::Write(const std::string& name, absl::string_view text) const {
  const std::string path = absl::StrCat(directory_, "/", name);
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (!file) return absl::InternalError(absl::StrCat(path, " can't be written"));
  absl::PrintF("wrote %s\n", path);
  return absl::OkStatus();
}

absl::Status Pictures::Plot(const std::string& script, const std::string& picture) const {
  absl::Status status = RunProgram(directory_, {"gnuplot", script});
  if (status.ok()) absl::PrintF("wrote %s/%s\n", directory_, picture);
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat("gnuplot isn't installed (Debian: gnuplot-nox), so ",
                                          picture, " wasn't made; its data and ", script,
                                          " are in ", directory_));
}

absl::Status Pictures::WriteSeed(absl::string_view dot) const {
  if (absl::Status status = Write("seed.dot", dot); !status.ok()) return status;
  absl::Status status = RunProgram(directory_, {"dot", "-Tpng", "-o", "seed.png", "seed.dot"});
  if (status.ok()) absl::PrintF("wrote %s/seed.png\n", directory_);
  if (!absl::IsNotFound(status)) return status;
  absl::PrintF("no seed.png: Graphviz isn't installed\n");
  return absl::OkStatus();
}

absl::Status Pictures::WriteMoons(const Moons& moons, const wengert::nn::Mlp& net) const {
  absl::Status status = Write("moons_points.dat", PointsText(moons));
  status.Update(Write("moons_grid.dat", GridText(moons, net)));
  status.Update(Write("moons.gp", kMoonsScript));
  return status.ok() ? Plot("moons.gp", "moons.png") : status;
}

absl::Status Pictures::WriteLoss(const std::vector<Progress>& curve) const {
  absl::Status status = Write("loss.dat", CurveText(curve));
  status.Update(Write("loss.gp", kLossScript));
  return status.ok() ? Plot("loss.gp", "loss.png") : status;
}

absl::Status Pictures::WriteMisread(const std::vector<Digit>& digits,
                                    const wengert::nn::Mlp& net) const {
  const std::vector<Misread> misread = FindMisread(digits, net);
  if (misread.empty()) {
    absl::PrintF("no misread.png: nothing was read wrongly\n");
    return absl::OkStatus();
  }
  absl::Status status = Write("misread.dat", MisreadText(misread));
  status.Update(Write("misread.gp", MisreadScript(misread)));
  return status.ok() ? Plot("misread.gp", "misread.png") : status;
}

}  // namespace bench
