import { brotliDecompressSync } from "node:zlib";

/** Between the texts of one script's forms. Lua that the generator writes has no such character. */
export const TEXT_END = "\0";

/**
 * The texts of a script's forms and their line maps, as the build packs them: joined by `TEXT_END`,
 * compressed with Brotli, in base64. The first call of the result unpacks them. Built modules of the
 * package call this function; generated modules have their texts as they are.
 */
export function packedTexts(packed: string): () => readonly string[] {
  let texts: readonly string[] | undefined;
  return () => {
    texts ??= brotliDecompressSync(Buffer.from(packed, "base64")).toString("utf8").split(TEXT_END);
    return texts;
  };
}
