import { checkedTags } from "../../cache/index.js";
import { ArgumentError } from "../../core/errors.js";
import type { Fields } from "../message/fields.js";
import type { RequestHead } from "../message/message.js";
import { varyValues } from "../rules/vary.js";
import { checkedPayload, type EventTable, eventTag, type Payload } from "./events.js";
import { isPlainPath, PathPattern } from "./path.js";
import type { AnyPolicy } from "./policy.js";
import { countedQuery } from "./query.js";
import { shortName } from "./short-name.js";
import { forwardedScheme, isKeyed } from "./unkeyed.js";

/** A table of policies, by name. The first one whose path matches counts. */
export type PolicyTable = { readonly [name: string]: AnyPolicy };

/** What the table says about one request. */
export interface MatchedPolicy {
  readonly name: string;
  readonly policy: AnyPolicy;
  /** The path of the policy. */
  readonly endpoint: string;
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
    return isWhole && isKeyed(fields, headers);
  }

  /**
   * The policy of a request; undefined if no row names it.
   *
   * @throws what a function of the policy throws, and ArgumentError for a result that is not valid
   */
  match({ target, authority, scheme, fields }: Omit<RequestHead, "method">): MatchedPolicy | undefined {
    // Handlers answer with redirections by the scheme that a server before this one has seen.
    const seen = fields.get("x-forwarded-proto") ?? "";
    const url = `${seen} ${scheme}://${authority}${target}`;
    const known = this.#known.get(url);
    if (known) return known;
    const { matched, isByUrl } = this.#find(target, authority, scheme, fields);
    if (!matched || !isByUrl || url.length > MAX_KNOWN_LENGTH) return matched;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(url, matched);
    return matched;
  }

  #find(target: string, authority: string, scheme: string, fields: Fields): Found {
    const path = pathOf(target);
    for (const row of this.#rows) {
      const values = row.pattern.match(path);
      if (values) {
        const query = target.slice(path.length + 1);
        return this.#matched(row, `${scheme}://${authority}`, path, values, query, fields);
      }
    }
    return { matched: undefined, isByUrl: false };
  }

  #matched(
    { name, policy, events }: Row,
    origin: string,
    path: string,
    values: Readonly<Record<string, string>>,
    queryText: string,
    fields: Fields,
  ): Found {
    const { counted, query, isWhole } = countedQuery(policy, queryText);
    const { headers = [] } = policy;
    let isByUrl = headers.length === 0;
    const request = {
      path: values,
      query,
      get fields() {
        isByUrl = false;
        return fields;
      },
    };
    const tenant = policy.tenant?.(request) ?? this.#tenant;
    let key = origin + path + (counted === "" ? "" : `?${counted}`);
    const urlTag = `url:${shortName(key)}`;
    const seenScheme = forwardedScheme(fields, headers);
    if (seenScheme) key += `\n${seenScheme}:`;
    if (headers.length > 0) key += `\n${JSON.stringify(varyValues(headers, fields, true))}`;
    if (policy.key) key += `\n${checkedKey(policy.key(request), name)}`;
    const tags = [urlTag, ...checkedTags(policy.tags?.(request) ?? [])];
    for (const use of events) tags.push(tagOfPage(use, values, query));
    const resource = { name: `http:${shortName(key)}`, tags: [...new Set(tags)] };
    const matched = {
      name,
      policy,
      endpoint: policy.path,
      tenant,
      resource,
      urlTag,
      isWhole: isWhole && isPlainPath(path),
    };
    return { matched, isByUrl };
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

/** The table remembers so many URLs, each of so many characters at the most. */
const MAX_KNOWN = 10_000;
const MAX_KNOWN_LENGTH = 400;

interface Found {
  readonly matched: MatchedPolicy | undefined;
  /** It depends on the URL alone. */
  readonly isByUrl: boolean;
}

function pathOf(target: string): string {
  const queryAt = target.indexOf("?");
  return queryAt < 0 ? target : target.slice(0, queryAt);
}

/** @throws ArgumentError: without a key, the responses of all users would be one */
function checkedKey(key: unknown, policy: string): string {
  if (typeof key === "string") return key;
  throw new ArgumentError("key", `a function that returns text, in the policy ${policy}`);
}
