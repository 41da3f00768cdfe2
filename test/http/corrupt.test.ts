import { expect, test } from "vitest";
import { requestName } from "../../src/http/key.js";
import { errorTable, keys } from "../../src/index.js";
import { acme, freshKey, post, redis, required, server } from "../support/http.js";
import { within } from "../support/wait.js";

const SECRET = "secret-Zq7";

const stored = (changed: object) => ({
  ok: { status: 201, headers: { location: SECRET }, body: { kind: "none" }, ...changed },
});

/** What no version of the plugin stores, or only a later one. */
const replies: [string, unknown][] = [
  ["null", null],
  ["no reply", { ok: null }],
  ["a text", { ok: SECRET }],
  ["an error of null", { error: null }],
  ["an error without a name", { error: { message: SECRET } }],
  ["a body of a kind that it does not know", stored({ body: { kind: SECRET } })],
  ["no body", stored({ body: null })],
  ["a text that is none", stored({ body: { kind: "text", text: 5 } })],
  ["bytes that are no text", stored({ body: { kind: "bytes" } })],
  ["a status of 99999", stored({ status: 99_999 })],
  ["a status of 100", stored({ status: 100 })],
  ["a status that is a text", stored({ status: SECRET })],
  ["a header with a line break", stored({ headers: { location: `a\r\n${SECRET}: b` } })],
  ["a header that is no text", stored({ headers: { location: 5 } })],
  ["a name of a header with a space", stored({ headers: { "set location": SECRET } })],
  ["headers that are a list", stored({ headers: [SECRET] })],
];

test.each(replies)("a stored reply that holds %s is CORRUPT, and nobody sees its value", async (_, reply) => {
  const lines: string[] = [];
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => "ran");
    },
    {},
    { level: "warn", stream: { write: (line: string) => void lines.push(line) } },
  );
  const key = freshKey();
  await post(app, key);
  const record = keys.request(acme.scope, requestName("ann", key.slice(1, -1)));
  await redis.hset(record, "reply", JSON.stringify(reply));
  const answer = await within("the plugin replies", post(app, key));
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ code: "CORRUPT", detail: errorTable.CORRUPT.meaning });
  expect(answer.headers["idempotency-replayed"]).toBeUndefined();
  expect(JSON.stringify(answer.headers) + answer.body + lines.join()).not.toContain(SECRET);
});
