#include "bench/workloads/bundle_adjustment.h"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

using Vector = std::array<double, 3>;

Vector Cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
double Dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// The rotation of one observation, with what its derivative needs again.
struct Rotation {
  Rotation(const double* camera, const double* point)
      : p{point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]},
        angle(std::sqrt(camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2])),
        inverse(1.0 / angle),
        cosine(std::cos(angle)),
        sine(std::sin(angle)),
        w{camera[0] * inverse, camera[1] * inverse, camera[2] * inverse},
        cross(Cross(w, p)),
        dot(Dot(w, p)) {
    const double along = dot * (1.0 - cosine);
    for (size_t i = 0; i < 3; ++i) position[i] = p[i] * cosine + cross[i] * sine + w[i] * along;
  }

  // Adds the adjoints of the camera's rotation and centre, and of the point.
  void PushBack(const Vector& position_bar, const double* camera, double* camera_bar,
                double* point_bar) const {
    const double along = dot * (1.0 - cosine);
    const double along_bar = Dot(position_bar, w);
    const double cosine_bar = Dot(position_bar, p) - along_bar * dot;
    const double sine_bar = Dot(position_bar, cross);
    const double dot_bar = along_bar * (1.0 - cosine);
    const Vector cross_bar = {position_bar[0] * sine, position_bar[1] * sine,
                              position_bar[2] * sine};
    // The adjoints of w x p are p x cross_bar towards w and cross_bar x w towards p.
    const Vector from_cross_w = Cross(p, cross_bar);
    const Vector from_cross_p = Cross(cross_bar, w);
    double inverse_bar = 0.0;
    for (size_t i = 0; i < 3; ++i) {
      const double p_bar = position_bar[i] * cosine + dot_bar * w[i] + from_cross_p[i];
      point_bar[i] += p_bar;
      camera_bar[3 + i] -= p_bar;
      const double w_bar = position_bar[i] * along + dot_bar * p[i] + from_cross_w[i];
      camera_bar[i] += w_bar * inverse;
      inverse_bar += w_bar * camera[i];
    }
    // d angle / d rotation = rotation / angle
    const double angle_bar =
        sine_bar * cosine - cosine_bar * sine - inverse_bar * inverse * inverse;
    for (size_t i = 0; i < 3; ++i) camera_bar[i] += angle_bar * inverse * camera[i];
  }

  Vector p;
  double angle, inverse, cosine, sine;
  Vector w, cross;
  double dot;
  Vector position;
};

}  // namespace

double BundleAdjustment::hand(const double* x, double* g) const {
  const double *all_points = x + kCameraSize * cameras, *weights = all_points + 3 * points;
  double *points_bar = g + kCameraSize * cameras, *weights_bar = points_bar + 3 * points;
  std::fill_n(g, n(), 0.0);
  double sum = 0.0;
  for (size_t o = 0; o < observations.size(); ++o) {
    const Observation& seen = observations[o];
    const double* camera = x + kCameraSize * seen.camera;
    double* camera_bar = g + kCameraSize * seen.camera;
    const double focal = camera[6], k1 = camera[9], k2 = camera[10], weight = weights[o];
    const Rotation rotation(camera, all_points + 3 * seen.point);
    const double inverse = 1.0 / rotation.position[2];
    const double u = rotation.position[0] * inverse, v = rotation.position[1] * inverse;
    const double r2 = u * u + v * v;
    const double distortion = 1.0 + k1 * r2 + k2 * r2 * r2;
    const double p0 = u * distortion * focal + camera[7] - seen.feature[0];
    const double p1 = v * distortion * focal + camera[8] - seen.feature[1];
    const double e0 = weight * p0, e1 = weight * p1, e2 = 1.0 - weight * weight;
    sum += e0 * e0 + e1 * e1 + e2 * e2;

    weights_bar[o] += 2.0 * e0 * p0 + 2.0 * e1 * p1 - 4.0 * e2 * weight;
    const double p0_bar = 2.0 * e0 * weight, p1_bar = 2.0 * e1 * weight;
    const double along = p0_bar * u + p1_bar * v;
    const double distortion_bar = along * focal;
    const double r2_bar = distortion_bar * (k1 + 2.0 * k2 * r2);
    const double u_bar = p0_bar * distortion * focal + 2.0 * u * r2_bar;
    const double v_bar = p1_bar * distortion * focal + 2.0 * v * r2_bar;
    camera_bar[6] += along * distortion;
    camera_bar[7] += p0_bar;
    camera_bar[8] += p1_bar;
    camera_bar[9] += distortion_bar * r2;
    camera_bar[10] += distortion_bar * r2 * r2;
    rotation.PushBack({u_bar * inverse, v_bar * inverse, -(u_bar * u + v_bar * v) * inverse},
                      camera, camera_bar, points_bar + 3 * seen.point);
  }
  return sum;
}

BundleAdjustment BundleAdjustment::Synthetic() {
  constexpr size_t kObservations = 1000;
  BundleAdjustment w;
  const std::vector<double> pairs = Uniform(2 * kObservations, 12);
  const std::vector<double> features = Normal(2 * kObservations, 13);
  for (size_t o = 0; o < kObservations; ++o) {
    w.observations.push_back(
        {.camera = static_cast<size_t>(pairs[2 * o] * static_cast<double>(w.cameras)),
         .point = static_cast<size_t>(pairs[2 * o + 1] * static_cast<double>(w.points)),
         .feature = {features[2 * o], features[2 * o + 1]}});
  }

  // Points around the origin, seen from five units away.
  constexpr std::array<double, kCameraSize> kMean = {0, 0, 0, 0, 0, -5, 1.5, 0, 0, 0, 0};
  constexpr std::array<double, kCameraSize> kDeviation = {0.3, 0.3, 0.3, 0.2,  0.2, 0.2,
                                                          0.1, 0.1, 0.1, 0.05, 0.01};
  const std::vector<double> z = Normal(kCameraSize * w.cameras, 14);
  for (size_t i = 0; i < z.size(); ++i) {
    w.start.push_back(kMean[i % kCameraSize] + kDeviation[i % kCameraSize] * z[i]);
  }
  for (double each : Normal(3 * w.points, 15, 0.0, 0.5)) w.start.push_back(each);
  for (double each : Uniform(kObservations, 16, 0.5, 1.5)) w.start.push_back(each);
  return w;
}

}  // namespace bench
