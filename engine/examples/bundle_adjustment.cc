// Bundle adjustment through Ceres: cameras and points are found from where the points were seen.
//
// One residual is recorded, once: the reprojection error of a point in a camera, with the observed
// place as parameters. It serves all observations; Ceres gets each as a CeresCost with its own
// data.

#include <wengert/embed/ceres.h>
#include <wengert/wengert.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using wengert::Var;

constexpr size_t kCameras = 5, kPoints = 40;
constexpr double kFocal = 500.0;  // in pixels

// Where a camera sees a point: camera = rotation vector, translation. Rodrigues' formula, with
// sin t / t and (1 - cos t) / t^2 for an angle t that isn't 0.
template <class T>
std::array<T, 2> Project(const T* camera, const T* p) {
  using std::cos, std::sin, std::sqrt;
  const T* w = camera;
  const T angle = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + 1e-12);
  const T s = sin(angle) / angle, c = (1.0 - cos(angle)) / (angle * angle);
  const T dot = w[0] * p[0] + w[1] * p[1] + w[2] * p[2];
  T q[3];
  for (size_t i = 0; i < 3; ++i) {
    const size_t j = (i + 1) % 3, k = (i + 2) % 3;
    q[i] = cos(angle) * p[i] + s * (w[j] * p[k] - w[k] * p[j]) + c * dot * w[i] + camera[3 + i];
  }
  return {kFocal * q[0] / q[2], kFocal * q[1] / q[2]};
}

// x = camera (6), point (3); p = the place in the picture.
std::vector<Var> Residual(absl::Span<const Var> x, absl::Span<const Var> p) {
  const std::array<Var, 2> seen = Project(&x[0], &x[6]);
  return {seen[0] - p[0], seen[1] - p[1]};
}

int main() {
  std::mt19937_64 random(1);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };

  // A ring of cameras around a cloud of points, and what each sees, to about half a pixel.
  std::array<std::array<double, 6>, kCameras> cameras;
  std::array<std::array<double, 3>, kPoints> points;
  for (auto& point : points) point = {uniform(), uniform(), uniform()};
  for (size_t k = 0; k < kCameras; ++k) {
    cameras[k] = {0.05, 0.4 * static_cast<double>(k) - 0.8, 0.02, 0.0, 0.0, 6.0};
  }
  struct Observation {
    size_t camera, point;
    std::vector<double> place;
  };
  std::vector<Observation> observations;
  for (size_t k = 0; k < kCameras; ++k) {
    for (size_t i = 0; i < kPoints; ++i) {
      const std::array<double, 2> place = Project(cameras[k].data(), points[i].data());
      observations.push_back({k, i, {place[0] + 0.5 * uniform(), place[1] + 0.5 * uniform()}});
    }
  }
  // The start is off by some degrees and tenths. The first camera is known; so are two points,
  // which fix the scale.
  for (size_t k = 1; k < kCameras; ++k) {
    for (double& each : cameras[k]) each += 0.05 * uniform();
  }
  for (size_t i = 2; i < kPoints; ++i) {
    for (double& each : points[i]) each += 0.1 * uniform();
  }

  const std::vector<double> x0 = {0.1, 0.1, 0.1, 0.0, 0.0, 6.0, 0.5, 0.5, 0.5}, p0 = {0.0, 0.0};
  const auto residual = wengert::Function::Record(Residual, x0, p0);
  ceres::Problem problem;
  for (const Observation& seen : observations) {
    problem.AddResidualBlock(new wengert::CeresCost(residual, {6, 3}, seen.place), nullptr,
                             cameras[seen.camera].data(), points[seen.point].data());
  }
  problem.SetParameterBlockConstant(cameras[0].data());
  for (size_t i = 0; i < 2; ++i) problem.SetParameterBlockConstant(points[i].data());

  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_SCHUR;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  wengert::CeresSolve(options, problem, &summary);

  const auto pixels = [&](double cost) {
    return std::sqrt(2.0 * cost / static_cast<double>(observations.size()));
  };
  std::printf("%zu cameras, %zu points, %zu observations\n", kCameras, kPoints,
              observations.size());
  std::printf("error of an observation: %.2f pixels at the start, %.2f at the end\n",
              pixels(summary.initial_cost), pixels(summary.final_cost));
  std::printf("Ceres: %s\n",
              summary.termination_type == ceres::CONVERGENCE ? "converged" : "failed");
  std::printf("recorded %d time(s)\n", static_cast<int>(residual.statistics().recordings));
}
