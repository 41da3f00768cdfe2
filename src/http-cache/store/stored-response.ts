import { type Field, Fields } from "../message/fields.js";
import type { Directives } from "../parse/directives.js";
import { cacheControlOf } from "../rules/freshness.js";
import type { Reusable } from "../rules/reuse.js";
import type { CacheRules } from "../rules/rules.js";

/** What is kept of a response besides its body. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly fields: Fields;
  /** Its age when it arrived. */
  readonly initialAgeMs: number;
  /** How long it was fresh when it was made. */
  readonly lifetimeMs: number;
  /** The time after that in which it is served while it is refreshed, by the policy. */
  readonly staleMs: number;
  /** The time for which it is stored. */
  readonly keepMs: number;
  /** When it arrived, in epoch milliseconds. */
  readonly receivedMs: number;
}

/** A whole response as the cache has it. */
export class StoredResponse implements ResponseHead, Reusable {
  readonly kind = "response";
  readonly status: number;
  readonly statusText: string;
  readonly fields: Fields;
  readonly initialAgeMs: number;
  readonly lifetimeMs: number;
  readonly staleMs: number;
  readonly keepMs: number;
  readonly receivedMs: number;
  readonly body: Uint8Array;
  readonly #rules: Pick<CacheRules, "targetedFields">;
  /** What was read from the head, which responses with the same head share. */
  readonly #known: { directives?: Directives; sent?: Fields };

  constructor(
    head: ResponseHead,
    body: Uint8Array,
    rules: Pick<CacheRules, "targetedFields">,
    known: { directives?: Directives; sent?: Fields } = {},
  ) {
    this.status = head.status;
    this.statusText = head.statusText;
    this.fields = head.fields;
    this.initialAgeMs = head.initialAgeMs;
    this.lifetimeMs = head.lifetimeMs;
    this.staleMs = head.staleMs;
    this.keepMs = head.keepMs;
    this.receivedMs = head.receivedMs;
    this.body = body;
    this.#rules = rules;
    this.#known = known;
  }

  /** The same head with a body. */
  with(body: Uint8Array): StoredResponse {
    return new StoredResponse(this, body, this.#rules, this.#known);
  }

  /** The directives that count for this cache. */
  get directives(): Directives {
    this.#known.directives ??= cacheControlOf(this.fields, this.#rules).directives;
    return this.#known.directives;
  }

  /** The fields that a client gets: without `Age`, and those that `no-cache` or `private` names. */
  get sentFields(): Fields {
    this.#known.sent ??= this.fields.without(new Set(["age", ...this.directives.namesOf("no-cache")]));
    return this.#known.sent;
  }

  /** Its age, if it is stored for so many milliseconds from now on. */
  ageMs(leftMs: number): number {
    return this.initialAgeMs + Math.max(0, this.keepMs - leftMs);
  }
}

/** One variant of a resource, as its list has it. */
export interface Variant {
  /** The name of its entry. */
  readonly entry: string;
  readonly vary: readonly (readonly [name: string, value: string | undefined])[];
  readonly language: string | undefined;
  readonly etag: string | undefined;
}

/** The variants of a resource whose responses have `Vary`. The newest is the first. */
export class VariantList {
  readonly kind = "variants";
  readonly variants: readonly Variant[];

  constructor(variants: readonly Variant[]) {
    this.variants = variants;
  }
}

/** What an entry of the cache holds. */
export type Stored = StoredResponse | VariantList;

/** The list of a head, as it is stored. */
export type HeadParts = readonly [
  status: number,
  statusText: string,
  initialAgeMs: number,
  lifetimeMs: number,
  staleMs: number,
  keepMs: number,
  receivedMs: number,
  fields: readonly Field[],
];

export function partsOf(head: ResponseHead): HeadParts {
  const { status, statusText, initialAgeMs, lifetimeMs, staleMs, keepMs, receivedMs, fields } = head;
  return [status, statusText, initialAgeMs, lifetimeMs, staleMs, keepMs, receivedMs, fields.pairs];
}

export function headOf(parts: HeadParts): ResponseHead {
  const [status, statusText, initialAgeMs, lifetimeMs, staleMs, keepMs, receivedMs, pairs] = parts;
  return {
    status,
    statusText,
    initialAgeMs,
    lifetimeMs,
    staleMs,
    keepMs,
    receivedMs,
    fields: new Fields(pairs),
  };
}
