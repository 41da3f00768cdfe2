import type { EntryLease, TenantEntries } from "../../cache/index.js";
import { asError, notify } from "../../core/notify.js";
import { RecentKeys } from "../../core/recent/recent-keys.js";
import { discard } from "../message/discard.js";
import { Fields } from "../message/fields.js";
import type { OriginResponse, Reply, RequestHead } from "../message/message.js";
import { NO_DIRECTIVES } from "../parse/directives.js";
import { isNotModified, validatorsOf } from "../rules/conditional.js";
import { mayStandIn, requestDirectives, reuseOf } from "../rules/reuse.js";
import type { CacheRules } from "../rules/rules.js";
import { REASONS_OF_REQUEST } from "../rules/storing.js";
import { ResourceStore, type Selection, type StoredSelection } from "../store/resource-store.js";
import type { Stored, StoredResponse } from "../store/stored-response.js";
import { type CacheStatus, cacheStatusField, type ForwardReason } from "./cache-status.js";
import type { Exchange, Target } from "./exchange.js";
import { type ForwardEnd, Forwards } from "./forwards.js";
import { detailOf, Judge, type Judged } from "./judge.js";
import { serve } from "./serve.js";
import { storeBody } from "./store-body.js";

/** What the engine needs to know. */
export interface EngineOptions {
  readonly rules: CacheRules;
  readonly maxBytes: number;
  /** The name of this cache in `Cache-Status`. */
  readonly name: string;
  /** `X-Cache` is added: HIT or MISS. */
  readonly xCache: boolean;
  /** Each answer of L1 is compared with Redis. */
  readonly checksL1: boolean;
  /** The longest wait for the response of another request, and the longest fill. */
  readonly loadTimeoutMs: number;
  readonly nowMs: () => number;
  readonly entriesOf: (tenant: string) => TenantEntries<Stored>;
  readonly onError: ((error: Error) => void) | undefined;
}

/** A stored answer, or what was found for a request that needs the origin. */
export type Early =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "found"; readonly selection: Selection }
  | { readonly kind: "nothing" };

export const NOTHING_FOUND: Early = { kind: "nothing" };

/** Why a request goes to the origin, and what is stored already. */
interface Miss {
  readonly reason: ForwardReason;
  readonly old: StoredSelection | undefined;
  /** Stored responses that the origin may confirm, by their entity tags. */
  readonly variants: readonly { readonly entry: string; readonly etag: string | undefined }[];
}

/** Answers GET and HEAD from stored responses, and stores what the origin answers. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #judge: Judge;
  readonly #forwards = new Forwards();
  /** Resources whose last response was not stored. Nobody waits for the next one. */
  readonly #unshared = new RecentKeys(UNSHARED_MS, MAX_UNSHARED);
  readonly #refreshing = new Set<string>();
  readonly #stores = new Map<string, ResourceStore>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#judge = new Judge(options.rules, options.nowMs);
  }

  storeOf(tenant: string): ResourceStore {
    const { entriesOf, rules, checksL1, nowMs } = this.#options;
    let store = this.#stores.get(tenant);
    if (!store) {
      // Redis's clock is known before the first response is.
      nowMs();
      store = new ResourceStore(entriesOf(tenant), rules, checksL1);
      if (this.#stores.size >= MAX_TENANTS) this.#stores.clear();
      this.#stores.set(tenant, store);
    }
    return store;
  }

  /** The stored answer, if it needs no origin. Else what was found, for `answer`. */
  async early(
    { tenant, resource }: Pick<Target, "tenant" | "resource">,
    request: RequestHead,
  ): Promise<Early> {
    if (this.#forwards.get(keyIn(tenant, resource.name))) return NOTHING_FOUND;
    const selection = await this.storeOf(tenant).find(resource, request.fields);
    if (selection.kind !== "stored") return { kind: "found", selection };
    const directives = this.#options.rules.obeysRequests ? requestDirectives(request.fields) : NO_DIRECTIVES;
    const { response, ageMs, isExpired, lease } = selection;
    if (directives.has("no-store") || reuseOf(directives, response, ageMs, isExpired) !== "serve")
      return { kind: "found", selection };
    lease?.release();
    return { kind: "reply", reply: this.#hit(request, response, ageMs) };
  }

  /** @param found what `early` has found for the request */
  async answer(exchange: Exchange, found: Selection | undefined): Promise<Reply> {
    if (found) return this.#onSelection(exchange, found, false);
    const { resource } = exchange.target;
    const running = this.#waitsFor(exchange, resource.name);
    if (running) return this.#afterForward(exchange, running);
    const selection = await this.#store(exchange).find(resource, exchange.request.fields);
    return this.#onSelection(exchange, selection, false);
  }

  /** Answers a request whose response is neither taken from the cache nor stored. */
  async pass(exchange: Exchange, reason: ForwardReason, detail?: string): Promise<Reply> {
    const response = await exchange.ask(NO_CONDITIONS);
    return this.#passed(response, { kind: "forward", reason, status: response.status, detail });
  }

  /** Stores the response to a POST as the response to GET, if nobody else fills the entry now. */
  async storeAnswer(exchange: Exchange, response: OriginResponse, sentMs: number): Promise<Reply> {
    const { resource } = exchange.target;
    const selection = await this.#store(exchange).find(resource, exchange.request.fields);
    const lease =
      selection.kind === "none" && selection.reading.kind === "granted" ? selection.reading.lease : undefined;
    if (selection.kind === "stored") selection.lease?.release();
    const filling = lease && (await lease.prepare(true)) ? this.#filling(lease, ignored) : undefined;
    return this.#onResponse(
      exchange,
      response,
      sentMs,
      { reason: "method", old: undefined, variants: [] },
      filling,
    );
  }

  /** The request of this process whose response answers this one too. */
  #waitsFor(exchange: Exchange, entry: string): Promise<ForwardEnd> | undefined {
    if (!exchange.mayStore || exchange.directives.has("no-cache")) return undefined;
    if (this.#unshared.has(keyOf(exchange, exchange.target.resource.name))) return undefined;
    return this.#forwards.get(keyOf(exchange, entry));
  }

  #store(exchange: Exchange): ResourceStore {
    return this.storeOf(exchange.target.tenant);
  }

  /** @param hasWaited for the fill of somebody else: then it does not wait again */
  async #onSelection(exchange: Exchange, selection: Selection, hasWaited: boolean): Promise<Reply> {
    switch (selection.kind) {
      case "away":
        if (exchange.directives.has("only-if-cached")) return this.#notCached();
        return this.pass(exchange, "bypass", "CACHE_UNAVAILABLE");
      case "stored":
        return this.#onStored(exchange, selection, hasWaited);
      case "none":
        return this.#onNone(
          exchange,
          selection,
          { reason: "uri-miss", old: undefined, variants: [] },
          hasWaited,
        );
    }
  }

  async #onStored(exchange: Exchange, selection: StoredSelection, hasWaited: boolean): Promise<Reply> {
    const { response, ageMs, isExpired, lease } = selection;
    const { directives } = exchange;
    const reuse = directives.has("no-store") ? "validate" : reuseOf(directives, response, ageMs, isExpired);
    switch (reuse) {
      case "serve":
        lease?.release();
        return this.#hit(exchange.request, response, ageMs);
      case "refresh":
        this.#refresh(exchange, selection);
        return this.#hit(exchange.request, response, ageMs);
      case "validate": {
        if (directives.has("only-if-cached")) {
          lease?.release();
          return this.#notCached();
        }
        const reason = directives.has("no-cache") || response.lifetimeMs > ageMs ? "request" : "stale";
        const miss: Miss = { reason, old: selection, variants: [] };
        if (!exchange.mayStore) {
          lease?.release();
          return this.#validateUnstored(exchange, miss);
        }
        const claimed = await this.#store(exchange).claim(exchange.target.resource, selection);
        if (claimed.kind === "away") return this.#ask(exchange, miss, undefined);
        // Somebody has replaced it since. Its age says whether it is good enough.
        if (claimed.kind === "stored") return this.#onReplaced(exchange, claimed, miss, hasWaited);
        return this.#onNone(exchange, claimed, miss, hasWaited || directives.has("no-cache"));
      }
    }
  }

  #onReplaced(exchange: Exchange, claimed: StoredSelection, miss: Miss, hasWaited: boolean): Promise<Reply> {
    if (!hasWaited) return this.#onStored(exchange, claimed, true);
    claimed.lease?.release();
    return this.#ask(exchange, miss, undefined);
  }

  async #onNone(
    exchange: Exchange,
    { entry, reading, variants }: Selection & { readonly kind: "none" },
    miss: Miss,
    hasWaited: boolean,
  ): Promise<Reply> {
    const lease = reading.kind === "granted" ? reading.lease : undefined;
    if (exchange.directives.has("only-if-cached")) {
      lease?.release();
      return this.#notCached();
    }
    const known = variants.length === 0 ? miss : { ...miss, reason: "vary-miss" as const, variants };
    if (!exchange.mayStore) {
      lease?.release();
      return this.#ask(exchange, miss, undefined);
    }
    if (lease) return this.#fill(exchange, lease, known);
    const isShared = !this.#unshared.has(keyOf(exchange, exchange.target.resource.name));
    if (reading.kind !== "busy" || hasWaited || !isShared) return this.#ask(exchange, miss, undefined);
    const running = this.#waitsFor(exchange, entry);
    if (running) return this.#afterForward(exchange, running);
    const found = await this.#store(exchange).wait(exchange.target.resource, entry, reading.leaseEndsInMs);
    return this.#onSelection(exchange, found, true);
  }

  /** Waits for a request of this process. If its response is not stored, all that wait go on at once. */
  async #afterForward(exchange: Exchange, running: Promise<ForwardEnd>): Promise<Reply> {
    const end = await within(this.#options.loadTimeoutMs, running, "unstored" as const);
    if (end === "unstored") return this.pass(exchange, "uri-miss", "NOT_SHARED");
    const { resource } = exchange.target;
    const found = await this.#store(exchange).find(resource, exchange.request.fields);
    return this.#onSelection(exchange, found, true);
  }

  /** Asks the origin with a lease, and stores its response. */
  async #fill(exchange: Exchange, lease: EntryLease<Stored>, miss: Miss): Promise<Reply> {
    const filling = this.#filling(lease, this.#forwards.begin(keyOf(exchange, lease.entry)));
    try {
      if (!(await lease.prepare(true))) {
        filling.end("unstored");
        return await this.#ask(exchange, miss, undefined);
      }
      return await this.#ask(exchange, miss, filling);
    } catch (error) {
      filling.end("unstored");
      lease.release();
      throw error;
    }
  }

  /**
   * A fill that ends in time. A slow response is not stored; those that wait for it ask the origin
   * themselves.
   */
  #filling(lease: EntryLease<Stored>, ended: (how: ForwardEnd) => void): Filling {
    const timer = setTimeout(() => {
      ended("unstored");
      lease.release();
      filling.isLate = true;
      filling.abandon();
    }, this.#options.loadTimeoutMs);
    const filling: Filling = {
      lease,
      isLate: false,
      abandon: () => undefined,
      end: (how) => {
        clearTimeout(timer);
        ended(how);
      },
    };
    return filling;
  }

  async #ask(exchange: Exchange, miss: Miss, filling: Filling | undefined): Promise<Reply> {
    const sentMs = this.#options.nowMs();
    const stored = [...(miss.old ? [miss.old.response.fields] : []), ...miss.variants.map(etagFields)];
    const conditions = mayCondition(exchange, miss) ? validatorsOf(stored) : NO_CONDITIONS;
    let response: OriginResponse;
    try {
      response = await exchange.ask(conditions);
    } catch (error) {
      const stale = await this.#standIn(exchange, miss);
      if (!stale) throw error;
      filling?.end("unstored");
      filling?.lease.release();
      return this.#served(exchange, stale, { kind: "forward", reason: miss.reason, detail: "ORIGIN_FAILED" });
    }
    const { status } = response;
    if (status >= 500) {
      const stale = await this.#standIn(exchange, miss);
      if (stale) {
        discard(response.body);
        filling?.end("unstored");
        filling?.lease.release();
        return this.#served(exchange, stale, { kind: "forward", reason: miss.reason, status });
      }
    }
    if (status === 304 && conditions.size > 0) {
      const confirmed = await this.#confirm(exchange, miss, response, sentMs, filling);
      if (confirmed) return confirmed;
    }
    if (exchange.request.method === "HEAD" && miss.old)
      await this.#onHead(exchange, miss.old, response, sentMs);
    return this.#onResponse(exchange, response, sentMs, miss, filling);
  }

  /** A response that is stored if it may be. */
  async #onResponse(
    exchange: Exchange,
    response: OriginResponse,
    sentMs: number,
    miss: Miss,
    filling: Filling | undefined,
  ): Promise<Reply> {
    const { status } = response;
    const { reason } = miss;
    const judged = filling && this.#judge.judge(exchange, response, sentMs);
    if (!filling || !judged || judged.kind === "unstored") {
      const detail = judged?.kind === "unstored" ? judged.because : undefined;
      const old = status < 500 && status !== 304 ? miss.old : undefined;
      if (filling) await this.#unstored(exchange, filling, detail, old);
      return this.#passed(response, { kind: "forward", reason, status, detail });
    }
    return this.#stored(exchange, response, judged, reason, filling);
  }

  /** Ends a fill without an entry. @param old the response that the origin does not give any more */
  async #unstored(
    exchange: Exchange,
    { lease, end }: Filling,
    because: string | undefined,
    old: StoredSelection | undefined,
  ): Promise<void> {
    end("unstored");
    lease.release();
    if (because === undefined || IS_OF_REQUEST.has(because)) return;
    this.#unshared.add(keyOf(exchange, exchange.target.resource.name));
    if (old) await this.#removed(exchange, old.entry);
  }

  async #stored(
    exchange: Exchange,
    response: OriginResponse,
    judged: Judged & { readonly kind: "storable" },
    reason: ForwardReason,
    filling: Filling,
  ): Promise<Reply> {
    const { lease, end } = filling;
    const { request, target } = exchange;
    const { maxBytes } = this.#options;
    const store = async (body: Uint8Array | undefined): Promise<StoredResponse | undefined> => {
      const mayKeep = body && !filling.isLate && hasItsLength(response.fields, body);
      const whole = mayKeep ? judged.whole(body) : undefined;
      const resourceStore = this.#store(exchange);
      if (!whole) lease.release();
      if (!body) this.#unshared.add(keyOf(exchange, target.resource.name));
      const isStored =
        whole !== undefined &&
        (await resourceStore.store(target.resource, lease, request.fields, whole, judged.tags));
      end(isStored ? "stored" : "unstored");
      return isStored ? whole : undefined;
    };
    const isLarge = Number(response.fields.get("content-length")) > maxBytes;
    if (isLarge) {
      await this.#unstored(exchange, filling, "TOO_LARGE", undefined);
      return this.#passed(response, {
        kind: "forward",
        reason,
        status: response.status,
        detail: "TOO_LARGE",
      });
    }
    const kept = await storeBody(response.body, maxBytes, store, wantsPart(exchange), (abandon) => {
      filling.abandon = abandon;
      if (filling.isLate) abandon();
    });
    const status: CacheStatus = {
      kind: "forward",
      reason,
      status: response.status,
      isStored: kept.kind === "streamed" || kept.isStored,
    };
    if (kept.kind === "whole")
      return this.#served(exchange, { response: judged.whole(kept.bytes), ageMs: judged.ageMs }, status);
    const head = judged.head;
    if (
      target.asksWhole &&
      response.status === 200 &&
      isNotModified(request.fields, head.fields, head.receivedMs)
    ) {
      discard(kept.body);
      return this.#served(exchange, { response: judged.whole(NO_BYTES), ageMs: judged.ageMs }, status);
    }
    return this.#passed({ ...response, body: kept.body }, status);
  }

  /** A 304 has confirmed a stored response. Undefined if it is none that is known. */
  async #confirm(
    exchange: Exchange,
    miss: Miss,
    response: OriginResponse,
    sentMs: number,
    filling: Filling | undefined,
  ): Promise<Reply | undefined> {
    const old = miss.old ?? (await this.#variantOf(exchange, miss, response.fields.get("etag")));
    if (!old) return undefined;
    discard(response.body);
    const fresh = this.#judge.confirmed(exchange, old.response, response, sentMs);
    let isStored = false;
    if (filling && fresh.because !== undefined) {
      await this.#unstored(exchange, filling, fresh.because, old);
    } else if (filling) {
      const { resource } = exchange.target;
      const { fields } = exchange.request;
      isStored = await this.#store(exchange).store(resource, filling.lease, fields, fresh.response, []);
      filling.end(isStored ? "stored" : "unstored");
    }
    return this.#served(exchange, fresh, { kind: "forward", reason: miss.reason, status: 304, isStored });
  }

  /** The other variant that the origin has confirmed for this request. */
  async #variantOf(exchange: Exchange, { variants }: Miss, etag: string | undefined) {
    const variant = etag === undefined ? undefined : variants.find((other) => other.etag === etag);
    return variant && this.#store(exchange).read(exchange.target.resource, variant.entry);
  }

  /** A response to HEAD tells whether the stored one is still the same (RFC 9111, section 4.3.5). */
  async #onHead(
    exchange: Exchange,
    old: StoredSelection,
    response: OriginResponse,
    sentMs: number,
  ): Promise<void> {
    if (response.status !== 200 || !exchange.target.isStorable) return;
    const isSame = HEAD_VALIDATORS.every((name) => {
      const value = response.fields.get(name);
      return value === undefined || value === old.response.fields.get(name);
    });
    if (!isSame) return this.#removed(exchange, old.entry);
    const store = this.#store(exchange);
    const { resource } = exchange.target;
    const claimed = await store.claim(resource, { ...old, lease: undefined });
    if (claimed.kind !== "none" || claimed.reading.kind !== "granted") return;
    const { lease } = claimed.reading;
    const fresh = this.#judge.confirmed(exchange, old.response, response, sentMs);
    if (fresh.because !== undefined) {
      lease.release();
      if (!IS_OF_REQUEST.has(fresh.because)) await this.#removed(exchange, old.entry);
      return;
    }
    if (!(await lease.prepare(false))) return;
    await store.store(resource, lease, exchange.request.fields, fresh.response, []);
  }

  /** Validates for a request whose response is not stored, such as HEAD. */
  #validateUnstored(exchange: Exchange, miss: Miss): Promise<Reply> {
    return this.#ask(exchange, miss, undefined);
  }

  /** Asks the origin in the background. */
  #refresh(exchange: Exchange, selection: StoredSelection): void {
    const key = keyOf(exchange, selection.entry);
    if (this.#refreshing.has(key) || !exchange.mayStore) {
      selection.lease?.release();
      return;
    }
    this.#refreshing.add(key);
    this.#refreshed(exchange, selection)
      .catch((error: unknown) => notify(this.#options.onError, asError(error)))
      .finally(() => this.#refreshing.delete(key));
  }

  async #refreshed(exchange: Exchange, selection: StoredSelection): Promise<void> {
    const claimed = await this.#store(exchange).claim(exchange.target.resource, selection);
    if (claimed.kind !== "none" || claimed.reading.kind !== "granted") return;
    const { lease } = claimed.reading;
    if (!(await lease.prepare(true))) return;
    const filling = this.#filling(lease, ignored);
    try {
      const miss: Miss = { reason: "stale", old: selection, variants: [] };
      const reply = await this.#ask(exchange.inBackground(), miss, filling);
      await drained(reply);
    } catch (error) {
      filling.end("unstored");
      lease.release();
      throw error;
    }
  }

  /** The stored response that may answer for a failed origin, if nothing has purged it since it was read. */
  async #standIn(exchange: Exchange, { old }: Miss): Promise<StoredSelection | undefined> {
    if (!old) return undefined;
    const { staleOnFailure } = this.#options.rules;
    if (!mayStandIn(exchange.directives, old.response, old.ageMs, staleOnFailure)) return undefined;
    const now = await this.#store(exchange).read(exchange.target.resource, old.entry);
    return now?.fillId === old.fillId ? now : undefined;
  }

  #removed(exchange: Exchange, entry: string): Promise<void> {
    return this.#store(exchange).remove(entry);
  }

  #hit(request: RequestHead, response: StoredResponse, ageMs: number): Reply {
    return this.#served(
      { request },
      { response, ageMs },
      { kind: "hit", ttlMs: response.lifetimeMs - ageMs },
    );
  }

  #served(
    { request }: Pick<Exchange, "request">,
    { response, ageMs }: { readonly response: StoredResponse; readonly ageMs: number },
    status: CacheStatus,
  ): Reply {
    return this.#marked(serve(request, response, ageMs), status);
  }

  #passed({ status, statusText, fields, body, trailers }: OriginResponse, cacheStatus: CacheStatus): Reply {
    return this.#marked({ status, statusText, fields, body, trailers }, cacheStatus);
  }

  #marked(reply: Reply, status: CacheStatus): Reply {
    const { name, xCache } = this.#options;
    const field = cacheStatusField(name, status);
    const fields = xCache
      ? reply.fields.with(field, ["X-Cache", status.kind === "hit" ? "HIT" : "MISS"])
      : reply.fields.with(field);
    return { ...reply, fields };
  }

  #notCached(): Reply {
    const reply = { status: 504, statusText: "Gateway Timeout", fields: Fields.NONE, body: undefined };
    return this.#marked(reply, { kind: "forward", reason: "request", detail: "ONLY_IF_CACHED" });
  }
}

const MAX_TENANTS = 10_000;
const UNSHARED_MS = 10_000;
const MAX_UNSHARED = 10_000;
const NO_BYTES = new Uint8Array(0);
const IS_OF_REQUEST = new Set([...REASONS_OF_REQUEST].map(detailOf));
const NO_CONDITIONS: ReadonlyMap<string, string> = new Map();
const HEAD_VALIDATORS = ["etag", "last-modified", "content-length"];

/** The lease of an entry, and those that wait for it. */
interface Filling {
  readonly lease: EntryLease<Stored>;
  readonly end: (end: ForwardEnd) => void;
  /** Its time is over: the response is not stored. */
  isLate: boolean;
  /** The body is not kept any more. */
  abandon: () => void;
}

function ignored(): void {
  // Nobody waits for it.
}

/** Whether a body is as long as its head says. */
function hasItsLength(fields: Fields, body: Uint8Array): boolean {
  return fields.get("content-length")?.trim() === String(body.length) || !fields.has("content-length");
}

function keyOf({ target }: Exchange, entry: string): string {
  return keyIn(target.tenant, entry);
}

function keyIn(tenant: string, entry: string): string {
  return `${tenant}\0${entry}`;
}

function etagFields({ etag }: { readonly etag: string | undefined }): Fields {
  return etag === undefined ? Fields.NONE : new Fields([["etag", etag]]);
}

/** The client's own conditions go to the origin if nothing is stored that could answer them. */
function mayCondition({ request, target }: Exchange, { old }: Miss): boolean {
  if (old || target.asksWhole) return true;
  const { fields } = request;
  return !["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"].some(
    (name) => fields.has(name),
  );
}

function wantsPart({ request, target }: Exchange): boolean {
  return target.asksWhole && request.fields.has("range");
}

/** The result of a promise that does not reject, or another value after so many milliseconds. */
async function within<Value>(ms: number, promise: Promise<Value>, late: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Value>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}

async function drained({ body }: Reply): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) return;
  for await (const _ of body);
}
