/** One field of a header: its name as it was sent, and its value. */
export type Field = readonly [name: string, value: string];

/** The fields of a message, in the order in which they were sent. */
export class Fields {
  static readonly NONE = new Fields([]);
  #pairs: readonly Field[] | undefined;
  readonly #raw: readonly string[];
  readonly #headers: Headers | undefined;
  #byName: Map<string, string> | undefined;
  #asRaw: readonly string[] | undefined;
  #grouped: ReadonlyMap<string, string | readonly string[]> | undefined;

  constructor(pairs: readonly Field[] | undefined, raw: readonly string[] = [], headers?: Headers) {
    this.#pairs = pairs;
    this.#raw = raw;
    this.#headers = headers;
  }

  /** Of node:http's list: each name, then its value. */
  static ofRaw(raw: readonly string[]): Fields {
    return new Fields(undefined, raw);
  }

  /** Of a request of node:http, whose headers were joined already. */
  static ofRequest({
    rawHeaders,
    headers,
  }: {
    readonly rawHeaders: readonly string[];
    readonly headers: Headers;
  }) {
    return new Fields(undefined, rawHeaders, headers);
  }

  get pairs(): readonly Field[] {
    this.#pairs ??= pairsOf(this.#raw);
    return this.#pairs;
  }

  /** The value of a field. Several values are joined with commas. `name` is in lower case. */
  get(name: string): string | undefined {
    if (this.#headers) {
      const value = this.#headers[name];
      if (typeof value === "string") return value;
      // `constructor` is no field.
      return Array.isArray(value) ? value.join(", ") : undefined;
    }
    this.#byName ??= joined(this.pairs);
    return this.#byName.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** The value of the first field with this name. */
  first(name: string): string | undefined {
    if (!this.has(name)) return undefined;
    return this.pairs.find(([other]) => other.toLowerCase() === name)?.[1];
  }

  /** The same without the fields of these names, which are in lower case. */
  without(names: ReadonlySet<string>): Fields {
    const rest = this.pairs.filter(([name]) => !names.has(name.toLowerCase()));
    return rest.length === this.pairs.length ? this : new Fields(rest);
  }

  /** The same with further fields at the end. */
  with(...more: readonly Field[]): Fields {
    return more.length === 0 ? this : new Fields([...this.pairs, ...more]);
  }

  /** As node:http takes it: each name, then its value. */
  toRaw(): string[] {
    this.#asRaw ??= this.pairs.flat();
    return [...this.#asRaw];
  }

  /** As `setHeader` takes it: the values of one name together. */
  get grouped(): ReadonlyMap<string, string | readonly string[]> {
    this.#grouped ??= grouped(this.pairs);
    return this.#grouped;
  }
}

/** The headers of a request of node:http. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

function pairsOf(raw: readonly string[]): Field[] {
  const pairs: Field[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return pairs;
}

function joined(pairs: readonly Field[]): Map<string, string> {
  const byName = new Map<string, string>();
  for (const [given, value] of pairs) {
    const name = given.toLowerCase();
    const earlier = byName.get(name);
    byName.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return byName;
}

function grouped(pairs: readonly Field[]): Map<string, string | string[]> {
  const byName = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const earlier = byName.get(name);
    if (earlier === undefined) byName.set(name, value);
    else if (Array.isArray(earlier)) earlier.push(value);
    else byName.set(name, [earlier, value]);
  }
  return byName;
}

/** Fields of one connection, which are neither stored nor sent on (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "trailer",
]);

/** Fields for all servers on the way. `Connection` must not name them (RFC 9110, section 7.6.1). */
const FOR_ALL = new Set([
  "authorization",
  "cache-control",
  "content-length",
  "content-type",
  "cookie",
  "expires",
  "host",
  "set-cookie",
  "vary",
]);

/** The fields that are sent on. */
export function endToEnd(fields: Fields): Fields {
  const connection = fields.get("connection");
  if (connection === undefined) return fields.without(HOP_BY_HOP);
  const named = connection.split(",").map((name) => name.trim().toLowerCase());
  return fields.without(new Set([...HOP_BY_HOP, ...named.filter((name) => !FOR_ALL.has(name))]));
}
