// Parts of WebP pictures, decoded by libwebp; a build without libwebp has no version of it and decodes nothing.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of libwebp: `1.2.4`; NULL where this build has none.
const char *cwebp_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CWEBP_MESSAGE_CAPACITY 128

/// What a picture says about itself; of an animation its canvas.
typedef struct {
  uint32_t width;
  uint32_t height;
  bool hasAlpha;
} cwebp_header;

/// A part of a picture in pixels, to be decoded at 1/denominator of its size, which divides its sides.
typedef struct {
  uint32_t left, top, width, height;
  uint32_t denominator;
} cwebp_window;

/// Reads the header of a file, or of the chunks of one frame. False, and the reason in `message`, when it has none.
bool cwebp_read_header(const uint8_t *bytes, size_t count, cwebp_header *header, char *message);

/// Decodes a window of a still file, or of the chunks of one frame, into `pixels`: rows of RGB, or RGBA where
/// `withAlpha`, packed. `rows` says how many came: all of them, but where `pads` accepts data that end early.
bool cwebp_decode(const uint8_t *bytes, size_t count, const cwebp_window *window, bool withAlpha, bool pads,
                  uint8_t *pixels, uint32_t *rows, char *message);
