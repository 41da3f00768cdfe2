import { discard } from "../message/discard.js";
import { Fields } from "../message/fields.js";
import type { OriginResponse, Reply } from "../message/message.js";
import { isNotModified, validatorsOf } from "../rules/conditional.js";
import { mayStandIn } from "../rules/reuse.js";
import { REASONS_OF_REQUEST } from "../rules/storing.js";
import type { StoredSelection } from "../store/resource-store.js";
import type { StoredResponse } from "../store/stored-response.js";
import type { CacheParts } from "./cache-parts.js";
import type { CacheStatus, ForwardReason } from "./cache-status.js";
import type { Exchange } from "./exchange.js";
import { type Filling, giveUp } from "./filling.js";
import { detailOf, type Judged } from "./judge.js";
import { storeBody } from "./store-body.js";

/** Why a request goes to the origin, and what is stored already. */
export interface Miss {
  readonly reason: ForwardReason;
  readonly old: StoredSelection | undefined;
  /** Stored responses that the origin may confirm, by their entity tags. */
  readonly variants: readonly { readonly entry: string; readonly etag: string | undefined }[];
}

export const NO_CONDITIONS: ReadonlyMap<string, string> = new Map();

/** Asks the origin, and stores, confirms or removes by its responses. */
export class Origin {
  readonly #parts: CacheParts;

  constructor(parts: CacheParts) {
    this.#parts = parts;
  }

  /**
   * Asks the origin. With a filling, its response is stored if it may be.
   *
   * @throws what the origin threw, if no stored response may stand in for it
   */
  async ask(exchange: Exchange, miss: Miss, filling: Filling | undefined): Promise<Reply> {
    const sentMs = this.#parts.options.nowMs();
    const stored = [...(miss.old ? [miss.old.response.fields] : []), ...miss.variants.map(etagFields)];
    const conditions = mayCondition(exchange, miss) ? validatorsOf(stored) : NO_CONDITIONS;
    let response: OriginResponse;
    try {
      response = await exchange.ask(conditions);
    } catch (error) {
      const stale = await this.#standIn(exchange, miss);
      if (!stale) throw error;
      if (filling) giveUp(filling);
      return this.#parts.replies.served(exchange.request, stale, {
        kind: "forward",
        reason: miss.reason,
        detail: "ORIGIN_FAILED",
      });
    }
    const { status } = response;
    if (status >= 500) {
      const stale = await this.#standIn(exchange, miss);
      if (stale) {
        discard(response.body);
        if (filling) giveUp(filling);
        return this.#parts.replies.served(exchange.request, stale, {
          kind: "forward",
          reason: miss.reason,
          status,
        });
      }
    }
    if (status === 304 && conditions.size > 0) {
      const confirmed = await this.#confirm(exchange, miss, response, sentMs, filling);
      if (confirmed) return confirmed;
    }
    if (exchange.request.method === "HEAD" && miss.old)
      await this.#onHead(exchange, miss.old, response, sentMs);
    return this.onResponse(exchange, response, sentMs, miss, filling);
  }

  /** A response that is stored if it may be. */
  async onResponse(
    exchange: Exchange,
    response: OriginResponse,
    sentMs: number,
    miss: Miss,
    filling: Filling | undefined,
  ): Promise<Reply> {
    const { status } = response;
    const { reason } = miss;
    const judged = filling && this.#parts.judge.judge(exchange, response, sentMs);
    if (!filling || !judged || judged.kind === "unstored") {
      const detail = judged?.kind === "unstored" ? judged.because : undefined;
      const old = status < 500 && status !== 304 ? miss.old : undefined;
      if (filling) await this.#unstored(exchange, filling, detail, old);
      return this.#parts.replies.passed(response, { kind: "forward", reason, status, detail });
    }
    return this.#stored(exchange, response, judged, reason, filling);
  }

  /** Ends a fill without an entry. @param old the response that the origin does not give any more */
  async #unstored(
    exchange: Exchange,
    filling: Filling,
    because: string | undefined,
    old: StoredSelection | undefined,
  ): Promise<void> {
    giveUp(filling);
    if (because === undefined || IS_OF_REQUEST.has(because)) return;
    this.#parts.unshare(exchange);
    if (old) await this.#remove(exchange, old.entry);
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
    const { maxBytes } = this.#parts.options;
    const store = async (body: Uint8Array | undefined): Promise<StoredResponse | undefined> => {
      const mayKeep = body && !filling.isLate && hasItsLength(response.fields, body);
      const whole = mayKeep ? judged.whole(body) : undefined;
      const resourceStore = this.#parts.store(exchange);
      if (!whole) lease.release();
      if (!body) this.#parts.unshare(exchange);
      const isStored =
        whole !== undefined &&
        (await resourceStore.store(target.resource, lease, request.fields, whole, judged.tags));
      end(isStored ? "stored" : "unstored");
      return isStored ? whole : undefined;
    };
    const isLarge = Number(response.fields.get("content-length")) > maxBytes;
    if (isLarge) {
      await this.#unstored(exchange, filling, "TOO_LARGE", undefined);
      return this.#parts.replies.passed(response, {
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
      return this.#parts.replies.served(
        exchange.request,
        { response: judged.whole(kept.bytes), ageMs: judged.ageMs },
        status,
      );
    const head = judged.head;
    if (
      target.asksWhole &&
      response.status === 200 &&
      isNotModified(request.fields, head.fields, head.receivedMs)
    ) {
      discard(kept.body);
      return this.#parts.replies.served(
        exchange.request,
        { response: judged.whole(NO_BYTES), ageMs: judged.ageMs },
        status,
      );
    }
    return this.#parts.replies.passed({ ...response, body: kept.body }, status);
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
    const fresh = this.#parts.judge.confirmed(exchange, old.response, response, sentMs);
    let isStored = false;
    if (filling && fresh.because !== undefined) {
      await this.#unstored(exchange, filling, fresh.because, old);
    } else if (filling) {
      const { resource } = exchange.target;
      const { fields } = exchange.request;
      isStored = await this.#parts.store(exchange).store(resource, filling.lease, fields, fresh.response, []);
      filling.end(isStored ? "stored" : "unstored");
    }
    return this.#parts.replies.served(exchange.request, fresh, {
      kind: "forward",
      reason: miss.reason,
      status: 304,
      isStored,
    });
  }

  /** The other variant that the origin has confirmed for this request. */
  async #variantOf(exchange: Exchange, { variants }: Miss, etag: string | undefined) {
    const variant = etag === undefined ? undefined : variants.find((other) => other.etag === etag);
    return variant && this.#parts.store(exchange).read(exchange.target.resource, variant.entry);
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
    if (!isSame) return this.#remove(exchange, old.entry);
    const store = this.#parts.store(exchange);
    const { resource } = exchange.target;
    const claimed = await store.claim(resource, { ...old, lease: undefined });
    if (claimed.kind !== "none" || claimed.reading.kind !== "granted") return;
    const { lease } = claimed.reading;
    const fresh = this.#parts.judge.confirmed(exchange, old.response, response, sentMs);
    if (fresh.because !== undefined) {
      lease.release();
      if (!IS_OF_REQUEST.has(fresh.because)) await this.#remove(exchange, old.entry);
      return;
    }
    if (!(await lease.prepare(false))) return;
    await store.store(resource, lease, exchange.request.fields, fresh.response, []);
  }

  /** The stored response that may answer for a failed origin, if nothing has purged it since it was read. */
  async #standIn(exchange: Exchange, { old }: Miss): Promise<StoredSelection | undefined> {
    if (!old) return undefined;
    const { staleOnFailure } = this.#parts.options.rules;
    if (!mayStandIn(exchange.directives, old.response, old.ageMs, staleOnFailure)) return undefined;
    const now = await this.#parts.store(exchange).read(exchange.target.resource, old.entry);
    return now?.fillId === old.fillId ? now : undefined;
  }

  #remove(exchange: Exchange, entry: string): Promise<void> {
    return this.#parts.store(exchange).remove(entry);
  }
}

const NO_BYTES = new Uint8Array(0);
const IS_OF_REQUEST = new Set([...REASONS_OF_REQUEST].map(detailOf));
const HEAD_VALIDATORS = ["etag", "last-modified", "content-length"];

/** Whether a body is as long as its head says. */
function hasItsLength(fields: Fields, body: Uint8Array): boolean {
  return fields.get("content-length")?.trim() === String(body.length) || !fields.has("content-length");
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
