import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { required, server } from "../support/http.js";

/** Sends a POST with these header lines over a connection of its own, and reads status and body. */
async function ask(port: number, lines: readonly string[]): Promise<{ status: number; body: string }> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const head = ["POST /orders HTTP/1.1", "host: shop", ...lines, "content-length: 0", "connection: close"];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const [start = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  return { status: Number(start.split(" ")[1]), body };
}

/** A server that counts its runs. */
async function counting() {
  let runs = 0;
  const account = randomUUID();
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => `run ${++runs}`);
    },
    { caller: () => account },
  );
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  return { ask: (lines: readonly string[]) => ask(Number(port), lines), runs: () => runs };
}

test.each([
  ["two halves that make one string", ['Idempotency-Key: "a', 'Idempotency-Key: b"']],
  ["two strings", ['Idempotency-Key: "a"', 'Idempotency-Key: "b"']],
  ["the same one twice", ['Idempotency-Key: "a"', 'idempotency-key: "a"']],
  ["an empty one and a string", ["Idempotency-Key:", 'Idempotency-Key: "a"']],
  ["a string and an empty one", ['Idempotency-Key: "a"', "Idempotency-Key: "]],
  ["two empty ones", ["Idempotency-Key:", "Idempotency-Key:"]],
  ["two tokens", ["Idempotency-Key: a", "Idempotency-Key: b"]],
  [
    "three with another header between",
    ['Idempotency-Key: "a', "x-a: b", "Idempotency-Key: b", 'Idempotency-Key: c"'],
  ],
])("hole 16: a header that is sent more than once is no key, and nothing runs (%s)", async (_, lines) => {
  const shop = await counting();
  const { status, body } = await shop.ask(lines);
  expect([status, JSON.parse(body).code, shop.runs()]).toEqual([400, "KEY_MALFORMED", 0]);
});

test("hole 16: a key with a comma differs from the keys on both sides of the comma", async () => {
  const shop = await counting();
  const run = async (key: string) => (await shop.ask([`Idempotency-Key: ${key}`])).body;
  expect(await run('"a, b"')).toBe("run 1");
  expect(await run('"a"')).toBe("run 2");
  expect(await run('"a,b"')).toBe("run 3");
  expect(await run('"a, b"')).toBe("run 1");
});

test.each(['"a", "b"', '"a";v=1', '"a"; v', 'a;v="1"x', "(a b)", '"a"\u0000'])(
  "hole 16: a header that is no single string of RFC 8941 is refused (%j)",
  async (value) => {
    const shop = await counting();
    const { status } = await shop.ask([`Idempotency-Key: ${value}`]);
    expect([status, shop.runs()]).toEqual([400, 0]);
  },
);
