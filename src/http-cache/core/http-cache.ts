import type { CacheHost } from "../../cache/index.js";
import { LeasedEntries, LoadLimit } from "../../cache/index.js";
import type { Forward, Reply, RequestHead } from "../message/message.js";
import { type MatchedPolicy, Policies } from "../policies/table.js";
import { storedCodec } from "../store/codec.js";
import { cacheStatusField } from "./cache-status.js";
import { type Early, Engine, NOTHING_FOUND } from "./engine.js";
import { Exchange, type Target } from "./exchange.js";
import { invalidatedGroups } from "./groups.js";
import type { ResolvedHttpCacheOptions } from "./options.js";
import { invalidatedUrls, isAnswerForGet } from "./unsafe.js";

/** Methods that change nothing at the origin (RFC 9110, section 9.2.1). */
const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** A request, and the policy that names its path. */
export interface NamedRequest {
  readonly request: RequestHead;
  readonly matched: MatchedPolicy;
}

/** One cache of responses for all processes. Adapters bring requests, and ask the origin. */
export class HttpCacheCore {
  readonly #options: ResolvedHttpCacheOptions;
  readonly #entries: LeasedEntries<ReturnType<ReturnType<typeof storedCodec>["decode"]>>;
  readonly #policies: Policies;
  readonly #engine: Engine;
  readonly #limit: LoadLimit;

  /** @throws ArgumentError that names the option */
  constructor(host: CacheHost, options: ResolvedHttpCacheOptions) {
    const { rules, maxBytes, cacheTimeoutMs, loadTimeoutMs, onError, name, xCache } = options;
    this.#options = options;
    this.#policies = new Policies(options.policies, options.events, options.tenant);
    this.#limit = new LoadLimit(options.maxForwards);
    const codec = storedCodec(rules);
    const maxKeepMs = rules.maxKeepMs;
    const times = { cacheTimeoutMs, loadTimeoutMs, maxKeepMs };
    // The head of a response is stored with its body.
    this.#entries = new LeasedEntries(host, {
      pattern: "http:<url>",
      codec,
      maxBytes: maxBytes + HEAD_BYTES,
      onError,
      ...times,
    });
    this.#engine = new Engine({
      rules,
      maxBytes,
      name,
      xCache,
      checksL1: options.checksL1,
      loadTimeoutMs,
      onError,
      nowMs: () => this.#entries.nowMs(),
      entriesOf: (tenant) => this.#entries.tenant(tenant),
    });
  }

  /**
   * Answers a request from the cache, or from the origin.
   *
   * @param asksWhole the origin is a handler of this process, which is asked for whole responses
   * @throws OverloadedError, or what `forward` throws
   */
  async handle(given: RequestHead, forward: Forward, asksWhole: boolean): Promise<Reply> {
    const known = this.begin(given);
    const early = known && (await this.early(known));
    if (early?.kind === "reply") return early.reply;
    return this.finish(
      known ?? { request: this.#ofSite(given), matched: undefined },
      forward,
      asksWhole,
      early,
    );
  }

  /** A request whose path a policy names. */
  begin(given: RequestHead): NamedRequest | undefined {
    const request = this.#ofSite(given);
    const matched = this.#policies.match(request);
    return matched && { request, matched };
  }

  /** The stored answer, if the cache has one that needs no origin. Else what it has found, for `finish`. */
  async early({ request, matched }: NamedRequest): Promise<Early> {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return NOTHING_FOUND;
    const { tenant, resource } = matched;
    return this.#engine.early({ tenant, resource }, request);
  }

  /** Answers a request that needs the origin. */
  async finish(
    { request, matched }: NamedRequest | { readonly request: RequestHead; readonly matched: undefined },
    forward: Forward,
    asksWhole: boolean,
    early: Early | undefined,
  ): Promise<Reply> {
    if (!SAFE.has(request.method)) return this.#unsafe(request, forward, matched);
    const isCached = request.method === "GET" || request.method === "HEAD";
    const exchange = this.#exchange(request, forward, matched, asksWhole);
    if (!matched || !isCached) return this.#engine.pass(exchange, isCached ? "bypass" : "method");
    return this.#engine.answer(exchange, early?.kind === "found" ? early.selection : undefined);
  }

  #ofSite(request: RequestHead): RequestHead {
    const { origin } = this.#options;
    if (!origin) return request;
    const { method, target, fields } = request;
    return { method, target, fields, ...origin };
  }

  /** From now on, no process serves a response or an entry with one of the tags. */
  invalidateTags(tags: readonly string[], tenant = this.#options.tenant): Promise<"done" | "pending"> {
    return this.#entries.tenant(tenant).invalidateTags(tags);
  }

  /**
   * The same for what events of one kind make old.
   *
   * @throws ArgumentError for an unknown event, or another payload
   */
  changed(
    event: string,
    payloads: readonly unknown[],
    tenant = this.#options.tenant,
  ): Promise<"done" | "pending"> {
    const { data, pages } = this.#policies.tagsOf(event, payloads);
    return this.#entries.tenant(tenant).invalidateInOrder(data, pages);
  }

  #exchange(
    request: RequestHead,
    forward: Forward,
    matched: MatchedPolicy | undefined,
    asksWhole: boolean,
  ): Exchange {
    const target: Target = {
      tenant: matched?.tenant ?? this.#options.tenant,
      resource: matched?.resource ?? NO_RESOURCE,
      freshMs: matched?.policy.freshMs,
      staleMs: matched?.policy.staleMs ?? 0,
      isStorable: matched !== undefined && this.#policies.isStorable(matched, request.fields),
      asksWhole,
      obeysRequests: this.#options.rules.obeysRequests,
    };
    return new Exchange(request, target, forward, this.#limit, this.#options.loadTimeoutMs);
  }

  /** Invalidates what a request has changed (RFC 9111, section 4.4). Its answer waits for that. */
  async #unsafe(request: RequestHead, forward: Forward, matched: MatchedPolicy | undefined): Promise<Reply> {
    const sentMs = this.#entries.nowMs();
    const response = await forward({ without: new Set(), set: new Map(), isBackground: false });
    const { status } = response;
    if (status >= 200 && status < 400) {
      const urls = invalidatedUrls(request, response.fields);
      const tags = urls.flatMap((target) => this.#policies.match({ ...request, target })?.urlTag ?? []);
      const all = [...new Set([...tags, ...invalidatedGroups(request, response.fields)])];
      if (all.length > 0) await this.invalidateTags(all, matched?.tenant);
    }
    if (matched && this.#options.rules.storesPostAnswers && isAnswerForGet(request, response)) {
      const exchange = this.#exchange({ ...request, method: "GET" }, forward, matched, false);
      return this.#engine.storeAnswer(exchange.inBackground(), response, sentMs);
    }
    const { statusText, fields, body, trailers } = response;
    const marked = fields.with(
      cacheStatusField(this.#options.name, { kind: "forward", reason: "method", status }),
    );
    return { status, statusText, fields: marked, body, trailers };
  }
}

const NO_RESOURCE = { name: "", tags: [] };
const HEAD_BYTES = 65_536;
