import type { TenantKeys } from "../tenant-keys.js";
import { compareTokens } from "./compare-tokens.js";
import { EVERY_ENTRY, freshUntilOf, headerOf, tokensOf } from "./header.js";
import type { FoundEntry } from "./lookup.js";
import type { SharedRead, SharedReads } from "./shared-reads.js";

/** A valid entry. */
export interface QuickEntry {
  readonly entry: FoundEntry;
  /** 0 or less: it is stale. */
  readonly freshForMs: number;
}

/**
 * Reads entries and tokens of one server with MGET, which costs a fraction of `cache.read`. It grants no
 * lease. So it answers for valid entries only, and `cache.read` for all others.
 */
export class QuickReads {
  readonly #shared: SharedReads;
  readonly #keys: TenantKeys;
  readonly #everyKey: string;

  constructor(shared: SharedReads, keys: TenantKeys) {
    this.#shared = shared;
    this.#keys = keys;
    this.#everyKey = keys.tag(EVERY_ENTRY);
  }

  /**
   * The entry, if it is valid. Entry and tokens are read at one instant, after this call.
   *
   * @throws UnavailableError or CircuitOpen if Redis does not answer
   */
  async read(entry: string, tags: readonly string[], timeoutMs: number): Promise<QuickEntry | undefined> {
    const key = this.#keys.entry(entry);
    const tagKeys = [this.#everyKey, ...tags.map(this.#keys.tag)];
    const reading = this.#shared.of(key, tagKeys, timeoutMs);
    if (!reading) return undefined;
    if (!(await reading.answered)) return undefined;

    const stored = reading.valueOf(key);
    const freshUntil = stored ? freshUntilOf(stored) : undefined;
    const header = stored ? headerOf(stored) : undefined;
    if (!stored || !header || freshUntil === undefined) return undefined;
    const found = { stored, header, sentAt: reading.sentAt };
    const freshForMs = freshUntil - reading.nowMs;
    if (header.tokens === presentTokens(reading, tagKeys, tags)) return { entry: found, freshForMs };

    const tokens = tokensOf(header.tokens);
    // A tag that the caller names, and that the entry lacks, could not invalidate it.
    if (!tokens || tags.some((tag) => !tokens.has(tag))) return undefined;
    const remainingMs = Math.floor(timeoutMs - (performance.now() - reading.sentAt));
    const presentOf = await this.#presentOf(reading, [...tokens.keys()], Math.max(1, remainingMs));
    switch (presentOf ? compareTokens(tokens, presentOf) : "dead") {
      case "equal":
        return { entry: found, freshForMs };
      case "stale":
        return { entry: found, freshForMs: 0 };
      case "dead":
        return undefined;
    }
  }

  /** The present tokens of tags. Those that only the entry names are read now. */
  async #presentOf(
    reading: SharedRead,
    tags: readonly string[],
    timeoutMs: number,
  ): Promise<((tag: string) => string | undefined) | undefined> {
    const unread = tags.filter((tag) => !reading.has(this.#keys.tag(tag)));
    const second = unread.length > 0 ? this.#shared.next(timeoutMs) : undefined;
    for (const tag of unread) second?.add(this.#keys.tag(tag));
    if (unread.length > 0 && !(await second?.answered)) return undefined;
    return (tag) => {
      const key = this.#keys.tag(tag);
      return reading.has(key) ? reading.tokenOf(key) : second?.tokenOf(key);
    };
  }
}

/** The tokens as the header of an entry with exactly these tags has them; undefined if one is absent. */
function presentTokens(
  reading: SharedRead,
  [everyKey = "", ...tagKeys]: readonly string[],
  tags: readonly string[],
): string | undefined {
  let text = reading.tokenOf(everyKey);
  for (let place = 0; place < tags.length; place++) {
    const token = reading.tokenOf(tagKeys[place] ?? "");
    if (token === undefined) return undefined;
    text += `\t${tags[place]}=${token}`;
  }
  return text;
}
