import { createHash } from "node:crypto";

/** What an entry is for; its name begins with it. */
export type EntryKind = "result" | "page" | "fetch";

/** The pattern of the names, and the name of the cache in metrics. */
export const PATTERN = "next:<build>:<kind>:<key>";

/** The names of the entries of one build. Keys of Next.js may be long texts with arguments. */
export class EntryNames {
  readonly #build: string;

  constructor(buildId: string) {
    this.#build = hashOf(buildId, BUILD_LENGTH);
  }

  of(kind: EntryKind, key: string): string {
    return `next:${this.#build}:${kind}:${hashOf(key, KEY_LENGTH)}`;
  }

  /** The entry that says that the pages of the build were registered. */
  get mark(): string {
    return `next:${this.#build}:registered`;
  }

  /** The log of all builds. */
  readonly log = "next:log";
}

const BUILD_LENGTH = 12;
const KEY_LENGTH = 40;

function hashOf(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

/** Next.js marks the tags of paths so. They are known when an entry is read, and not when it is made. */
const PATH_TAG = "_N_T_";

export function isPathTag(tag: string): boolean {
  return tag.startsWith(PATH_TAG);
}

const MAX_TAG_BYTES = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys may not have control characters
const NOT_IN_KEYS = /[{}\u0000-\u001f\u007f]|\p{Surrogate}/gu;

/**
 * The tag of the cache for a tag of Next.js: the same text, if a key may have it. Two that become equal
 * are invalidated together.
 */
export function tagOf(tag: string): string {
  if (tag === "*") return "%2a";
  const text = tag.replace(NOT_IN_KEYS, (character) => `%${character.charCodeAt(0).toString(16)}`);
  if (text !== "" && Buffer.byteLength(text) <= MAX_TAG_BYTES) return text;
  return `%~${hashOf(tag, KEY_LENGTH)}`;
}

/** Each once. */
export function tagsOf(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map(tagOf))];
}
