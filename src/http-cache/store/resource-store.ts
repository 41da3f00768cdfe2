import { createHash } from "node:crypto";
import type { EntryLease, EntryReading, FoundReading, TenantEntries } from "../../cache/index.js";
import type { Fields } from "../message/fields.js";
import type { CacheRules } from "../rules/rules.js";
import { isSelected, varyNames, varyValues } from "../rules/vary.js";
import { type Stored, type StoredResponse, type Variant, VariantList } from "./stored-response.js";

/** What is cached under one key: a URL, and what else counts by its policy. */
export interface Resource {
  /** The name of its entry. */
  readonly name: string;
  /** The tags of its entries. */
  readonly tags: readonly string[];
}

/** What is stored for a request. */
export type Selection =
  | StoredSelection
  | {
      readonly kind: "none";
      /** The entry that the response will probably have. */
      readonly entry: string;
      readonly reading: Exclude<EntryReading<Stored>, FoundReading<Stored> | { readonly kind: "away" }>;
      /** The other variants. */
      readonly variants: readonly Variant[];
    }
  | { readonly kind: "away" };

export interface StoredSelection {
  readonly kind: "stored";
  readonly entry: string;
  readonly response: StoredResponse;
  readonly fillId: string;
  readonly ageMs: number;
  /** It was invalidated softly. */
  readonly isExpired: boolean;
  readonly isOfL1: boolean;
  readonly lease: EntryLease<Stored> | undefined;
}

/** A list of variants is changed so often at most before the response is left out of it. */
const MAX_LIST_ROUNDS = 4;

/** The stored responses of the resources of one tenant. */
export class ResourceStore {
  readonly #entries: TenantEntries<Stored>;
  readonly #rules: CacheRules;
  readonly #checksL1: boolean;

  /** @param checksL1 each answer of L1 waits until L1 knows all changes from before */
  constructor(entries: TenantEntries<Stored>, rules: CacheRules, checksL1: boolean) {
    this.#entries = entries;
    this.#rules = rules;
    this.#checksL1 = checksL1;
  }

  /** Finds the stored response for a request. If there is none, one caller gets the lease. */
  async find({ name, tags }: Resource, request: Fields): Promise<Selection> {
    // What L1 has after all messages have come is what Redis had when the request came.
    const caughtUp = this.#caughtUp();
    const usesL1 = caughtUp === undefined || (await caughtUp);
    const kept = usesL1 ? this.#kept(name, request) : undefined;
    if (kept) return kept;
    const reading = await this.#entries.read(name, { tags, usesL1 });
    if (reading.kind !== "found") return this.#selectionOf(name, reading, []);
    const { value } = reading;
    if (value.kind === "response") return this.#storedOf(name, value, reading);
    reading.lease?.release();
    const entry = this.#entryIn(name, value, request);
    return this.#selectionOf(entry, await this.#entries.read(entry, { tags, usesL1 }), value.variants);
  }

  /** Undefined: what L1 knows counts in any case. */
  #caughtUp(): Promise<boolean> | undefined {
    return this.#checksL1 && this.#entries.hasL1 ? this.#entries.caughtUp() : undefined;
  }

  async #mayUseL1(): Promise<boolean> {
    return (await this.#caughtUp()) ?? true;
  }

  /** The stored response, if L1 has it. */
  #kept(name: string, request: Fields): StoredSelection | undefined {
    const kept = this.#entries.kept(name);
    if (!kept) return undefined;
    const { value, fillId } = kept.entry;
    if (value.kind === "response") return storedIn(name, value, fillId, kept.endsAt);
    const entry = this.#entryIn(name, value, request);
    const found = this.#entries.kept(entry);
    if (found?.entry.value.kind !== "response") return undefined;
    return storedIn(entry, found.entry.value, found.entry.fillId, found.endsAt);
  }

  /** Reads again what was found before, to replace it. */
  async claim({ tags }: Resource, { entry, fillId, lease }: StoredSelection): Promise<Selection> {
    if (lease) return { kind: "none", entry, reading: { kind: "granted", lease }, variants: [] };
    const options = { tags, replaces: fillId, usesL1: await this.#mayUseL1() };
    return this.#selectionOf(entry, await this.#entries.read(entry, options), []);
  }

  /** Waits for the fill of another process. */
  async wait({ tags }: Resource, entry: string, leaseEndsInMs: number): Promise<Selection> {
    const options = { tags, usesL1: await this.#mayUseL1() };
    return this.#selectionOf(entry, await this.#entries.wait(entry, options, leaseEndsInMs), []);
  }

  /**
   * Stores a response, and ends the lease. Returns whether it is stored. Never rejects.
   *
   * @param addedTags those that the response has named
   */
  async store(
    resource: Resource,
    lease: EntryLease<Stored>,
    request: Fields,
    response: StoredResponse,
    addedTags: readonly string[],
  ): Promise<boolean> {
    const names = varyNames(response.fields);
    const vary = varyValues(names, request, this.#rules.normalisesVary);
    const entry = names.length === 0 ? resource.name : variantEntry(resource.name, vary);
    const { keepMs } = response;
    const isStored = await lease.store({ value: response, keepMs, addedTags, entry });
    if (entry === lease.entry && isStored) lease.end();
    else if (names.length === 0 || !isStored) lease.release();
    if (names.length === 0 || !isStored) return isStored;
    const { fields } = response;
    const language = fields.get("content-language")?.toLowerCase();
    const variant = { entry, vary, language, etag: fields.get("etag") };
    if (entry === lease.entry) return this.#list(resource, variant, keepMs);
    if (lease.entry !== resource.name) {
      lease.release();
      return this.#list(resource, variant, keepMs);
    }
    // The first response of a resource, or the first with `Vary`.
    const isListed = await lease.store({ value: new VariantList([variant]), keepMs, addedTags: [] });
    if (isListed) lease.end();
    else lease.release();
    return isListed;
  }

  /** The stored response of an entry. */
  async read({ tags }: Resource, entry: string): Promise<StoredSelection | undefined> {
    const options = { tags, usesL1: await this.#mayUseL1() };
    const selection = this.#selectionOf(entry, await this.#entries.read(entry, options), []);
    if (selection.kind === "stored") return selection;
    if (selection.kind === "none" && selection.reading.kind === "granted") selection.reading.lease.release();
    return undefined;
  }

  /** Removes a stored response. */
  remove(entry: string): Promise<void> {
    return this.#entries.remove(entry);
  }

  /** Puts a variant into the list of its resource. Another process may change the list at the same time. */
  async #list(resource: Resource, variant: Variant, keepMs: number): Promise<boolean> {
    const { name, tags } = resource;
    let known: FoundReading<Stored> | undefined;
    let replaces: string | undefined;
    const usesL1 = await this.#mayUseL1();
    for (let round = 0; round < MAX_LIST_ROUNDS; round++) {
      let reading = await this.#entries.read(name, { tags, replaces, usesL1 });
      if (reading.kind === "busy")
        reading = await this.#entries.wait(name, { tags, usesL1 }, reading.leaseEndsInMs);
      if (reading.kind === "found") {
        if (isIn(reading.value, variant)) {
          reading.lease?.release();
          return true;
        }
        known = reading;
        replaces = reading.fillId;
        if (!reading.lease) continue;
      }
      const lease = reading.kind === "granted" || reading.kind === "found" ? reading.lease : undefined;
      if (!lease || !(await lease.prepare(false))) return false;
      const others = known?.value.kind === "variants" ? known.value.variants : [];
      const rest = others.filter(({ entry }) => entry !== variant.entry);
      const variants = [variant, ...rest.slice(0, this.#rules.maxVariants - 1)];
      const listed = Math.max(keepMs, known?.leftMs ?? 0);
      if (!(await lease.store({ value: new VariantList(variants), keepMs: listed, addedTags: [] }))) {
        lease.release();
        continue;
      }
      lease.end();
      for (const { entry } of rest.slice(this.#rules.maxVariants - 1)) await this.#entries.remove(entry);
      return true;
    }
    return false;
  }

  /** The entry of the variant that a request selects. Without one, the entry that it would have. */
  #entryIn(name: string, { variants }: VariantList, request: Fields): string {
    const { normalisesVary } = this.#rules;
    const selected = variants.find(({ vary, language }) =>
      isSelected(vary, language, request, normalisesVary),
    );
    if (selected) return selected.entry;
    const names = variants[0]?.vary.map(([field]) => field) ?? [];
    return variantEntry(name, varyValues(names, request, normalisesVary));
  }

  #selectionOf(entry: string, reading: EntryReading<Stored>, variants: readonly Variant[]): Selection {
    switch (reading.kind) {
      case "away":
        return reading;
      case "found":
        if (reading.value.kind === "response") return this.#storedOf(entry, reading.value, reading);
        reading.lease?.release();
        return { kind: "none", entry, reading: { kind: "unstored" }, variants };
      case "granted":
      case "busy":
      case "unstored":
        return { kind: "none", entry, reading, variants };
    }
  }

  #storedOf(entry: string, response: StoredResponse, reading: FoundReading<Stored>): StoredSelection {
    const { fillId, leftMs, isExpired, lease } = reading;
    return {
      kind: "stored",
      entry,
      response,
      fillId,
      ageMs: response.ageMs(leftMs),
      isExpired,
      isOfL1: false,
      lease,
    };
  }
}

function storedIn(entry: string, response: StoredResponse, fillId: string, endsAt: number): StoredSelection {
  const ageMs = response.ageMs(endsAt - performance.now());
  return { kind: "stored", entry, response, fillId, ageMs, isExpired: false, isOfL1: true, lease: undefined };
}

function isIn(stored: Stored, { entry, etag }: Variant): boolean {
  if (stored.kind !== "variants") return false;
  return stored.variants.some((other) => other.entry === entry && other.etag === etag);
}

const HASH_LENGTH = 20;

function variantEntry(name: string, vary: readonly (readonly [string, string | undefined])[]): string {
  const hash = createHash("sha256").update(JSON.stringify(vary)).digest("hex");
  // No name of a resource has this character; see `shortName`.
  return `${name}#${hash.slice(0, HASH_LENGTH)}`;
}
