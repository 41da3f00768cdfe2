import { type EntityTag, formatEntityTag, ifMatchNames, ifNoneMatchNames } from "../core/http/entity-tags.js";
import { type ConditionProblem, FAILED } from "./problem.js";
import { type ConditionalRequest, type EntityTagRule, variantOf } from "./rule.js";
import { entityTagOf } from "./tags.js";
import type { ResourceWrite, Versions } from "./versions.js";
import { beginWrite } from "./write-conditions.js";

/** Header fields of a reply, by lowercase name. */
export type ReplyFields = Readonly<Record<string, string>>;

/** A request whose handler runs. */
export interface Exchange {
  /** The version that was read before the handler; undefined if none was known. */
  readonly token: string | undefined;
  /** The write of an unsafe request; undefined for GET and HEAD. */
  readonly write: Omit<ResourceWrite, "end"> | undefined;
  /**
   * Says which version the reply's data has, if it is not what the request has read, such as one that was
   * stored in a cache with the data. Undefined: the reply gets no tag.
   */
  setVersion(token: string | undefined): void;
  /**
   * Says which number the reply's data has, as its writer has passed to `setNumber`. Data that is older than
   * the version, such as that of a cache that has not heard of a write, gets no tag.
   */
  setNumberOfData(number: number): void;
  /** Ends the write, when the handler has ended and before the reply goes. It never rejects. */
  end(): Promise<void>;
  /** The fields of the reply. Call it after `end`. */
  fieldsOf(status: number): ReplyFields;
}

/** What to do with a request. */
export type Decision =
  | { readonly kind: "run"; readonly exchange: Exchange }
  | { readonly kind: "notModified"; readonly fields: ReplyFields }
  | { readonly kind: "refused"; readonly problem: ConditionProblem };

const SAFE = new Set(["GET", "HEAD"]);

/**
 * Decides about a request before its handler runs, and after its authorization. GET and HEAD read the
 * version, and may end with 304. Other methods begin a write, and may end with 412.
 */
export async function decide(
  versions: Pick<Versions, "read" | "begin">,
  rule: EntityTagRule,
  request: ConditionalRequest,
): Promise<Decision> {
  const variant = variantOf(rule, request);
  const tagOf = (token: string) => entityTagOf(token, variant, rule.weak ?? false);
  if (!SAFE.has(request.method)) {
    const begun = await beginWrite(versions, rule, request);
    if (begun.kind === "refused") return begun;
    return { kind: "run", exchange: exchangeOf(rule, request, tagOf, undefined, begun.write) };
  }
  const current = await versions.read(rule.resource);
  if (current.kind === "known") {
    const tag = tagOf(current.token);
    const match = request.header("if-match");
    if (match !== undefined && !ifMatchNames(match, tag)) return { kind: "refused", problem: FAILED };
    if (ifNoneMatchNames(request.header("if-none-match"), tag)) {
      const exchange = exchangeOf(rule, request, tagOf, current, undefined);
      return { kind: "notModified", fields: exchange.fieldsOf(304) };
    }
  }
  const known = current.kind === "known" ? current : undefined;
  return { kind: "run", exchange: exchangeOf(rule, request, tagOf, known, undefined) };
}

function exchangeOf(
  { vary = [], cacheControl }: EntityTagRule,
  { method }: ConditionalRequest,
  tagOf: (token: string) => EntityTag,
  current: { readonly token: string; readonly number: number } | undefined,
  write: ResourceWrite | undefined,
): Exchange {
  let version = current?.token;
  const isTagged = (status: number) =>
    write === undefined
      ? status === 200 || status === 304
      : method !== "DELETE" && status >= 200 && status < 300;
  return {
    token: current?.token,
    write,
    setVersion(of) {
      version = of;
    },
    setNumberOfData(number) {
      if (current && version === current.token && number < current.number) version = undefined;
    },
    async end() {
      const written = await write?.end();
      version ??= written;
    },
    fieldsOf(status) {
      const isRead = write === undefined && (status === 200 || status === 304);
      return {
        ...(version !== undefined && isTagged(status) && { etag: formatEntityTag(tagOf(version)) }),
        ...(vary.length > 0 && { vary: vary.join(", ") }),
        ...(isRead && cacheControl !== undefined && { "cache-control": cacheControl }),
      };
    },
  };
}
