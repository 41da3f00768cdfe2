import type { Fields } from "../message/fields.js";
import type { OriginResponse } from "../message/message.js";
import { freshened } from "../rules/freshen.js";
import { cacheControlOf, initialAgeMs, type Lifetime, lifetimeOf } from "../rules/freshness.js";
import type { CacheRules } from "../rules/rules.js";
import { notStoredBecause, UNSTORED_FIELDS } from "../rules/storing.js";
import { type ResponseHead, StoredResponse } from "../store/stored-response.js";
import type { Exchange } from "./exchange.js";
import { groupTags } from "./groups.js";

/** Whether a response is stored, and how. */
export type Judged =
  | { readonly kind: "unstored"; readonly because: string }
  | {
      readonly kind: "storable";
      readonly head: ResponseHead;
      readonly ageMs: number;
      /** Tags that the response names. */
      readonly tags: readonly string[];
      readonly whole: (body: Uint8Array) => StoredResponse;
    };

/** Judges responses by Redis's clock. */
export class Judge {
  readonly #rules: CacheRules;
  readonly #nowMs: () => number;

  readonly #unstored: ReadonlySet<string>;

  constructor(rules: CacheRules, nowMs: () => number) {
    this.#unstored = new Set([...UNSTORED_FIELDS, ...rules.unstoredFields]);
    this.#rules = rules;
    this.#nowMs = nowMs;
  }

  judge(exchange: Exchange, response: OriginResponse, sentMs: number): Judged {
    const { request, target, directives } = exchange;
    const { status } = response;
    const receivedMs = this.#nowMs();
    const fields = dated(response.fields.without(this.#unstored), receivedMs);
    const control = cacheControlOf(response.fields, this.#rules);
    const lifetime = this.#lifetimeOf(status, fields, receivedMs, target.freshMs);
    const because = notStoredBecause(
      { fields: request.fields, directives },
      { status, fields, control, lifetime },
      this.#rules,
    );
    if (because !== undefined) return { kind: "unstored", because: detailOf(because) };
    if (isEventStream(fields)) return { kind: "unstored", because: "EVENT_STREAM" };
    const isOwnTime = lifetimeOf(status, fields, control, receivedMs, this.#rules).isExplicit;
    if (!isOwnTime && isDisguised(request.target, fields))
      return { kind: "unstored", because: "CONTENT_TYPE" };
    const head = this.#headOf(response, fields, lifetime, sentMs, receivedMs, target.staleMs);
    const tags = [...(response.tags ?? []), ...groupTags(request, response.fields)];
    const whole = (body: Uint8Array) => new StoredResponse(head, body, this.#rules);
    return { kind: "storable", head, ageMs: head.initialAgeMs, tags, whole };
  }

  /** A stored response that the origin has confirmed, and why it must not be stored any more. */
  confirmed(
    { request, target, directives }: Exchange,
    old: StoredResponse,
    update: OriginResponse,
    sentMs: number,
  ): { readonly response: StoredResponse; readonly ageMs: number; readonly because: string | undefined } {
    const receivedMs = this.#nowMs();
    const fields = freshened(old.fields, dated(update.fields.without(this.#unstored), receivedMs));
    const lifetime = this.#lifetimeOf(old.status, fields, receivedMs, target.freshMs);
    const { status, statusText } = old;
    const ofUpdate = { ...update, status, statusText };
    const control = cacheControlOf(fields, this.#rules);
    const because = notStoredBecause(
      { fields: request.fields, directives },
      { status, fields, control, lifetime },
      this.#rules,
    );
    const head = this.#headOf(ofUpdate, fields, lifetime, sentMs, receivedMs, target.staleMs);
    const response = new StoredResponse(head, old.body, this.#rules);
    return { response, ageMs: head.initialAgeMs, because: because && detailOf(because) };
  }

  #lifetimeOf(status: number, fields: Fields, receivedMs: number, freshMs: number | undefined): Lifetime {
    const control = cacheControlOf(fields, this.#rules);
    const own = lifetimeOf(status, fields, control, receivedMs, this.#rules);
    // The policy's time is for responses that say nothing.
    const isSilent = !own.isExplicit && !control.directives.isNoCache;
    return freshMs !== undefined && isSilent && status < 400 ? { ms: freshMs, isExplicit: true } : own;
  }

  #headOf(
    { status, statusText, fields: sent }: OriginResponse,
    fields: Fields,
    lifetime: Lifetime,
    sentMs: number,
    receivedMs: number,
    staleMs: number,
  ): ResponseHead {
    const ageMs = initialAgeMs(sent, sentMs, receivedMs);
    const { staleKeepMs, maxKeepMs } = this.#rules;
    const freshForMs = Math.max(0, lifetime.ms - ageMs);
    const { directives } = cacheControlOf(fields, this.#rules);
    const seconds = [directives.seconds("stale-while-revalidate"), directives.seconds("stale-if-error")];
    const windows = seconds.map((value) => (value ?? 0) * 1_000);
    const keepMs = Math.round(Math.min(maxKeepMs, freshForMs + Math.max(staleKeepMs, staleMs, ...windows)));
    return {
      status,
      statusText,
      fields,
      initialAgeMs: ageMs,
      lifetimeMs: lifetime.ms,
      staleMs,
      keepMs: Math.max(1, keepMs),
      receivedMs,
    };
  }
}

/** A reason as `Cache-Status` has it. */
export function detailOf(because: string): string {
  return because.toUpperCase().replace(/-/g, "_");
}

/** A stream of events never ends, and is for one client. */
function isEventStream(fields: Fields): boolean {
  return fields.get("content-type")?.toLowerCase().startsWith("text/event-stream") ?? false;
}

/**
 * A page or data under the name of a file: `/account/x.css` is the page `/account` for many routers. Whoever
 * makes a user open that URL could read the page from the cache.
 */
function isDisguised(target: string, fields: Fields): boolean {
  const [path = ""] = target.split("?");
  return FILE.test(path) && PAGE.test(fields.get("content-type") ?? "");
}

const FILE = /\.(?:avif|bmp|css|eot|gif|ico|jpe?g|js|mjs|mp[34]|otf|pdf|png|svg|ttf|webm|webp|woff2?|zip)$/i;
const PAGE = /^(?:text\/html|application\/(?:xhtml\+xml|(?:[\w.-]+\+)?json))/i;

/** A response without a date gets one, since its age counts from there. */
function dated(fields: Fields, receivedMs: number): Fields {
  return fields.has("date") ? fields : fields.with(["Date", new Date(receivedMs).toUTCString()]);
}
