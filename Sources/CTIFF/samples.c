#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint32_t ctiff_delivered_channels(const ctiff_samples *samples) {
  return samples->palette ? samples->channels + 2 : samples->channels;
}

uint32_t ctiff_sample_bytes(const ctiff_samples *samples) {
  switch (samples->format) {
    case ctiff_eight_bit: return 1;
    case ctiff_sixteen_bit: return 2;
    case ctiff_float: return 4;
  }
  return 4;
}

// v ↦ round(v·m/(2^b − 1)), m the greatest of 8 or of 16 bits.
static uint16_t *make_table(const ctiff_samples *samples, bool isInverted) {
  uint32_t greatest = (1u << samples->bits) - 1;
  uint64_t wanted = samples->format == ctiff_eight_bit ? 255 : 65535;
  uint16_t *table = malloc(((size_t)greatest + 1) * sizeof *table);
  if (!table) return NULL;
  for (uint32_t value = 0; value <= greatest; value++) {
    uint64_t kept = isInverted ? greatest - value : value;
    table[value] = (uint16_t)((2 * kept * wanted + greatest) / (2 * (uint64_t)greatest));
    if (samples->hasMissing && (double)value == samples->missing) table[value] = 0;
  }
  return table;
}

bool ctiff_prepare_samples(ctiff_samples *samples) {
  if (samples->format == ctiff_float || samples->palette) return true;
  bool stays = (samples->bits == 8 || samples->bits == 16) && !samples->hasMissing;
  if (!stays && !(samples->tables[0] = make_table(samples, false))) return false;
  if (samples->inverted > 0 && !(samples->tables[1] = make_table(samples, true))) return false;
  return true;
}

void ctiff_free_samples(ctiff_samples *samples) {
  free(samples->palette);
  free(samples->tables[0]);
  free(samples->tables[1]);
}

static uint16_t short_at(const uint8_t *source, size_t index) {
  uint16_t value;
  memcpy(&value, source + 2 * index, sizeof value);
  return value;
}

// libtiff leaves three bytes in the machine's order.
static uint32_t triple_at(const uint8_t *source, size_t index) {
  const uint8_t *bytes = source + 3 * index;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
#else
  return bytes[2] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[0] << 16;
#endif
}

// Samples of other numbers of bits follow each other without a gap, the high bit first.
static uint32_t packed_at(const uint8_t *source, size_t index, uint32_t bits) {
  size_t start = index * bits;
  size_t last = (start + bits - 1) / 8;
  uint64_t value = 0;
  for (size_t byte = start / 8; byte <= last; byte++) value = value << 8 | source[byte];
  value >>= (last + 1) * 8 - (start + bits);
  return (uint32_t)(value & ((1ull << bits) - 1));
}

static uint32_t unsigned_at(const uint8_t *source, size_t index, uint32_t bits) {
  switch (bits) {
    case 8: return source[index];
    case 16: return short_at(source, index);
    case 24: return triple_at(source, index);
    case 32: {
      uint32_t value;
      memcpy(&value, source + 4 * index, sizeof value);
      return value;
    }
    default: return packed_at(source, index, bits);
  }
}

// A sign, `exponent` bits and `fraction` bits, as in IEEE 754; also the 24 bits of Adobe's, 7 and 16.
static double short_float(uint32_t value, int exponent, int fraction) {
  int bias = (1 << (exponent - 1)) - 1;
  uint32_t power = value >> fraction & ((1u << exponent) - 1);
  uint32_t rest = value & ((1u << fraction) - 1);
  double size;
  if (power == (1u << exponent) - 1)
    size = rest ? (double)NAN : (double)INFINITY;
  else if (power == 0)
    size = ldexp(rest, 1 - bias - fraction);
  else
    size = ldexp(rest + (1u << fraction), (int)power - bias - fraction);
  return value >> (exponent + fraction) & 1 ? -size : size;
}

static double floating_at(const uint8_t *source, size_t index, uint32_t bits) {
  switch (bits) {
    case 16: return short_float(short_at(source, index), 5, 10);
    case 24: return short_float(triple_at(source, index), 7, 16);
    case 32: {
      float value;
      memcpy(&value, source + 4 * index, sizeof value);
      return (double)value;
    }
    default: {
      double value;
      memcpy(&value, source + 8 * index, sizeof value);
      return value;
    }
  }
}

static float integer_at(const ctiff_samples *samples, const uint8_t *source, size_t index, bool isInverted) {
  uint64_t value;
  if (samples->bits == 64)
    memcpy(&value, source + 8 * index, sizeof value);
  else
    value = unsigned_at(source, index, samples->bits);
  if (samples->isSigned) {
    uint32_t unused = 64 - samples->bits;
    int64_t number = (int64_t)(value << unused) >> unused;
    return samples->hasMissing && (double)number == samples->missing ? NAN : (float)number;
  }
  if (samples->hasMissing && (double)value == samples->missing) return NAN;
  return (float)(isInverted ? (UINT64_MAX >> (64 - samples->bits)) - value : value);
}

static float number_at(const ctiff_samples *samples, const uint8_t *source, size_t index, bool isInverted) {
  if (!samples->isFloatingPoint) return integer_at(samples, source, index, isInverted);
  double value = floating_at(source, index, samples->bits);
  // Decimals that were cut short still name the single that they are near to.
  bool isMissing = samples->hasMissing && (samples->bits == 64 ? value == samples->missing
                                                               : (float)value == (float)samples->missing);
  return isMissing ? NAN : (float)value;
}

static void convert_channel(const ctiff_samples *samples, const uint8_t *source, uint32_t stride, uint32_t offset,
                            uint32_t channel, uint32_t columns, void *target) {
  uint32_t delivered = ctiff_delivered_channels(samples);
  bool isInverted = channel < samples->inverted;
  uint32_t place = samples->palette && channel > 0 ? channel + 2 : channel;
  const uint16_t *table = samples->tables[isInverted];
  if (samples->palette && channel == 0) {
    for (size_t column = 0; column < columns; column++) {
      const uint8_t *color = samples->palette + 3 * (size_t)unsigned_at(source, column * stride, samples->bits);
      memcpy((uint8_t *)target + column * delivered, color, 3);
    }
    return;
  }
  switch (samples->format) {
    case ctiff_eight_bit: {
      uint8_t *out = (uint8_t *)target + place;
      for (size_t column = 0; column < columns; column++) {
        uint32_t value = unsigned_at(source, column * stride + offset, samples->bits);
        out[column * delivered] = (uint8_t)(table ? table[value] : value);
      }
      return;
    }
    case ctiff_sixteen_bit: {
      uint16_t *out = (uint16_t *)target + place;
      for (size_t column = 0; column < columns; column++) {
        uint32_t value = unsigned_at(source, column * stride + offset, samples->bits);
        out[column * delivered] = (uint16_t)(table ? table[value] : value);
      }
      return;
    }
    case ctiff_float: {
      float *out = (float *)target + place;
      for (size_t column = 0; column < columns; column++)
        out[column * delivered] = number_at(samples, source, column * stride + offset, isInverted);
      return;
    }
  }
}

void ctiff_convert(const ctiff_samples *samples, const uint8_t *source, uint32_t first, uint32_t count,
                   uint32_t columns, void *target) {
  bool stays = !samples->palette && !samples->tables[0] && !samples->tables[1] && !samples->hasMissing &&
               samples->bits == 8 * ctiff_sample_bytes(samples) &&
               (samples->format != ctiff_float || samples->isFloatingPoint);
  if (stays && count == samples->channels) {
    memcpy(target, source, (size_t)columns * count * samples->bits / 8);
    return;
  }
  for (uint32_t channel = 0; channel < count; channel++)
    convert_channel(samples, source, count, channel, first + channel, columns, target);
}

// Gray times alpha becomes gray again, round(v·white/a): compositing it gives v + white − a exactly.
void ctiff_finish_row(const ctiff_samples *samples, uint32_t columns, void *target) {
  if (!samples->isPremultipliedGray) return;
  uint32_t white = samples->format == ctiff_eight_bit ? 255 : 65535;
  for (size_t column = 0; column < columns; column++) {
    uint8_t *narrow = (uint8_t *)target + 2 * column;
    uint16_t *wide = (uint16_t *)target + 2 * column;
    uint64_t alpha = white == 255 ? narrow[1] : wide[1];
    uint64_t gray = white == 255 ? narrow[0] : wide[0];
    if (alpha > 0) gray = (gray * white + alpha / 2) / alpha;
    if (gray > white) gray = white;
    if (white == 255)
      narrow[0] = (uint8_t)gray;
    else
      wide[0] = (uint16_t)gray;
  }
}

void ctiff_fill(const ctiff_samples *samples, uint32_t columns, void *target) {
  size_t count = (size_t)columns * ctiff_delivered_channels(samples);
  if (samples->format != ctiff_float) {
    memset(target, 128, count * ctiff_sample_bytes(samples));
    return;
  }
  for (size_t index = 0; index < count; index++) ((float *)target)[index] = NAN;
}
