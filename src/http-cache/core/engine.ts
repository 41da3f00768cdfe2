import type { EntryLease } from "../../cache/index.js";
import type { OriginResponse, Reply, RequestHead } from "../message/message.js";
import { NO_DIRECTIVES } from "../parse/directives.js";
import { requestDirectives, reuseOf } from "../rules/reuse.js";
import type { Selection, StoredSelection } from "../store/resource-store.js";
import type { Stored } from "../store/stored-response.js";
import { CacheParts, type EngineOptions, type RequestPlace } from "./cache-parts.js";
import type { ForwardReason } from "./cache-status.js";
import { type Exchange, type Target, tenantKey } from "./exchange.js";
import { giveUp, startFilling } from "./filling.js";
import { type ForwardEnd, Forwards } from "./forwards.js";
import { type Miss, NO_CONDITIONS, Origin } from "./origin.js";
import { Refreshes } from "./refreshes.js";

/** A stored answer, or what was found for a request that needs the origin. */
export type Early =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "found"; readonly selection: Selection }
  | { readonly kind: "nothing" };

export const NOTHING_FOUND: Early = { kind: "nothing" };

/** Answers GET and HEAD from stored responses, and stores what the origin answers. */
export class Engine {
  readonly #parts: CacheParts;
  readonly #origin: Origin;
  readonly #refreshes: Refreshes;
  readonly #forwards = new Forwards();

  constructor(options: EngineOptions) {
    this.#parts = new CacheParts(options);
    this.#origin = new Origin(this.#parts);
    this.#refreshes = new Refreshes(this.#parts, this.#origin);
  }

  /** @throws ArgumentError for the name of a tenant that is not valid */
  checkTenant(tenant: string): void {
    this.#parts.storeOf(tenant);
  }

  /** The stored answer, if it needs no origin. Else what was found, for `answer`. */
  async early(
    target: Pick<Target, "tenant" | "endpoint" | "resource">,
    request: RequestHead,
  ): Promise<Early> {
    const { tenant, resource } = target;
    if (!this.#forwards.isIdle && this.#forwards.get(tenantKey(tenant, resource.name))) return NOTHING_FOUND;
    const selection = await this.#parts.storeOf(tenant).find(resource, request.fields);
    if (selection.kind !== "stored") return { kind: "found", selection };
    const directives = this.#parts.options.rules.obeysRequests
      ? requestDirectives(request.fields)
      : NO_DIRECTIVES;
    const { response, ageMs, isExpired, lease } = selection;
    if (directives.has("no-store") || reuseOf(directives, response, ageMs, isExpired) !== "serve")
      return { kind: "found", selection };
    lease?.release();
    this.#countHit(selection, target);
    return { kind: "reply", reply: this.#parts.replies.hit(request, selection) };
  }

  /** @param found what `early` has found for the request */
  async answer(exchange: Exchange, found: Selection | undefined): Promise<Reply> {
    const reply = await this.#answer(exchange, found);
    if (reply.forwarded)
      this.#parts.options.count(reply.forwarded === "bypass" ? "bypass" : "miss", exchange.target);
    return reply;
  }

  #countHit({ isOfL1 }: StoredSelection, place: RequestPlace): void {
    this.#parts.options.count(isOfL1 ? "l1_hit" : "hit", place);
  }

  async #answer(exchange: Exchange, found: Selection | undefined): Promise<Reply> {
    if (found) return this.#onSelection(exchange, found, false);
    const { resource } = exchange.target;
    const running = this.#waitsFor(exchange, resource.name);
    if (running) return this.#afterForward(exchange, running);
    const selection = await this.#parts.store(exchange).find(resource, exchange.request.fields);
    return this.#onSelection(exchange, selection, false);
  }

  /** Answers a request whose response is neither taken from the cache nor stored. */
  async pass(exchange: Exchange, reason: ForwardReason, detail?: string): Promise<Reply> {
    const response = await exchange.ask(NO_CONDITIONS);
    return this.#parts.replies.passed(response, { kind: "forward", reason, status: response.status, detail });
  }

  /** Stores the response to a POST as the response to GET, if nobody else fills the entry now. */
  async storeAnswer(exchange: Exchange, response: OriginResponse, sentMs: number): Promise<Reply> {
    const { resource } = exchange.target;
    const selection = await this.#parts.store(exchange).find(resource, exchange.request.fields);
    const lease =
      selection.kind === "none" && selection.reading.kind === "granted" ? selection.reading.lease : undefined;
    if (selection.kind === "stored") selection.lease?.release();
    const filling =
      lease && (await lease.prepare(true))
        ? startFilling(lease, this.#parts.options.loadTimeoutMs)
        : undefined;
    return this.#origin.onResponse(
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
    if (!this.#parts.isShared(exchange)) return undefined;
    return this.#forwards.get(exchange.keyOf(entry));
  }

  /** @param hasWaited for the fill of somebody else: then it does not wait again */
  async #onSelection(exchange: Exchange, selection: Selection, hasWaited: boolean): Promise<Reply> {
    switch (selection.kind) {
      case "away":
        if (exchange.directives.has("only-if-cached")) return this.#parts.replies.notCached();
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
        this.#countHit(selection, exchange.target);
        return this.#parts.replies.hit(exchange.request, selection);
      case "refresh":
        this.#parts.options.count("stale", exchange.target);
        this.#refreshes.start(exchange, selection);
        return this.#parts.replies.hit(exchange.request, selection);
      case "validate": {
        if (directives.has("only-if-cached")) {
          lease?.release();
          return this.#parts.replies.notCached();
        }
        const reason = directives.has("no-cache") || response.lifetimeMs > ageMs ? "request" : "stale";
        const miss: Miss = { reason, old: selection, variants: [] };
        if (!exchange.mayStore) {
          lease?.release();
          return this.#origin.ask(exchange, miss, undefined);
        }
        const claimed = await this.#parts.store(exchange).claim(exchange.target.resource, selection);
        if (claimed.kind === "away") return this.#origin.ask(exchange, miss, undefined);
        // Somebody has replaced it since. Its age says whether it is good enough.
        if (claimed.kind === "stored") return this.#onReplaced(exchange, claimed, miss, hasWaited);
        return this.#onNone(exchange, claimed, miss, hasWaited || directives.has("no-cache"));
      }
    }
  }

  #onReplaced(exchange: Exchange, claimed: StoredSelection, miss: Miss, hasWaited: boolean): Promise<Reply> {
    if (!hasWaited) return this.#onStored(exchange, claimed, true);
    claimed.lease?.release();
    return this.#origin.ask(exchange, miss, undefined);
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
      return this.#parts.replies.notCached();
    }
    const known = variants.length === 0 ? miss : { ...miss, reason: "vary-miss" as const, variants };
    if (!exchange.mayStore) {
      lease?.release();
      return this.#origin.ask(exchange, miss, undefined);
    }
    if (lease) return this.#fill(exchange, lease, known);
    const isShared = this.#parts.isShared(exchange);
    if (reading.kind !== "busy" || hasWaited || !isShared) return this.#origin.ask(exchange, miss, undefined);
    const running = this.#waitsFor(exchange, entry);
    if (running) return this.#afterForward(exchange, running);
    const found = await this.#parts
      .store(exchange)
      .wait(exchange.target.resource, entry, reading.leaseEndsInMs);
    return this.#onSelection(exchange, found, true);
  }

  /** Waits for a request of this process. If its response is not stored, all that wait go on at once. */
  async #afterForward(exchange: Exchange, running: Promise<ForwardEnd>): Promise<Reply> {
    const end = await within(this.#parts.options.loadTimeoutMs, running, "unstored" as const);
    if (end === "unstored") return this.pass(exchange, "uri-miss", "NOT_SHARED");
    const { resource } = exchange.target;
    const found = await this.#parts.store(exchange).find(resource, exchange.request.fields);
    return this.#onSelection(exchange, found, true);
  }

  /** Asks the origin with a lease, and stores its response. */
  async #fill(exchange: Exchange, lease: EntryLease<Stored>, miss: Miss): Promise<Reply> {
    const forwarded = this.#forwards.begin(exchange.keyOf(lease.entry));
    const filling = startFilling(lease, this.#parts.options.loadTimeoutMs, forwarded);
    try {
      if (!(await lease.prepare(true))) {
        filling.end("unstored");
        return await this.#origin.ask(exchange, miss, undefined);
      }
      return await this.#origin.ask(exchange, miss, filling);
    } catch (error) {
      giveUp(filling);
      throw error;
    }
  }
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
