import { ArgumentError } from "../../core/errors.js";

/** The names in a path: `/products/:product` has `product`, and one that ends with a star has `rest`. */
export type PathNames<Path extends string> = Path extends `${infer Start}/${infer Rest}`
  ? PathNames<Start> | PathNames<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : Path extends "*"
      ? "rest"
      : never;

/** The values in a path, decoded. */
export type PathValues<Path extends string> = { readonly [Name in PathNames<Path>]: string };

const NAME = /^:[A-Za-z_]\w*$/;
const LITERAL = /^[^:*?#\s]*$/;

/**
 * Whether all servers read a path alike. It has no empty segment, no `.` and `..`, and no backslash.
 * Nothing is percent-encoded that may stand there as it is, or that is a delimiter for some server.
 */
export function isPlainPath(path: string): boolean {
  if (path.includes("//") || !PLAIN.test(path)) return false;
  return !DOTS.test(path) && !ODD_CODE.test(path);
}

/** What RFC 3986 has in a path, but for the semicolon, which ends the path of some servers. */
const PLAIN = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
const DOTS = /\/\.\.?(?:\/|$)/;
/** Control characters, delimiters, `%` before a code, and what need not be encoded. */
const ODD_CODE =
  /%(?:[01].|2[3F]|3[BF]|5C|7F|25[0-9A-Fa-f]{2}|2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/i;

/** Matches the paths of one policy. */
export class PathPattern {
  readonly text: string;
  readonly #segments: readonly string[];
  readonly #hasRest: boolean;
  readonly names: readonly string[];

  /**
   * @throws ArgumentError unless it begins with a slash, and each segment is plain text, `:name`, or a last
   * `*`
   */
  constructor(path: string) {
    this.text = path;
    if (typeof path !== "string" || !path.startsWith("/"))
      throw new ArgumentError("path", "text that begins with /");
    const segments = path.slice(1).split("/");
    this.#hasRest = segments.at(-1) === "*";
    this.#segments = this.#hasRest ? segments.slice(0, -1) : segments;
    for (const segment of this.#segments) {
      if (!NAME.test(segment) && !LITERAL.test(segment))
        throw new ArgumentError(
          "path",
          `segments that are plain text or :name, and * only at the end, in ${path}`,
        );
    }
    const names = this.#segments.filter((segment) => segment.startsWith(":")).map((name) => name.slice(1));
    this.names = this.#hasRest ? [...names, "rest"] : names;
    if (new Set(this.names).size < this.names.length)
      throw new ArgumentError("path", `each name once in ${path}`);
  }

  /**
   * The values of a path by name; undefined if it does not match. Segments are compared as they were sent.
   */
  match(path: string): Readonly<Record<string, string>> | undefined {
    if (!path.startsWith("/")) return undefined;
    const given = path.slice(1).split("/");
    const segments = this.#segments;
    if (this.#hasRest ? given.length <= segments.length : given.length !== segments.length) return undefined;
    const values: Record<string, string> = Object.create(null);
    for (let place = 0; place < segments.length; place++) {
      const segment = segments[place] ?? "";
      const value = given[place] ?? "";
      if (segment.startsWith(":")) {
        const decoded = decode(value);
        if (!decoded) return undefined;
        values[segment.slice(1)] = decoded;
      } else if (segment !== value) return undefined;
    }
    if (!this.#hasRest) return values;
    const rest = decode(given.slice(segments.length).join("/"));
    if (rest === undefined) return undefined;
    values["rest"] = rest;
    return values;
  }
}

/** Undefined for a text that is not well-formed. */
function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
