import fc from "fast-check";

/**
 * Any character, without half surrogates, which UTF-8 cannot have. Every second one is ASCII.
 * fast-check's unit "binary" has the same characters, and takes over a second to build its table.
 */
export const anyCharacter = fc
  .oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xd7_ff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xe0_00, max: 0x10_ff_ff }) },
  )
  .map((code) => String.fromCodePoint(code));
