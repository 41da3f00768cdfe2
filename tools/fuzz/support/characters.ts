import fc from "fast-check";

/**
 * Any character, half surrogates included; every second one is ASCII. fast-check's unit "binary" is
 * the same, and takes over a second to build its table.
 */
export const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0x80, max: 0x10_ff_ff }))
  .map((code) => String.fromCodePoint(code));
