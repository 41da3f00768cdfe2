import type { Files } from "../parse/folder.js";

/** How an output folder differs from what it should be. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly changed: readonly string[];
}

/** Compares texts with what a folder holds. */
export function differences(wanted: Files, found: Files): Difference {
  return {
    missing: [...wanted.keys()].filter((path) => !found.has(path)),
    extra: [...found.keys()].filter((path) => !wanted.has(path)),
    changed: [...wanted]
      .filter(([path, text]) => found.has(path) && found.get(path) !== text)
      .map(([path]) => path),
  };
}
