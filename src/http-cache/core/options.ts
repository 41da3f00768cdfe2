import { checkedName } from "../../client/index.js";
import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_DURATION_MS, MAX_TIMER_MS } from "../../core/limits.js";
import { readFrom } from "../../core/read-from.js";
import { httpCacheDefaults as defaults } from "../defaults.js";
import { checkedEvents, checkedPolicies, checkTexts } from "../policies/checked.js";
import type { EventTable } from "../policies/events.js";
import type { PolicyTable } from "../policies/table.js";
import type { CacheRules } from "../rules/rules.js";

/** The options of `createHttpCache`. */
export interface HttpCacheOptions {
  /** The tenant of requests whose policy has no function `tenant`. */
  readonly tenant: string;
  /** The endpoints whose responses are stored, by any names. The first one whose path matches counts. */
  readonly policies: PolicyTable;
  /** What happens in the shop, by name. Default: nothing. */
  readonly events?: EventTable | undefined;
  /** What RFC 9111 leaves open. Each has a default. */
  readonly rules?: Partial<CacheRules> | undefined;
  /** A larger body passes by and is not stored. Default 1,048,576; at most 4,000,000. */
  readonly maxBytes?: number | undefined;
  /** The most requests that run at the origin at once, for this process. Others wait. Default 256. */
  readonly maxForwards?: number | undefined;
  /** Milliseconds that Redis may take for one step of a request. Default 250. */
  readonly cacheTimeoutMs?: number | undefined;
  /**
   * Milliseconds for which a request waits for its turn, or for the fill of another process. Default
   * 10,000.
   */
  readonly loadTimeoutMs?: number | undefined;
  /** The name of this cache in `Cache-Status`. Default `Moonpath`. */
  readonly name?: string | undefined;
  /**
   * The public origin of the site, such as `https://shop.example`. Without it, requests for different hosts
   * have different entries, by the scheme of their connection and the field `Host`.
   */
  readonly origin?: string | undefined;
  /**
   * With `origin`: the other hosts under which handlers see the site, such as that of an inner
   * server. A response to a request for another host is not stored, because handlers make URLs of the
   * host. `"any"`: they do not, or a server before this one lets no other host pass. Default: none.
   */
  readonly hosts?: readonly string[] | "any" | undefined;
  /**
   * With L1, each answer waits until all messages of Redis about earlier changes have come. All requests of
   * one moment share the question. So a client never gets an older response from one process than from
   * another before. `false`: an answer of L1 may be old for the time that a message takes. Default true.
   */
  readonly checksL1?: boolean | undefined;
  /** Adds `X-Cache: HIT` or `MISS`. Default false. */
  readonly xCache?: boolean | undefined;
  /** Receives errors that no client gets, such as those of a refresh in the background. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** The options of a cache of responses, checked and with their defaults. */
export interface ResolvedHttpCacheOptions {
  readonly tenant: string;
  readonly policies: PolicyTable;
  readonly events: EventTable;
  readonly rules: CacheRules;
  readonly maxBytes: number;
  readonly maxForwards: number;
  readonly cacheTimeoutMs: number | undefined;
  readonly loadTimeoutMs: number;
  readonly name: string;
  readonly origin: { readonly scheme: string; readonly authority: string } | undefined;
  readonly hosts: readonly string[] | "any";
  readonly checksL1: boolean;
  readonly xCache: boolean;
  readonly onError: ((error: Error) => void) | undefined;
}

const optionNames: OptionNames<HttpCacheOptions> = {
  tenant: true,
  policies: true,
  events: true,
  rules: true,
  maxBytes: true,
  maxForwards: true,
  cacheTimeoutMs: true,
  loadTimeoutMs: true,
  name: true,
  origin: true,
  hosts: true,
  checksL1: true,
  xCache: true,
  onError: true,
};

const ruleNames: OptionNames<Partial<CacheRules>> = {
  obeysRequests: true,
  heuristics: true,
  storesSetCookie: true,
  storesErrors: true,
  staleOnFailure: true,
  normalisesVary: true,
  storesPostAnswers: true,
  targetedFields: true,
  unstoredFields: true,
  maxVariants: true,
  staleKeepMs: true,
  maxKeepMs: true,
};

/** A larger value and its head do not fit in an entry. */
const MAX_BODY_BYTES = 4_000_000;
const TOKEN = /^[A-Za-z*][A-Za-z0-9_.:/*-]{0,63}$/;

/** @throws ArgumentError that names the option */
export function resolveOptions(options: HttpCacheOptions): ResolvedHttpCacheOptions {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const {
      tenant,
      policies,
      events = {},
      rules = {},
      cacheTimeoutMs,
      name = "Moonpath",
      xCache = false,
      onError,
      origin,
      hosts = [],
      checksL1 = true,
    } = options;
    if (typeof rules !== "object" || rules === null) throw new ArgumentError("rules", "an object of rules");
    refuseUnknownOptions(rules, ruleNames, "rules");
    checkFlag("checksL1", checksL1);
    checkFlag("xCache", xCache);
    if (typeof name !== "string" || !TOKEN.test(name))
      throw new ArgumentError("name", "a token, such as Moonpath");
    if (onError !== undefined && typeof onError !== "function")
      throw new ArgumentError("onError", "a function");
    return {
      tenant: checkedName("tenant", tenant),
      policies: checkedPolicies(policies),
      events: checkedEvents(events),
      rules: rulesOf(rules),
      maxBytes: checkedInteger("maxBytes", options.maxBytes ?? defaults.maxBytes.value, 1, MAX_BODY_BYTES),
      maxForwards: checkedInteger(
        "maxForwards",
        options.maxForwards ?? defaults.maxForwards.value,
        1,
        100_000,
      ),
      cacheTimeoutMs:
        cacheTimeoutMs === undefined
          ? undefined
          : checkedInteger("cacheTimeoutMs", cacheTimeoutMs, 1, MAX_TIMER_MS),
      loadTimeoutMs: checkedInteger(
        "loadTimeoutMs",
        options.loadTimeoutMs ?? defaults.loadTimeoutMs.value,
        1,
        MAX_TIMER_MS,
      ),
      name,
      origin: origin === undefined ? undefined : originOf(origin),
      hosts: hosts === "any" ? hosts : namesIn("hosts", hosts),
      checksL1,
      xCache,
      onError,
    };
  });
}

/** Names in lower case. @throws ArgumentError */
function namesIn(option: string, names: readonly string[]): readonly string[] {
  checkTexts(option, names, "a list of names");
  return names.map((name) => name.toLowerCase());
}

function checkFlag(option: string, value: unknown): void {
  if (typeof value !== "boolean") throw new ArgumentError(option, "true or false");
}

/** @throws ArgumentError */
function originOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== "/" ||
    url.search + url.hash !== ""
  )
    throw new ArgumentError("origin", "a URL without a path, such as https://shop.example");
  return { scheme: url.protocol.slice(0, -1), authority: url.host };
}

const ABOUT_ONE_REQUEST = [
  "ratelimit",
  "ratelimit-policy",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "request-id",
  "x-request-id",
  "x-correlation-id",
  "server-timing",
  "traceresponse",
];

function rulesOf(rules: Partial<CacheRules>): CacheRules {
  const {
    obeysRequests = false,
    heuristics = false,
    storesSetCookie = false,
    storesErrors = false,
    staleOnFailure = false,
    normalisesVary = true,
    storesPostAnswers = false,
    targetedFields = ["cdn-cache-control"],
    unstoredFields = ABOUT_ONE_REQUEST,
    maxVariants = defaults.maxVariants.value,
    staleKeepMs = defaults.staleKeepMs.value,
    maxKeepMs = defaults.maxKeepMs.value,
  } = rules;
  const flags = {
    obeysRequests,
    heuristics,
    storesSetCookie,
    storesErrors,
    staleOnFailure,
    normalisesVary,
    storesPostAnswers,
  };
  for (const [name, value] of Object.entries(flags)) checkFlag(`rules.${name}`, value);
  return {
    ...flags,
    targetedFields: namesIn("rules.targetedFields", targetedFields),
    unstoredFields: namesIn("rules.unstoredFields", unstoredFields),
    maxVariants: checkedInteger("rules.maxVariants", maxVariants, 1, 100),
    staleKeepMs: checkedInteger("rules.staleKeepMs", staleKeepMs, 0, MAX_DURATION_MS),
    maxKeepMs: checkedInteger("rules.maxKeepMs", maxKeepMs, 1_000, MAX_DURATION_MS),
  };
}
