#ifndef BENCH_WORKLOADS_BUNDLE_ADJUSTMENT_H_
#define BENCH_WORKLOADS_BUNDLE_ADJUSTMENT_H_

// W5: the sum of squared reprojection errors of a bundle adjustment, the objective of ADBench. A
// camera (11 numbers: rotation vector, centre, focal length, principal point, two radial distortion
// coefficients) sees a point (3), the error against the observed feature is weighted by an unknown
// w, and (1 - w^2)^2 holds w near 1. x holds the cameras, the points, the weights.

#include <array>
#include <cstddef>
#include <vector>

#include "bench/workloads/random.h"
#include "bench/workloads/scalar.h"

namespace bench {

struct BundleAdjustment {
  static constexpr size_t kCameraSize = 11;

  struct Observation {
    size_t camera, point;
    std::array<double, 2> feature;
  };

  size_t cameras = 10;
  size_t points = 100;
  std::vector<Observation> observations;
  std::vector<double> start;  // x0

  static BundleAdjustment Synthetic();

  size_t n() const { return kCameraSize * cameras + 3 * points + observations.size(); }
  std::vector<double> x0() const { return start; }

  template <class T>
  T operator()(const T* x) const {
    const T* all_points = x + kCameraSize * cameras;
    const T* weight = all_points + 3 * points;
    T sum(0.0);
    for (const Observation& seen : observations) {
      const T* camera = x + kCameraSize * seen.camera;
      T position[3];
      Rotate(camera, all_points + 3 * seen.point, position);
      T u = position[0] / position[2], v = position[1] / position[2];
      T r2 = u * u + v * v;
      T distortion = 1.0 + camera[9] * r2 + camera[10] * r2 * r2;
      T e0 = *weight * (u * distortion * camera[6] + camera[7] - seen.feature[0]);
      T e1 = *weight * (v * distortion * camera[6] + camera[8] - seen.feature[1]);
      T e2 = 1.0 - *weight * *weight;
      sum += e0 * e0 + e1 * e1 + e2 * e2;
      ++weight;
    }
    return sum;
  }

  double hand(const double* x, double* g) const;

  // The two weighted reprojection errors of each observation, for their Jacobian.
  template <class T>
  std::vector<T> Residuals(const T* x) const {
    const T* all_points = x + kCameraSize * cameras;
    const T* weight = all_points + 3 * points;
    std::vector<T> residuals;
    for (const Observation& seen : observations) {
      const T* camera = x + kCameraSize * seen.camera;
      T position[3];
      Rotate(camera, all_points + 3 * seen.point, position);
      T u = position[0] / position[2], v = position[1] / position[2];
      T r2 = u * u + v * v;
      T scale = (1.0 + camera[9] * r2 + camera[10] * r2 * r2) * camera[6];
      residuals.push_back(*weight * (u * scale + camera[7] - seen.feature[0]));
      residuals.push_back(*weight * (v * scale + camera[8] - seen.feature[1]));
      ++weight;
    }
    return residuals;
  }

  // The point in the frame of the camera, by Rodrigues' formula: with offset p = point - centre,
  // angle t = |rotation| and axis w = rotation / t, p cos t + (w x p) sin t + w (w . p)(1 - cos t).
  template <class T>
  static void Rotate(const T* camera, const T* point, T* position) {
    T p[3], w[3], cross[3];
    for (size_t i = 0; i < 3; ++i) p[i] = point[i] - camera[3 + i];
    T squares = camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2];
    T angle = sqrt(squares), cosine = cos(angle), sine = sin(angle), inverse = 1.0 / angle;
    for (size_t i = 0; i < 3; ++i) w[i] = camera[i] * inverse;
    cross[0] = w[1] * p[2] - w[2] * p[1];
    cross[1] = w[2] * p[0] - w[0] * p[2];
    cross[2] = w[0] * p[1] - w[1] * p[0];
    T along = (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]) * (1.0 - cosine);
    for (size_t i = 0; i < 3; ++i) position[i] = p[i] * cosine + cross[i] * sine + w[i] * along;
  }
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_BUNDLE_ADJUSTMENT_H_
