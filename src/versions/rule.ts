import { ArgumentError } from "../core/errors.js";

/** How the requests of one resource use entity tags. */
export interface EntityTagRule {
  /** Names what has the version, such as `product:lamp`. 1 to 256 bytes, no control characters and braces. */
  readonly resource: string;
  /**
   * What selects the variant besides the address, such as the id of the user whose prices are shown. Each
   * variant has its own tag, with a hash of these texts.
   */
  readonly variant?: readonly string[] | undefined;
  /**
   * Names of the request's header fields that select the variant, such as `accept-language`. Their values
   * are part of the tag, and their names of `Vary`.
   */
  readonly vary?: readonly string[] | undefined;
  /** Whether replies of one version may differ in bytes. `If-Match` matches no weak tag. Default `false`. */
  readonly weak?: boolean | undefined;
  /** `required`: a write without `If-Match` and `If-None-Match` is answered 428. Default `optional`. */
  readonly ifMatch?: "required" | "optional" | undefined;
  /**
   * Whether the resource exists, for `If-Match: *` and `If-None-Match: *` on writes. Without it, the handler
   * has to compare.
   */
  readonly exists?: (() => boolean | Promise<boolean>) | undefined;
  /** `Cache-Control` of 200 and 304 replies, if the handler sets none. */
  readonly cacheControl?: string | undefined;
}

/** The fields of a request that conditions read. */
export interface ConditionalRequest {
  readonly method: string;
  /** The value of a header field by its lowercase name; several lines are joined with ", ". */
  header(name: string): string | undefined;
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/** What selects the variant of a request: parts, and the fields of `vary` with their values. */
export function variantOf(rule: EntityTagRule, request: ConditionalRequest): readonly string[] {
  const { variant = [], vary = [] } = rule;
  const wrong = vary.find((name) => typeof name !== "string" || !FIELD_NAME.test(name));
  if (wrong !== undefined) throw new ArgumentError("vary", "names of header fields");
  const fields = vary.map((name) => {
    const value = request.header(name.toLowerCase());
    return `${name.toLowerCase()}=${value === undefined ? "" : value.trim().replace(/[ \t]+/g, " ")}`;
  });
  // The number keeps parts and fields apart.
  return variant.length + fields.length === 0 ? [] : [String(variant.length), ...variant, ...fields];
}
