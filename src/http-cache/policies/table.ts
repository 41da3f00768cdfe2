import { createHash } from "node:crypto";
import { ArgumentError } from "../../core/errors.js";
import type { Fields } from "../message/fields.js";
import type { RequestHead } from "../message/message.js";
import { varyValues } from "../rules/vary.js";
import { checkedPayload, type EventTable, eventTag, type Payload } from "./events.js";
import { PathPattern } from "./path.js";
import type { AnyPolicy } from "./policy.js";

/** A table of policies, by name. The first one whose path matches counts. */
export type PolicyTable = { readonly [name: string]: AnyPolicy };

/** What the table says about one request. */
export interface MatchedPolicy {
  readonly name: string;
  readonly policy: AnyPolicy;
  readonly tenant: string;
  /** The name of the entry, and its tags. */
  readonly resource: { readonly name: string; readonly tags: readonly string[] };
  /** The tag of all responses for this URL. */
  readonly urlTag: string;
  /** The query has no name that the policy does not have. */
  readonly isWhole: boolean;
}

/** An event of a policy. */
interface EventUse {
  readonly event: string;
  /** The names of its payload that the path has, and those that the query may have. */
  readonly inPath: readonly string[];
  readonly inQuery: readonly string[];
}

interface Row {
  readonly name: string;
  readonly policy: AnyPolicy;
  readonly pattern: PathPattern;
  readonly events: readonly EventUse[];
}

/** The policies and events of a cache. */
export class Policies {
  readonly #rows: readonly Row[];
  readonly #events: EventTable;
  readonly #names = new Map<string, string>();
  /** Of URLs whose policy depends on nothing else. */
  readonly #known = new Map<string, MatchedPolicy>();
  readonly #tenant: string;

  /** @throws ArgumentError that names the policy and its option */
  constructor(policies: PolicyTable, events: EventTable, tenant: string) {
    this.#tenant = tenant;
    this.#events = events;
    for (const [name, { aliases = [] }] of Object.entries(events)) {
      for (const each of [name, ...aliases]) {
        if (this.#names.has(each)) throw new ArgumentError("events", `each name once, and not ${each} twice`);
        this.#names.set(each, name);
      }
    }
    this.#rows = Object.entries(policies).map(([name, policy]) => this.#rowOf(name, policy));
  }

  #rowOf(name: string, policy: AnyPolicy): Row {
    const pattern = new PathPattern(policy.path);
    const events = (policy.invalidateOn ?? []).map((given) => {
      const event = this.#names.get(given);
      if (event === undefined)
        throw new ArgumentError("invalidateOn", `names of events, and not ${given} in the policy ${name}`);
      const payload = this.#events[event]?.payload ?? [];
      const inPath = payload.filter((each) => pattern.names.includes(each));
      const counted: readonly string[] = Array.isArray(policy.query) ? policy.query : [];
      const inQuery = payload.filter((each) => !inPath.includes(each) && counted.includes(each));
      return { event, inPath, inQuery };
    });
    return { name, policy, pattern, events };
  }

  /**
   * Whether the response to a request may be stored: the request has nothing that counts and is not in the
   * key.
   */
  isStorable({ policy: { headers = [] }, isWhole }: MatchedPolicy, fields: Fields): boolean {
    return isWhole && UNKEYED.every((each) => headers.includes(each) || !fields.has(each));
  }

  /** The policy of a request; undefined if no row names it. */
  match({ target, authority, scheme, fields }: Omit<RequestHead, "method">): MatchedPolicy | undefined {
    const url = `${scheme}://${authority}${target}`;
    const known = this.#known.get(url);
    if (known) return known;
    const matched = this.#find(target, authority, scheme, fields);
    if (!matched || !isByUrl(matched.policy)) return matched;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(url, matched);
    return matched;
  }

  #find(target: string, authority: string, scheme: string, fields: Fields): MatchedPolicy | undefined {
    const queryAt = target.indexOf("?");
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    for (const row of this.#rows) {
      const values = row.pattern.match(path);
      if (values) {
        const query = queryAt < 0 ? "" : target.slice(queryAt + 1);
        return this.#matched(row, `${scheme}://${authority}${path}`, values, query, fields);
      }
    }
    return undefined;
  }

  #matched(
    { name, policy, events }: Row,
    url: string,
    values: Readonly<Record<string, string>>,
    queryText: string,
    fields: Fields,
  ): MatchedPolicy {
    const { counted, query, isWhole } = countedQuery(policy, queryText);
    const request = { path: values, query, fields };
    const tenant = policy.tenant?.(request) ?? this.#tenant;
    let key = counted === "" ? url : `${url}?${counted}`;
    const urlTag = `url:${short(key)}`;
    const { headers = [] } = policy;
    if (headers.length > 0) key += `\n${JSON.stringify(varyValues(headers, fields, true))}`;
    const own = policy.key?.(request);
    if (own !== undefined) key += `\n${own}`;
    const tags = [urlTag, ...(policy.tags?.(request) ?? [])];
    for (const use of events) tags.push(tagOfPage(use, values, query));
    const resource = { name: `http:${short(key)}`, tags: [...new Set(tags)] };
    return { name, policy, tenant, resource, urlTag, isWhole };
  }

  /**
   * The tags that events of one kind invalidate.
   *
   * @throws ArgumentError for an unknown event, or another payload
   */
  tagsOf(given: string, payloads: readonly unknown[]): ChangedTags {
    const name = this.#names.get(given);
    const definition = name === undefined ? undefined : this.#events[name];
    if (name === undefined || !definition)
      throw new ArgumentError("event", `one of ${[...this.#names.keys()].join(", ")}`);
    const all = payloads.map((payload) => checkedPayload(name, definition.payload, payload));
    const uses = this.#rows.flatMap(({ events }) => events.filter(({ event }) => event === name));
    return {
      data: [...new Set(all.flatMap((values) => definition.tags?.(values) ?? []))],
      pages: [...new Set(all.flatMap((values) => uses.flatMap((use) => tagsOfEvent(use, values))))],
    };
  }
}

/** The tags that an event invalidates: those of data first. */
export interface ChangedTags {
  readonly data: readonly string[];
  readonly pages: readonly string[];
}

/** The tag of a response for one event of its policy. */
function tagOfPage(
  { event, inPath, inQuery }: EventUse,
  values: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string {
  const own = inPath.map((name) => [name, values[name] ?? ""] as const);
  // With two values, nobody knows which one the handler takes.
  const asked = inQuery.map((name) => {
    const [only = "", second] = query.getAll(name);
    return [name, second === undefined ? only : ""] as const;
  });
  return eventTag(event, [...own, ...asked]);
}

/** The tags of the responses that an event makes old: also those whose query does not have a name. */
function tagsOfEvent({ event, inPath, inQuery }: EventUse, values: Payload): readonly string[] {
  let pairs = [inPath.map((name) => [name, values[name] ?? ""] as const)];
  for (const name of inQuery)
    pairs = pairs.flatMap((earlier) =>
      [values[name] ?? "", ""].map((value) => [...earlier, [name, value] as const]),
    );
  return pairs.map((each) => eventTag(event, each));
}

/** The table remembers so many URLs. */
const MAX_KNOWN = 10_000;

/** Whether the key, the tenant and the tags depend on the URL alone. */
function isByUrl({ headers = [], key, tenant }: AnyPolicy): boolean {
  return headers.length === 0 && key === undefined && tenant === undefined;
}

const USUAL_KEY = /^[A-Za-z0-9_.:~\-/?=&]{1,120}$/;

/** A name that is short enough for a key. */
function short(key: string): string {
  if (USUAL_KEY.test(key)) return key;
  return `${createHash("sha256").update(key).digest("base64url")}`;
}

/**
 * Fields that many frameworks use to make URLs and routes, and that no `Vary` names. Whoever sends one could
 * put a response of their choice into the cache.
 */
const UNKEYED = [
  "forwarded",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-host",
  "x-http-method-override",
  "x-original-host",
  "x-original-url",
  "x-rewrite-url",
];

/** The part of a query that counts, with its names in one order. */
function countedQuery(
  { query: counts = [], ignoredQuery = [] }: AnyPolicy,
  text: string,
): { readonly counted: string; readonly query: URLSearchParams; readonly isWhole: boolean } {
  if (counts === "all") return { counted: text, query: new URLSearchParams(text), isWhole: true };
  if (text === "") return { counted: "", query: new URLSearchParams(), isWhole: true };
  const given = new URLSearchParams(text);
  const query = new URLSearchParams();
  for (const name of [...counts].sort()) for (const value of given.getAll(name)) query.append(name, value);
  const isWhole = [...given.keys()].every((name) => counts.includes(name) || ignoredQuery.includes(name));
  return { counted: query.toString(), query, isWhole };
}
