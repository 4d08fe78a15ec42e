// Which of sixteen bytes something holds for: bit n for the byte n.
//
// Swift has no word for the one instruction that tells it; by arithmetic it takes forty.

#pragma once
#include <stdint.h>

typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef char lanes16 __attribute__((ext_vector_type(16)));

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t places_of_lanes(lanes16 lanes) {
  return (uint64_t)(uint32_t)_mm_movemask_epi8((__m128i)lanes);
}
#else
static inline uint64_t places_of_lanes(lanes16 lanes) {
  uint64_t places = 0;
  for (int lane = 0; lane < 16; lane++)
    places |= (uint64_t)(lanes[lane] & 1) << lane;
  return places;
}
#endif

static inline uint64_t places_of_byte(bytes16 bytes, uint8_t byte) {
  return places_of_lanes((lanes16)(bytes == (bytes16)byte));
}

// Of bytes less than `first` or greater than `last`.
static inline uint64_t places_beyond(bytes16 bytes, uint8_t first, uint8_t last) {
  return places_of_lanes((lanes16)(bytes - (bytes16)first > (bytes16)(last - first)));
}

static inline uint64_t places_of_digits(bytes16 bytes) {
  return places_of_lanes((lanes16)(bytes - (bytes16)'0' < (bytes16)10));
}
