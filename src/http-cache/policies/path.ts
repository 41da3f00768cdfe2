import { ArgumentError } from "../../core/errors.js";

/** The names in a path: `/products/:product` has `product`, and one that ends with a star has `rest`. */
export type PathNames<Path extends string> = Path extends `${infer Start}/${infer Rest}`
  ? PathNames<Start> | PathNames<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : Path extends "*"
      ? "rest"
      : never;

/** The values in a path, as they were sent: percent signs are kept. */
export type PathValues<Path extends string> = { readonly [Name in PathNames<Path>]: string };

const NAME = /^:[A-Za-z_]\w*$/;
const LITERAL = /^[^:*?#\s]*$/;

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
    const given = path.slice(1).split("/");
    const segments = this.#segments;
    if (this.#hasRest ? given.length <= segments.length : given.length !== segments.length) return undefined;
    const values: Record<string, string> = Object.create(null);
    for (let place = 0; place < segments.length; place++) {
      const segment = segments[place] ?? "";
      const value = given[place] ?? "";
      if (segment.startsWith(":")) {
        if (value === "") return undefined;
        values[segment.slice(1)] = value;
      } else if (segment !== value) return undefined;
    }
    if (this.#hasRest) values["rest"] = given.slice(segments.length).join("/");
    return values;
  }
}
