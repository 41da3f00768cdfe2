import type { CacheHost } from "../../cache/index.js";
import { checkedTags, LeasedEntries, LoadLimit } from "../../cache/index.js";
import { asError, notify } from "../../core/notify.js";
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
      count: (status, { tenant, endpoint }) => this.#entries.count(status, tenant, endpoint),
      nowMs: () => this.#entries.nowMs(),
      entriesOf: (tenant) => this.#entries.tenant(tenant),
    });
  }

  /** Milliseconds for which a request waits for its turn, or for the fill of somebody else. */
  get loadTimeoutMs(): number {
    return this.#options.loadTimeoutMs;
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
    const matched = this.#match(request);
    return matched && { request, matched };
  }

  /** The stored answer, if the cache has one that needs no origin. Else what it has found, for `finish`. */
  early({ request, matched }: NamedRequest): Promise<Early> {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return Promise.resolve(NOTHING_FOUND);
    return this.#engine.early(matched, request);
  }

  /** Answers a request that needs the origin. */
  async finish(
    { request, matched }: NamedRequest | { readonly request: RequestHead; readonly matched: undefined },
    forward: Forward,
    asksWhole: boolean,
    early: Early | undefined,
  ): Promise<Reply> {
    const isStorable = matched !== undefined && this.#isStorable(request, matched);
    if (!SAFE.has(request.method)) return this.#unsafe(request, forward, matched, isStorable);
    const isCached = request.method === "GET" || request.method === "HEAD";
    const exchange = this.#exchange(request, forward, matched, asksWhole, isStorable);
    if (!matched || !isCached) return this.#engine.pass(exchange, isCached ? "bypass" : "method");
    return this.#engine.answer(exchange, early?.kind === "found" ? early.selection : undefined);
  }

  #ofSite(request: RequestHead): RequestHead {
    const { origin, hosts } = this.#options;
    if (!origin) return request;
    const { method, target, fields, authority } = request;
    // Handlers see the host of the request, and may make URLs of it.
    const isOwn = hosts === "any" || authority === origin.authority || hosts.includes(authority);
    return { method, target, fields, isUnusual: request.isUnusual === true || !isOwn, ...origin };
  }

  #isStorable({ fields, isUnusual, authority }: RequestHead, matched: MatchedPolicy): boolean {
    return !isUnusual && authority !== "" && this.#policies.isStorable(matched, fields);
  }

  /** From now on, no process serves a response or an entry with one of the tags. */
  async invalidateTags(tags: readonly string[], tenant = this.#options.tenant): Promise<"done" | "pending"> {
    return this.#entries.tenant(tenant).invalidateTags(checkedTags(tags));
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

  /** A request that a function of its policy cannot read is answered without the cache. */
  #match(request: RequestHead): MatchedPolicy | undefined {
    // A host with other characters could be read as a host and a path.
    if (!HOST.test(request.authority)) return undefined;
    try {
      const matched = this.#policies.match(request);
      if (matched) this.#engine.checkTenant(matched.tenant);
      return matched;
    } catch (error) {
      notify(this.#options.onError, asError(error));
      return undefined;
    }
  }

  #exchange(
    request: RequestHead,
    forward: Forward,
    matched: MatchedPolicy | undefined,
    asksWhole: boolean,
    isStorable: boolean,
  ): Exchange {
    const target: Target = {
      tenant: matched?.tenant ?? this.#options.tenant,
      endpoint: matched?.endpoint ?? "",
      resource: matched?.resource ?? NO_RESOURCE,
      freshMs: matched?.policy.freshMs,
      staleMs: matched?.policy.staleMs ?? 0,
      isStorable,
      asksWhole,
      obeysRequests: this.#options.rules.obeysRequests,
    };
    return new Exchange(request, target, forward, this.#limit, this.#options.loadTimeoutMs);
  }

  /** Invalidates what a request has changed (RFC 9111, section 4.4). Its answer waits for that. */
  async #unsafe(
    request: RequestHead,
    forward: Forward,
    matched: MatchedPolicy | undefined,
    isStorable: boolean,
  ): Promise<Reply> {
    const sentMs = this.#entries.nowMs();
    const response = await forward({ without: new Set(), set: new Map(), isBackground: false });
    const { status } = response;
    if (status >= 200 && status < 400) {
      const tags = new Map([
        [matched?.tenant ?? this.#options.tenant, invalidatedGroups(request, response.fields)],
      ]);
      for (const target of invalidatedUrls(request, response.fields)) {
        const changed = this.#match({ ...request, target });
        if (changed) tags.set(changed.tenant, [...(tags.get(changed.tenant) ?? []), changed.urlTag]);
      }
      await Promise.all([...tags].map(([tenant, all]) => this.invalidateTags([...new Set(all)], tenant)));
    }
    if (matched && isStorable && this.#options.rules.storesPostAnswers && isAnswerForGet(request, response)) {
      const exchange = this.#exchange({ ...request, method: "GET" }, forward, matched, false, true);
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
/** A host and a port, or nothing. */
const HOST = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])?(?::\d*)?$/;
