import type { CacheReadReply } from "../../../generated/ts/cache.scripts.js";
import type { Reading } from "../l1/readings.js";
import { newFillId } from "../random-ids.js";
import type { TenantScripts } from "../scripts.js";
import { type Comparison, compareTokens } from "./compare-tokens.js";
import { EVERY_ENTRY, type Header, headerOf, tokensOf, tokensText } from "./header.js";
import type { ReadPath } from "./read-path.js";
import type { TagStates } from "./tag-reads.js";
import type { TimeLimit } from "./time-limit.js";

/** An entry that was read, and whose tags are valid. */
export interface FoundEntry {
  readonly stored: Buffer;
  readonly header: Header;
  /** When it began to be read, in the time of `performance.now()`. */
  readonly sentAt: number;
}

/** The right to fill an entry. */
export interface GrantedLease {
  readonly fillId: string;
  /** The tags whose states were read with the lease. */
  readonly tags: TagStates;
}

/** What a reading has found. */
export type Lookup =
  | {
      readonly kind: "fresh";
      readonly entry: FoundEntry;
      readonly freshForMs: number;
      /** The value may enter L1. End the reading. */
      readonly reading: Reading | undefined;
    }
  | {
      readonly kind: "stale";
      readonly entry: FoundEntry;
      /** The caller refreshes the entry. */
      readonly lease: GrantedLease | undefined;
      /** Another caller refreshes it; undefined if nobody may. */
      readonly leaseEndsInMs: number | undefined;
    }
  | { readonly kind: "granted"; readonly lease: GrantedLease }
  /** Another caller loads. */
  | { readonly kind: "busy"; readonly leaseEndsInMs: number }
  /** A load must not be stored: somebody changes the source, or the entry has an unknown form. */
  | { readonly kind: "unstored" };

/** What to read, and how. */
export interface LookupOptions {
  readonly entry: string;
  readonly tags: readonly string[];
  readonly leaseMs: number;
  readonly limit: TimeLimit;
  /** The entry with this fill id is to be replaced, although it is fresh. */
  readonly replaces?: string | undefined;
  /** `false`: L1 may have missed changes. What it knows does not count. */
  readonly usesL1?: boolean | undefined;
  /** A fill shall wake this process. */
  readonly waits?: boolean | undefined;
  /** States of the caller's tags that are new enough for a load. A found entry needs newer ones. */
  readonly states?: TagStates | undefined;
}

/** Each round asks for the lease of an entry that the round before has found dead or stale. */
const MAX_ROUNDS = 4;

/** Reads entries and compares their tags, as docs/cache-protocol.md says. */
export class EntryReads {
  readonly #scripts: TenantScripts;
  readonly #pathOf: () => ReadPath;
  readonly #direct: ReadPath;
  readonly #keyOf: (entry: string) => string;

  /** @param keyOf the key of an entry in Redis */
  constructor(
    scripts: TenantScripts,
    pathOf: () => ReadPath,
    direct: ReadPath,
    keyOf: (entry: string) => string,
  ) {
    this.#direct = direct;
    this.#scripts = scripts;
    this.#pathOf = pathOf;
    this.#keyOf = keyOf;
  }

  async lookup(options: LookupOptions): Promise<Lookup> {
    const path = options.usesL1 === false ? this.#direct : this.#pathOf();
    const reading = path.l1?.readings.begin(this.#keyOf(options.entry));
    try {
      const lookup = await this.#lookup(path, options);
      if (lookup.kind === "fresh") return { ...lookup, reading };
      if (reading) path.l1?.readings.end(reading);
      return lookup;
    } catch (error) {
      if (reading) path.l1?.readings.end(reading);
      throw error;
    }
  }

  async #lookup(path: ReadPath, options: LookupOptions): Promise<Lookup> {
    const sentAt = performance.now();
    let { replaces, states } = options;
    let old: FoundEntry | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { reply, lease } = await this.#read(path, options, replaces, states);
      states = undefined;
      if (reply.outcome === "foreign") return { kind: "unstored" };
      if (reply.outcome === "absent") return withoutEntry(reply, lease, old);
      const header = headerOf(reply.stored);
      if (!header) return { kind: "unstored" };
      const entry = { stored: reply.stored, header, sentAt };
      const comparison = await this.#compare(path, header.tokens, options, lease.tags).catch(
        (error: unknown) => {
          if (reply.outcome === "stale" && reply.lease === "granted")
            this.release(options.entry, lease.fillId);
          throw error;
        },
      );
      if (reply.outcome === "stale") {
        return withoutEntry(reply, lease, comparison === "dead" ? undefined : entry);
      }
      if (comparison === "equal")
        return { kind: "fresh", entry, freshForMs: reply.freshForMs, reading: undefined };
      replaces = header.fillId;
      old = comparison === "stale" ? entry : undefined;
    }
    return { kind: "unstored" };
  }

  async #read(
    { scripts, tags: source }: ReadPath,
    { entry, tags, leaseMs, limit, waits }: LookupOptions,
    replaces: string | undefined,
    known: TagStates | undefined,
  ): Promise<{ readonly reply: CacheReadReply; readonly lease: GrantedLease }> {
    const fillId = newFillId();
    const { remainingMs: deadlineMs } = limit;
    const reading = scripts.read({ entry, fillId, leaseMs, replaces, waits }, { deadlineMs });
    try {
      const names = [EVERY_ENTRY, ...tags];
      if (known) {
        const reply = await reading;
        if (reply.outcome === "absent" || reply.outcome === "foreign")
          return { reply, lease: { fillId, tags: known } };
      }
      const [reply, read] = await Promise.all([reading, source.readAll(names, deadlineMs)]);
      return { reply, lease: { fillId, tags: await source.recheck(read, limit.remainingMs) } };
    } catch (error) {
      // The lease may have been granted, also if its reply was lost.
      const release = () => this.release(entry, fillId);
      reading.then(release, release);
      throw error;
    }
  }

  /** A valid entry, fresh or stale, without a lease. */
  async peek(
    options: Pick<LookupOptions, "entry" | "tags" | "limit">,
  ): Promise<(FoundEntry & { readonly isStale: boolean }) | undefined> {
    const { entry, tags, limit } = options;
    const sentAt = performance.now();
    const { remainingMs: deadlineMs } = limit;
    const path = this.#pathOf();
    const [reply, read] = await Promise.all([
      path.scripts.peek({ entry }, { deadlineMs }),
      path.tags.readAll([EVERY_ENTRY, ...tags], deadlineMs),
    ]);
    const states = await path.tags.recheck(read, deadlineMs);
    if (reply.outcome !== "fresh" && reply.outcome !== "stale") return undefined;
    const header = headerOf(reply.stored);
    if (!header) return undefined;
    const comparison = await this.#compare(path, header.tokens, options, states);
    const isStale = reply.outcome === "stale" || comparison === "stale";
    return comparison === "dead" ? undefined : { stored: reply.stored, header, sentAt, isStale };
  }

  /** Gives a lease back in the background. If that fails, the lease ends by itself. */
  release(entry: string, fillId: string): void {
    this.#scripts.release({ entry, fillId }, { deadlineMs: RELEASE_MS }).catch(() => undefined);
  }

  async #compare(
    path: ReadPath,
    text: string,
    { tags, limit }: Pick<LookupOptions, "tags" | "limit">,
    states: TagStates,
  ): Promise<Comparison> {
    if (text === presentText(states)) return "equal";
    const tokens = tokensOf(text);
    // A tag that the caller names, and that the entry lacks, could not invalidate it.
    if (!tokens || tags.some((tag) => !tokens.has(tag))) return "dead";
    const unknown = [...tokens.keys()].filter((tag) => !states.has(tag));
    const others = await path.tags.readAll(unknown, limit.remainingMs);
    return compareTokens(tokens, (tag) => (states.get(tag) ?? others.get(tag))?.token);
  }
}

/**
 * Longer than an outage: a server that was suspended grants the leases of old calls when it goes on, and
 * it may have to load the script first.
 */
const RELEASE_MS = 120_000;

/** The tokens as the header of an entry with exactly these tags has them; undefined if one is absent. */
function presentText(states: TagStates): string | undefined {
  if (states.size === 1) return states.get(EVERY_ENTRY)?.token;
  const tokens = new Map<string, string>();
  for (const [tag, state] of states) {
    if (!state) return undefined;
    tokens.set(tag, state.token);
  }
  return tokensText(tokens);
}

function withoutEntry(
  reply: { readonly lease: "granted" | "busy" | "blocked"; readonly leaseEndsInMs: number | undefined },
  lease: GrantedLease,
  old: FoundEntry | undefined,
): Lookup {
  const granted = reply.lease === "granted" ? lease : undefined;
  if (old) return { kind: "stale", entry: old, lease: granted, leaseEndsInMs: reply.leaseEndsInMs };
  switch (reply.lease) {
    case "granted":
      return { kind: "granted", lease };
    case "busy":
      return { kind: "busy", leaseEndsInMs: reply.leaseEndsInMs ?? 1 };
    case "blocked":
      return { kind: "unstored" };
  }
}
