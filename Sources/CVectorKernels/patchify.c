#include "dispatch.h"

VK_CLONES
void vk_patchify(const uint8_t *pixels, vk_patch_shape s, const vk_real *mean, const vk_real *deviation, vk_real *patches) {
  const long run = s.side * s.channels;
  for (long row = 0; row < s.rows * s.side; row++) {
    vk_real *target = patches + (row / s.side * s.columns * s.side + row % s.side) * run;
    for (long column = 0; column < s.columns; column++) {
      const uint8_t *input = pixels + (row * s.columns + column) * run;
      vk_real *output = target + column * s.side * run;
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < run; i++) output[i] = ((vk_real)input[i] / 255 - mean[i]) / deviation[i];
    }
  }
}
