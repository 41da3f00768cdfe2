import Fastify from "fastify";
import { memoryL1 } from "moonpath/l1";
import { expect, test } from "vitest";
import { cacheFastify, createHttpCache } from "../../../src/http-cache/index.js";
import { afterTest } from "../../support/cleanup.js";
import { EVERYTHING, ownClient } from "../../support/http-cache/site.js";

test("what a hook adds to the lists of one reply is in no other one", async () => {
  // Replies of L1 are the same object within a second.
  const cache = createHttpCache(ownClient({ cache: { l1: memoryL1() } }), EVERYTHING);
  const app = Fastify();
  afterTest(() => app.close());
  await app.register(cacheFastify, { cache });
  app.addHook("onSend", async (_request, reply) => {
    const links = reply.getHeader("link");
    if (Array.isArray(links)) links.push("</visitor>");
  });
  app.get("/lamp", async (_request, reply) => {
    reply.header("link", ["</one>", "</two>"]);
    return "lamp";
  });
  for (let times = 0; times < 50; times++) await app.inject("/lamp");
  const hit = await app.inject("/lamp");
  expect(hit.headers["cache-status"]).toContain("hit");
  expect(hit.headers["link"]).toEqual(["</one>", "</two>", "</visitor>"]);
});
