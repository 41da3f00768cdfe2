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
    if (because !== undefined) return { kind: "unstored", because: because.toUpperCase().replace(/-/g, "_") };
    if (isEventStream(fields)) return { kind: "unstored", because: "EVENT_STREAM" };
    const head = this.#headOf(response, fields, lifetime, sentMs, receivedMs, target.staleMs);
    const tags = [...(response.tags ?? []), ...groupTags(request, response.fields)];
    const whole = (body: Uint8Array) => new StoredResponse(head, body, this.#rules);
    return { kind: "storable", head, ageMs: head.initialAgeMs, tags, whole };
  }

  /** A stored response that the origin has confirmed. */
  confirmed({ target }: Exchange, old: StoredResponse, update: OriginResponse, sentMs: number) {
    const receivedMs = this.#nowMs();
    const fields = freshened(old.fields, dated(update.fields.without(this.#unstored), receivedMs));
    const lifetime = this.#lifetimeOf(old.status, fields, receivedMs, target.freshMs);
    const { status, statusText } = old;
    const ofUpdate = { ...update, status, statusText };
    const head = this.#headOf(ofUpdate, fields, lifetime, sentMs, receivedMs, target.staleMs);
    return { response: new StoredResponse(head, old.body, this.#rules), ageMs: head.initialAgeMs };
  }

  #lifetimeOf(status: number, fields: Fields, receivedMs: number, freshMs: number | undefined): Lifetime {
    const control = cacheControlOf(fields, this.#rules);
    const own = lifetimeOf(status, fields, control, receivedMs, this.#rules);
    // The policy's time is for responses that say nothing.
    const isSilent = !own.isExplicit && !control.directives.hasWhole("no-cache");
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

/** A stream of events never ends, and is for one client. */
function isEventStream(fields: Fields): boolean {
  return fields.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** A response without a date gets one, since its age counts from there. */
function dated(fields: Fields, receivedMs: number): Fields {
  return fields.has("date") ? fields : fields.with(["Date", new Date(receivedMs).toUTCString()]);
}
