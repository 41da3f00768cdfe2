import type { TenantKeys } from "../tenant-keys.js";
import { type Comparison, compareTokens } from "./compare-tokens.js";
import { EVERY_ENTRY, freshUntilOf, type Header, headerOf, tokensOf } from "./header.js";
import type { FoundEntry } from "./lookup.js";
import type { SharedRead, SharedReads } from "./shared-reads.js";
import type { TagState } from "./tag-reads.js";

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

  /** Adds an entry and its tags to the next reading, sent after this call; undefined if scripts must read. */
  begin(entry: string, tags: readonly string[], timeoutMs: number): QuickRead | undefined {
    const key = this.#keys.entry(entry);
    const tagKeys = tags.length === 0 ? NO_TAGS : tags.map(this.#keys.tag);
    const reading = this.#shared.of(key, this.#everyKey, tagKeys, timeoutMs);
    return reading && new QuickRead(this.#shared, this.#keys, reading, key, this.#everyKey, tags, tagKeys);
  }
}

const NO_TAGS: readonly string[] = [];

/** The reading of one entry, and of the tags that its caller names, at one instant. */
export class QuickRead {
  readonly #shared: SharedReads;
  readonly #keys: TenantKeys;
  readonly #key: string;
  readonly #everyKey: string;
  readonly #tags: readonly string[];
  readonly #tagKeys: readonly string[];
  /** The command that several readings share. */
  readonly command: SharedRead;

  constructor(
    shared: SharedReads,
    keys: TenantKeys,
    command: SharedRead,
    key: string,
    everyKey: string,
    tags: readonly string[],
    tagKeys: readonly string[],
  ) {
    this.#shared = shared;
    this.#keys = keys;
    this.command = command;
    this.#key = key;
    this.#everyKey = everyKey;
    this.#tags = tags;
    this.#tagKeys = tagKeys;
  }

  /** Whether there is no such entry. */
  get isAbsent(): boolean {
    return this.command.isRead && this.command.valueOf(this.#key) === null;
  }

  /** The entry, if it has exactly the tags that the caller names, and is valid. Call it after the answer. */
  find(): QuickEntry | undefined {
    const read = this.#read();
    return read && read.entry.header.tokens === this.#presentTokens() ? read : undefined;
  }

  /**
   * The entry, if it is valid. Tags that only the entry names are read now.
   *
   * @throws UnavailableError or CircuitOpen if Redis does not answer
   */
  async findWithItsTags(): Promise<QuickEntry | undefined> {
    const read = this.#read();
    if (!read) return undefined;
    const { tokens: text } = read.entry.header;
    if (text === this.#presentTokens()) return read;
    const tokens = tokensOf(text);
    // A tag that the caller names, and that the entry lacks, could not invalidate it.
    if (!tokens || this.#tags.some((tag) => !tokens.has(tag))) return undefined;
    switch (await this.#comparisonOf(tokens)) {
      case "equal":
        return read;
      case "stale":
        return { entry: read.entry, freshForMs: 0 };
      case "dead":
        return undefined;
    }
  }

  /** The states of the tags that the caller names, for a load that begins now. */
  states(): Map<string, TagState | undefined> {
    const states = new Map([[EVERY_ENTRY, this.#stateOf(this.#everyKey)]]);
    for (const [place, tag] of this.#tags.entries())
      states.set(tag, this.#stateOf(this.#tagKeys[place] ?? ""));
    return states;
  }

  #stateOf(key: string): TagState | undefined {
    const token = this.command.tokenOf(key);
    return token === undefined ? undefined : { token, clock: undefined };
  }

  #read(): QuickEntry | undefined {
    const { command } = this;
    const stored = command.valueOf(this.#key);
    const freshUntil = stored ? freshUntilOf(stored) : undefined;
    const header: Header | undefined = stored && freshUntil !== undefined ? headerOf(stored) : undefined;
    if (!stored || !header || freshUntil === undefined) return undefined;
    return { entry: { stored, header, sentAt: command.sentAt }, freshForMs: freshUntil - command.nowMs };
  }

  /** The tokens as the header of an entry with exactly these tags has them; undefined if one is absent. */
  #presentTokens(): string | undefined {
    const { command } = this;
    let text = command.tokenOf(this.#everyKey);
    for (let place = 0; place < this.#tags.length; place++) {
      const token = command.tokenOf(this.#tagKeys[place] ?? "");
      if (token === undefined) return undefined;
      text += `\t${this.#tags[place]}=${token}`;
    }
    return text;
  }

  async #comparisonOf(tokens: ReadonlyMap<string, string>): Promise<Comparison> {
    const { command } = this;
    const unread = [...tokens.keys()].map(this.#keys.tag).filter((key) => !command.has(key));
    const remainingMs = Math.floor(command.timeoutMs - (performance.now() - command.sentAt));
    const second = unread.length > 0 ? this.#shared.next(Math.max(1, remainingMs)) : undefined;
    for (const key of unread) second?.add(key);
    if (unread.length > 0 && !(await second?.answered)) return "dead";
    return compareTokens(tokens, (tag) => {
      const key = this.#keys.tag(tag);
      return command.has(key) ? command.tokenOf(key) : second?.tokenOf(key);
    });
  }
}
