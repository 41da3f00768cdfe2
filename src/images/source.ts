import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { ImageRefusal } from "./types.js";

/** What a source is given besides the path. */
export interface ImageSourceContext {
  /** A longer image is refused, so a source need not read more. */
  readonly maxBytes: number;
  /** Aborts when the time of the request is over. */
  readonly signal: AbortSignal;
}

/** Reads the bytes of an original image; undefined if there is none with this path. */
export type ImageSource = (path: string, context: ImageSourceContext) => Promise<Uint8Array | undefined>;

/**
 * Images in a folder. It reads no file outside of the folder, also by no link.
 *
 * ```ts
 * const images = createImages(moonpath, { source: folderSource("/srv/images") });
 * ```
 */
export function folderSource(folder: string): ImageSource {
  let root: string | undefined;
  return async (path, { maxBytes, signal }) => {
    try {
      root ??= await realpath(folder);
      const file = await realpath(resolve(root, path));
      if (!file.startsWith(root + sep)) return undefined;
      return await readWithin(file, maxBytes, signal);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
}

/** Opening a named pipe would otherwise wait for its writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

async function readWithin(
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const handle = await open(file, FLAGS);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return undefined;
    if (stat.size > maxBytes) throw tooLarge();
    return await handle.readFile({ signal });
  } finally {
    await handle.close();
  }
}

/** The refusal of an original that has too many bytes. */
export function tooLarge(): ImageRefusal {
  return new ImageRefusal("IMAGE_TOO_LARGE", "the original image is too large");
}

const MISSING: readonly unknown[] = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EISDIR"];

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && MISSING.includes(error.code);
}
