import fc from "fast-check";
import { anyCharacter } from "./characters.js";
import { isRecord } from "./json.js";

/** A route with the JSON schemas of its requests. */
export interface FuzzedRoute {
  readonly method: string;
  readonly url: string;
  readonly params: unknown;
  readonly querystring: unknown;
  readonly body: unknown;
}

/** A request as it is sent. Header values are latin1. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Whether a value of the corpus is a request. */
export function isFuzzedRequest(value: unknown): value is FuzzedRequest {
  if (!isRecord(value)) return false;
  const { method, path, headers, body } = value;
  const areTexts = [method, path, body].every((one) => typeof one === "string");
  return areTexts && Array.isArray(headers) && headers.every((one) => Array.isArray(one) && one.length === 2);
}

/** Names that the shop has, so that requests also get behind the checks of their form. */
const KNOWN = ["lamp", "vase", "oslo", "lamps", "ann", "order-1", "session-1"];
const PROTOTYPE = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

const hostileText = fc.oneof(
  fc.constantFrom(
    ...PROTOTYPE,
    "",
    " ",
    "\u0000",
    "\r\nx: y",
    "{}",
    "}",
    "../../etc",
    "%",
    "null",
    "-1",
    "1e999",
  ),
  fc.constantFrom(
    "a".repeat(64),
    "a".repeat(300),
    "\ud800",
    "\u202e",
    "'; drop table x; --",
    "🌙".repeat(70),
  ),
  fc.string({ unit: anyCharacter, maxLength: 12 }),
);

/** JSON texts, because some numbers have no value in JavaScript. */
const hostileJson = fc.oneof(
  fc.constantFrom(
    "1e308",
    "-1",
    "0",
    "0.5",
    "9007199254740993",
    "2147483648",
    "9".repeat(400),
    "-0",
    "1e-400",
  ),
  fc.constantFrom("null", "true", "[]", "{}", '""', '"1"', "[[]]", '{"__proto__":{"units":1}}'),
  fc.constantFrom(
    '{"constructor":{"prototype":{"x":1}}}',
    '{"$ne":1}',
    `${"[".repeat(400)}${"]".repeat(400)}`,
  ),
  hostileText.map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 3 }),
);

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 2, arbitrary: hostileText.map((text) => encoded(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "%",
      "%zz",
      "%00",
      "%2e%2e%2f",
      "%C0%80",
      "%ed%a0%80",
      "%25",
      "..",
      ";a=b",
      "%2F",
    ),
  },
);

/** A lone surrogate cannot be encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "?"));
}

/** A valid value of a JSON schema, as JSON text. Bounds are tried by the hostile values. */
function validJson(schema: unknown): fc.Arbitrary<string> {
  if (!isRecord(schema)) return fc.constant("1");
  const { type, properties, items, minimum } = schema;
  if (Array.isArray(schema["enum"]))
    return fc.constantFrom(...schema["enum"].map((one) => JSON.stringify(one)));
  switch (type) {
    case "string": {
      // Texts with a pattern of digits.
      const digits = String(schema["pattern"] ?? "").startsWith("^[1-9]") || "default" in schema;
      return digits
        ? fc.constantFrom('"1"', '"20"')
        : fc.constantFrom(...KNOWN.map((one) => JSON.stringify(one)));
    }
    case "integer": {
      const from = typeof minimum === "number" ? minimum : 0;
      return fc.integer({ min: from, max: from + 60 }).map(String);
    }
    case "array":
      return fc.array(validJson(items), { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(",")}]`);
    default:
      return isRecord(properties)
        ? objectJson(Object.entries(properties), validJson)
        : fc.constant('{"a":"b"}');
  }
}

function objectJson(
  fields: readonly (readonly [string, unknown])[],
  jsonOf: (schema: unknown) => fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const parts = fields.map(([name, schema]) =>
    jsonOf(schema).map((json) => `${JSON.stringify(name)}:${json}`),
  );
  return fc.tuple(...parts).map((list) => `{${list.join(",")}}`);
}

/** A body of the route's form, one with a hostile field, or something else. */
function bodyOf(schema: unknown): fc.Arbitrary<string> {
  const properties =
    isRecord(schema) && isRecord(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const mixed = (one: unknown) =>
    fc.oneof({ weight: 3, arbitrary: validJson(one) }, { weight: 1, arbitrary: hostileJson });
  const valid = validJson(schema);
  return fc.oneof(
    { weight: 3, arbitrary: valid },
    { weight: 5, arbitrary: objectJson(properties, mixed) },
    { weight: 1, arbitrary: fc.tuple(valid, fc.nat({ max: 60 })).map(([json, at]) => json.slice(0, at)) },
    // A field twice, an unknown one, and one of the prototype.
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          valid,
          fc.constantFrom(...PROTOTYPE, ...properties.map(([name]) => name), "other"),
          hostileJson,
        )
        .map(
          ([json, name, value]) =>
            `${json.slice(0, -1)}${json === "{}" ? "" : ","}${JSON.stringify(name)}:${value}}`,
        ),
    },
    { weight: 1, arbitrary: hostileJson },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", "{", "nul", "\ufeff{}", "a=b", "{'a':1}", `${'{"a":'.repeat(2_000)}`),
    },
  );
}

function queryOf(schema: unknown): fc.Arbitrary<string> {
  const properties =
    isRecord(schema) && isRecord(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const value = fc.oneof(hostileText, fc.constantFrom(...KNOWN, "1", "20", "name", "today"));
  const values = value.map(encoded);
  const plain = properties.map(([name, one]) =>
    fc.oneof(
      {
        weight: 3,
        arbitrary: validJson(one).map((json) => `${name}=${encodeURIComponent(json.replace(/"/g, ""))}`),
      },
      { weight: 1, arbitrary: values.map((text) => `${name}=${text}`) },
      { weight: 1, arbitrary: fc.constant("") },
    ),
  );
  const names = fc.constantFrom(...PROTOTYPE, ...properties.map(([name]) => name), "a[b]", "other", "");
  const more = fc.tuple(names, values).map(([name, text]) => `${name}=${text}`);
  return fc
    .tuple(
      fc.tuple(...plain),
      fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: more }),
    )
    .map(([list, last]) => [...list, last].filter((one) => one !== "").join("&"));
}

const latin1 = hostileText.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?"));
const header = fc.oneof(
  fc.tuple(fc.constantFrom("x-customer", "x-session"), fc.oneof(fc.constantFrom("ann", "session-1"), latin1)),
  fc.tuple(fc.constant("idempotency-key"), fc.oneof(fc.constantFrom('"k1"', "k2"), latin1)),
  fc.tuple(
    fc.constantFrom("if-match", "if-none-match"),
    fc.oneof(
      fc.constantFrom("*", '"a"', 'W/"a"', '"aaaaaaaaaaaaaaaa"', '"a", "b"', '"{}{}{}{}{}{}{}{}{}"', ","),
      latin1,
    ),
  ),
  fc.tuple(
    fc.constantFrom("accept", "accept-encoding", "if-modified-since", "range", "x-http-method-override"),
    latin1,
  ),
);
const mediaType = fc.oneof(
  { weight: 8, arbitrary: fc.constant("application/json") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "text/plain",
      "application/json; charset=utf-16",
      "application/x-www-form-urlencoded",
      "/",
      "json",
    ),
  },
);

/** Requests of all routes: good ones, and ones with something wrong in them. */
export function requestsOf(routes: readonly FuzzedRoute[]): fc.Arbitrary<FuzzedRequest> {
  const perRoute = routes.map((route) => {
    const parts = route.url.split("/").map((part) => (part.startsWith(":") ? segment : fc.constant(part)));
    const hasBody = !["GET", "HEAD"].includes(route.method);
    return fc
      .record({
        parts: fc.tuple(...parts),
        query: queryOf(route.querystring),
        headers: fc.array(header, { maxLength: 3 }),
        mediaType,
        isAccount: fc.boolean(),
        body: hasBody ? bodyOf(route.body) : fc.constant(""),
      })
      .map(({ parts: path, query, headers, mediaType: type, isAccount, body }) => ({
        method: route.method,
        path: `${path.join("/")}${query === "" ? "" : `?${query}`}`,
        headers: [
          ...(hasBody ? [["content-type", type] as const] : []),
          ...(isAccount ? [["x-customer", "ann"] as const, ["idempotency-key", '"k0"'] as const] : []),
          ...headers,
        ],
        body,
      }));
  });
  return fc.oneof(...perRoute);
}
