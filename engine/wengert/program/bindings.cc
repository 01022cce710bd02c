#include "wengert/program/bindings.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace wengert::program {
namespace {

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

}  // namespace

template <class T>
uint32_t Interned<T>::NumberOf(std::vector<T> values) {
  const size_t bytes = values.size() * sizeof(T);
  const auto* const data = reinterpret_cast<const char*>(values.data());
  const uint64_t hash = absl::HashOf(absl::string_view(data, bytes));
  const auto [begin, end] = number_.equal_range(hash);
  for (auto place = begin; place != end; ++place) {
    const std::vector<T>& known = all_[place->second];
    const bool is_same =
        known.size() == values.size() && std::memcmp(known.data(), data, bytes) == 0;
    if (is_same) return place->second;
  }
  const auto number = static_cast<uint32_t>(all_.size());
  number_.emplace(hash, number);
  all_.push_back(std::move(values));
  return number;
}

Cell Bindings::NewArray(uint32_t length) {
  // Lanes are written a pack at a time, also where the last pack isn't full.
  const Cell first = RoundedUp(blocks_.cells) + kHalo;
  blocks_.cells = CheckedCells(uint64_t{first} + RoundedUp(length) + kHalo);
  arrays_.push_back({first, length});
  return first;
}

Cell Bindings::ConstantCell(double value) {
  const auto [place, is_new] =
      constant_cells_.try_emplace(std::bit_cast<uint64_t>(value), blocks_.cells);
  if (is_new) blocks_.presets.emplace_back(NewCells(blocks_, 1), value);
  return place->second;
}

uint32_t Bindings::Column(std::vector<double> values) {
  return columns_.NumberOf(std::move(values));
}

Bindings::Bound Bindings::Bind(uint32_t constants, std::vector<Move>& copies) {
  if (constants == cells_.size()) return BindConstants();
  for (size_t k = 0; constants > 0 && k < cells_.size(); ++k) {
    if (cells_[k] == kConstant) cells_[k] = ConstantCell(constants_[k]);
  }
  const Cell first = cells_.front();
  if (std::all_of(cells_.begin(), cells_.end(), [&](Cell cell) { return cell == first; })) {
    return {std::nullopt, {Access::kCell, first}};
  }
  if (const std::optional<Source> stream = BindStream(copies)) return {std::nullopt, *stream};
  return {std::nullopt, BindTable()};
}

Bindings::Bound Bindings::BindConstants() {
  const auto is_same = [&](double value) { return SameBits(value, constants_.front()); };
  if (std::all_of(constants_.begin(), constants_.end(), is_same)) return {constants_.front(), {}};
  return {std::nullopt, {Access::kColumn, Column(constants_)}};
}

const Bindings::Array* Bindings::ArrayOf(Cell cell) const {
  auto array = std::upper_bound(arrays_.begin(), arrays_.end(), cell,
                                [](Cell c, const Array& a) { return c < a.first; });
  if (array == arrays_.begin()) return nullptr;
  --array;
  return cell < array->first + array->length ? &*array : nullptr;
}

std::optional<Source> Bindings::BindStream(std::vector<Move>& copies) {
  const auto count = static_cast<uint32_t>(cells_.size());
  const uint32_t middle = count / 2;
  const Array* array = ArrayOf(cells_[middle]);
  if (array == nullptr || cells_[middle] < middle) return std::nullopt;
  const Cell base = cells_[middle] - middle;
  if (base + kHalo < array->first || base + count > array->first + array->length + kHalo) {
    return std::nullopt;
  }
  std::vector<Move> needed;
  for (uint32_t k = 0; k < count; ++k) {
    const Cell from = cells_[k], to = base + k;
    if (from == to) continue;
    const bool is_spare = to < array->first || to >= array->first + array->length;
    const auto held = spare_.find(to);
    if (!is_spare || (held != spare_.end() && held->second != from)) return std::nullopt;
    if (held == spare_.end()) needed.push_back({to, from});
  }
  for (const Move& move : needed) spare_[move.to] = move.from;
  copies.insert(copies.end(), needed.begin(), needed.end());
  return Source{Access::kStream, base};
}

Source Bindings::BindTable() {
  std::vector<uint32_t> cells;
  cells.reserve(RoundedUp(static_cast<uint32_t>(cells_.size())));
  cells.assign(cells_.begin(), cells_.end());
  // The lanes of a whole pack are read.
  cells.resize(RoundedUp(static_cast<uint32_t>(cells_.size())), cells.back());
  return {Access::kTable, tables_.NumberOf(std::move(cells))};
}

}  // namespace wengert::program
