/**
 * Scripts that do not yet keep what `test/lua/contract/late-duplicates.test.ts` asks, with the
 * reason. The test fails if one of them passes: remove it from this list then.
 */
export const knownToFail: Readonly<Record<string, string>> = {};
