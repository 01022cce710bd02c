#include "bench/demo/digits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "bench/demo/moons.h"

namespace bench {
namespace {

struct Point {
  double x, y;  // in a square from -1 to 1, y upwards
};
using Stroke = std::vector<Point>;

// From angle `from` to angle `to`, in degrees against the clock from the right.
Stroke Arc(Point centre, double rx, double ry, double from, double to) {
  constexpr int kPieces = 12;
  Stroke stroke;
  for (int k = 0; k <= kPieces; ++k) {
    const double angle = M_PI / 180.0 * (from + (to - from) * k / kPieces);
    stroke.push_back({centre.x + rx * std::cos(angle), centre.y + ry * std::sin(angle)});
  }
  return stroke;
}

std::vector<Stroke> StrokesOf(size_t digit) {
  switch (digit) {
    case 0:
      return {Arc({0, 0}, 0.55, 0.9, 0, 360)};
    case 1:
      return {{{-0.35, 0.5}, {0.1, 0.9}, {0.1, -0.9}}};
    case 2:
      return {Arc({0, 0.4}, 0.5, 0.5, 160, -40), {{0.38, 0.08}, {-0.5, -0.9}, {0.55, -0.9}}};
    case 3:
      return {Arc({0, 0.45}, 0.45, 0.45, 150, -90), Arc({0, -0.45}, 0.5, 0.45, 90, -150)};
    case 4:
      return {{{0.2, -0.9}, {0.2, 0.9}, {-0.55, -0.3}, {0.6, -0.3}}};
    case 5:
      return {{{0.5, 0.9}, {-0.4, 0.9}, {-0.45, 0.1}}, Arc({-0.05, -0.35}, 0.55, 0.55, 135, -140)};
    case 6:
      return {Arc({0.3, -0.3}, 0.8, 1.2, 95, 180), Arc({0, -0.4}, 0.5, 0.5, 0, 360)};
    case 7:
      return {{{-0.5, 0.9}, {0.5, 0.9}, {-0.15, -0.9}}};
    case 8:
      return {Arc({0, 0.45}, 0.42, 0.43, 0, 360), Arc({0, -0.45}, 0.5, 0.46, 0, 360)};
    default:
      return {Arc({0, 0.4}, 0.48, 0.48, 0, 360), {{0.48, 0.4}, {0.35, -0.9}}};
  }
}

// What makes one writer's digit differ from another's.
class Hand {
 public:
  explicit Hand(std::mt19937_64& random) {
    const auto within = [&random](double limit) {
      return limit * (std::ldexp(static_cast<double>(random() >> 11), -52) - 1.0);
    };
    const double turn = within(0.3), shear = within(0.25);
    const double width = 0.72 * (1.0 + within(0.2)), height = 0.76 * (1.0 + within(0.15));
    xx_ = width * std::cos(turn), xy_ = height * (shear - std::sin(turn));
    yx_ = width * std::sin(turn), yy_ = height * std::cos(turn);
    shift_ = {within(0.2), within(0.2)};
    bend_ = {within(0.15), within(0.15)};
    pen_ = 0.17 + within(0.06);
    ink_ = 0.85 + within(0.15);
  }

  Point Place(Point p) const {
    p = {p.x + bend_.x * p.y * p.y, p.y + bend_.y * p.x * p.x};
    return {xx_ * p.x + xy_ * p.y + shift_.x, yx_ * p.x + yy_ * p.y + shift_.y};
  }
  // At a distance from the nearest stroke. The edge is as wide as a pixel.
  double Ink(double distance, double pixel) const {
    return ink_ * std::clamp(0.5 + (pen_ - distance) / pixel, 0.0, 1.0);
  }

 private:
  double xx_, xy_, yx_, yy_;
  Point shift_, bend_;
  double pen_, ink_;
};

double SquaredDistance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
  const double t = std::clamp(along, 0.0, 1.0);
  const double x = p.x - a.x - t * dx, y = p.y - a.y - t * dy;
  return x * x + y * y;
}

double Distance(Point p, const std::vector<Stroke>& strokes) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const Stroke& stroke : strokes) {
    for (size_t k = 1; k < stroke.size(); ++k) {
      nearest = std::min(nearest, SquaredDistance(p, stroke[k - 1], stroke[k]));
    }
  }
  return std::sqrt(nearest);
}

Digit Draw(size_t digit, size_t side, std::mt19937_64& random) {
  constexpr double kNoise = 0.12;
  const Hand hand(random);
  std::vector<Stroke> strokes = StrokesOf(digit);
  for (Stroke& stroke : strokes) {
    for (Point& point : stroke) point = hand.Place(point);
  }
  Digit drawn{digit, {}};
  drawn.image.reserve(side * side);
  const double pixel = 2.0 / static_cast<double>(side);
  for (size_t row = 0; row < side; ++row) {
    for (size_t column = 0; column < side; ++column) {
      const Point centre = {(static_cast<double>(column) + 0.5) * pixel - 1.0,
                            1.0 - (static_cast<double>(row) + 0.5) * pixel};
      const double ink = hand.Ink(Distance(centre, strokes), pixel);
      drawn.image.push_back(std::clamp(ink + kNoise * NormalPair(random)[0], 0.0, 1.0));
    }
  }
  return drawn;
}

}  // namespace

std::vector<Digit> MakeDigits(size_t count, size_t side, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Digit> digits;
  digits.reserve(count);
  for (size_t i = 0; i < count; ++i) digits.push_back(Draw(i % kDigits, side, random));
  return digits;
}

}  // namespace bench
