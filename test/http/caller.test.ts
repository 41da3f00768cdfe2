import type { FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { freshKey, post, required, server } from "../support/http.js";

/** As a caller that is not typed may answer. */
function untyped(answer: unknown) {
  let runs = 0;
  const caller: unknown = () => answer;
  if (typeof caller !== "function") throw new Error("it is a function");
  const app = server(
    (routes) => {
      routes.post("/orders", required, async () => ++runs);
    },
    { caller: (request: FastifyRequest) => Reflect.apply(caller, undefined, [request]) },
  );
  return { app, runs: () => runs };
}

test.each([
  ["undefined", undefined],
  ["null", null],
  ["an empty text", ""],
  ["blanks", "  \t"],
  ["a header that is missing, in a template", `${undefined}`],
  ["a null in a template", `${null}`],
  ["a number", 7],
  ["an object", { account: "ann" }],
  ["an object in a template", `${{}}`],
  ["a promise", Promise.resolve("ann")],
])("hole 12: a request whose caller is %s gets 401, and does not run", async (_, answer) => {
  const { app, runs } = untyped(answer);
  const key = freshKey();
  for (let time = 0; time < 2; time++) {
    const refused = await post(await app, key);
    expect([refused.statusCode, refused.headers["content-type"]]).toEqual([401, "application/problem+json"]);
    expect(refused.json()).toMatchObject({ status: 401, code: "CALLER_MISSING" });
  }
  expect(runs()).toBe(0);
});

test("hole 12: a caller that throws refuses the request with its error's status, and nothing runs", async () => {
  let runs = 0;
  const app = await server(
    (routes) => {
      routes.post("/orders", required, async () => ++runs);
    },
    {
      caller: () => {
        throw Object.assign(new Error("sign in first"), { statusCode: 403 });
      },
    },
  );
  const key = freshKey();
  expect([(await post(app, key)).statusCode, (await post(app, key)).statusCode, runs]).toEqual([403, 403, 0]);
});

test("hole 12: a request without an optional key runs without an account", async () => {
  const app = await server(
    (routes) => {
      routes.post("/orders", { config: { idempotency: "optional" } }, async () => "ran");
    },
    { caller: () => undefined },
  );
  expect((await post(app, undefined)).body).toBe("ran");
  expect((await post(app, freshKey())).statusCode).toBe(401);
});
