import { once } from "node:events";
import { expect, test } from "vitest";
import { freshKey, post, required, server } from "../support/http.js";
import { deferred } from "../support/wait.js";

/** An app that answers by hand, and when that answer is through. */
async function byHand(status: number) {
  const through = deferred("the answer by hand is sent");
  let runs = 0;
  const app = await server((routes) => {
    routes.addHook("onResponse", async () => through.resolve());
    routes.post("/orders", required, async (_request, reply) => {
      runs++;
      reply.hijack();
      reply.raw.writeHead(status, { "content-type": "text/plain" });
      reply.raw.write("by ");
      const ended = once(reply.raw, "finish");
      reply.raw.end("hand");
      await ended;
    });
  });
  return { app, through: through.promise, runs: () => runs };
}

test("an answer by hand after hijack() is not stored, and its request does not run again", async () => {
  const { app, through, runs } = await byHand(202);
  const key = freshKey();
  const first = await post(app, key);
  await through;
  const second = await post(app, key);
  expect([first.statusCode, first.body]).toEqual([202, "by hand"]);
  expect([second.statusCode, second.json()]).toMatchObject([
    409,
    { code: "REPLY_NOT_KEPT", firstStatus: 202 },
  ]);
  expect(runs()).toBe(1);
});

test("an answer by hand with status 503 leaves the key free", async () => {
  const { app, through, runs } = await byHand(503);
  const key = freshKey();
  await post(app, key);
  await through;
  expect((await post(app, key)).statusCode).toBe(503);
  expect(runs()).toBe(2);
});
