import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { typedError } from "../../src/client/call/typed-error.js";
import * as client from "../../src/client/index.js";
import { createScriptClient, errorTable, MoonpathError } from "../../src/client/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const redis = sharedRedis();
const namespace = freshNamespace();
const moonpath = createScriptClient(redis, scripts, { namespace });
const { tally } = moonpath.tenant("acme");
const key = (name: string) => `${namespace}:{acme:${name}}:tally`;

describe("the table of errors", () => {
  test("has one class for each code, and one code for each class", () => {
    const classes = Object.values(client).filter(
      (value) => typeof value === "function" && value.prototype instanceof MoonpathError,
    );
    const names = classes.map((value) => (typeof value === "function" ? value.name : ""));
    const expected = Object.keys(errorTable).map(
      (code) =>
        `${code.replace(/(^|_)([A-Z])([A-Z]*)/g, (_all, _gap, first, rest) => first + rest.toLowerCase())}Error`,
    );
    expect(names.sort()).toEqual(expected.sort());
  });

  test("says everything of every code", () => {
    for (const { meaning, action, status } of Object.values(errorTable)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(action).toMatch(/^[A-Z].*\.$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});

describe("an error of a script", () => {
  test("names script, version and source line for a wrong type", async () => {
    await redis.set(key("wrong"), "text");
    const error = await errorOf(tally.add({ tally: "wrong", change: 1 }));
    expect(error).toBeInstanceOf(client.WrongTypeError);
    expect(error).toMatchObject({
      code: "WRONG_TYPE",
      message:
        "tally.add 1.2.0 at lua/tally/add.lua:30: WRONGTYPE Operation against a key holding the wrong kind of value",
      script: "tally.add",
      version: "1.2.0",
      keyPatterns: ["<namespace>:{<tenant>:<tally>}:tally"],
      source: "lua/tally/add.lua:30",
      retryable: false,
      status: 500,
    });
  });

  test.each([
    ["CORRUPT total user_script:2", "CORRUPT", "lua/tally/raise.lua:20", "CORRUPT total"],
    ["CORRUPT total at user_script:4: ", "CORRUPT", "lua/tally/raise.lua:40", "CORRUPT total"],
    [
      "ARGUMENT tally.raise starts_at_ms, ends_at_ms: in order",
      "ARGUMENT",
      "lua/tally/raise.lua:30",
      "argument startsAtMs, endsAtMs: in order",
    ],
    ["CORRUPT total", "CORRUPT", "lua/tally/raise.lua:30", "CORRUPT total"],
    ["CORRUPT total user_script:99", "CORRUPT", "generated/lua/tally/raise.lua:99", "CORRUPT total"],
    [
      "ARGUMENT tally.raise quantity: units",
      "ARGUMENT",
      "lua/tally/raise.lua:30",
      "argument quantity: units",
    ],
    ["SOMETHING else", "SCRIPT", "lua/tally/raise.lua:30", null],
    ["OOM no room", "OUT_OF_MEMORY", "lua/tally/raise.lua:30", null],
  ])("maps %j to %s", async (message, code, source, detail) => {
    const error = await errorOf(tally.raise({ tally: "a", message }, { deadlineMs: 300 }));
    expect(error).toMatchObject({ code, source, script: "tally.raise" });
    if (detail !== null)
      expect(error).toMatchObject({ message: `tally.raise 1.2.0 at ${source}: ${detail}` });
  });

  test("names the field of a reply that is not as declared", async () => {
    const error = await errorOf(tally.drifted({ tally: "a" }));
    expect(error).toMatchObject({ code: "REPLY", field: "total", script: "tally.drifted" });
  });
});

describe("no error holds a key, an argument or a stored value", () => {
  const secret = "secret-Zq7";
  afterEach(() => redis.del(key(secret)));

  const everything = (error: unknown) =>
    inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);

  test.each([
    [
      "a wrong type",
      () => redis.set(key(secret), secret),
      () => tally.add({ tally: secret, change: 1, operation: secret }),
    ],
    [
      "a corrupt field",
      () => redis.hset(key(secret), "total", secret),
      () => tally.add({ tally: secret, change: 1 }),
    ],
    ["a message of the script", null, () => tally.raise({ tally: secret, message: `FAILED on ${secret}` })],
    [
      "an unknown command's arguments",
      null,
      () =>
        tally.raise({
          tally: "a",
          message: `ERR unknown command 'x', with args beginning with: 'y${secret}'`,
        }),
    ],
    ["a reply", null, () => tally.drifted({ tally: secret })],
    ["an argument", null, () => tally.add({ tally: `${secret}{}`, change: 1 })],
    ["the deadline", null, () => tally.spin({ tally: secret, change: 20_000 }, { deadlineMs: 20 })],
  ])("%s", async (_, prepare, call) => {
    await prepare?.();
    const error = await errorOf(call());
    expect(error).toBeInstanceOf(MoonpathError);
    expect(everything(error)).not.toContain(secret);
    expect(everything(error)).toContain("tally");
  });
});

test.each([
  ["one of which is a part of the other", ["secret", "secret-Zq7"], "FAILED on secret-Zq7"],
  ["with line breaks, for which Redis puts spaces", ["name\r\nsecret-Zq7"], "FAILED on name  secret-Zq7"],
])("a message echoes arguments %s", (_, args, message) => {
  const answer = Object.assign(new Error(message), { name: "ReplyError" });
  const error = typedError(scripts.tally.add, { keys: [], args }, answer);
  expect(error.message).toBe("tally.add 1.2.0: FAILED on …");
});

describe("arguments of plain JavaScript", () => {
  const misuse: [string, string, () => Promise<unknown>][] = [
    ["none", "args", () => Reflect.apply(tally.read, undefined, [])],
    ["null", "args", () => Reflect.apply(tally.read, undefined, [null])],
    ["a missing field", "tally", () => Reflect.apply(tally.read, undefined, [{}])],
    [
      "text for a number",
      "change",
      () => Reflect.apply(tally.bump, undefined, [{ tally: "a", change: "5" }]),
    ],
    ["NaN", "change", () => tally.bump({ tally: "a", change: Number.NaN })],
    ["a fraction", "change", () => tally.bump({ tally: "a", change: 1.5 })],
    ["a number out of bounds", "change", () => tally.bump({ tally: "a", change: -1 })],
    ["no time", "deadlineMs", () => tally.read({ tally: "a" }, { deadlineMs: 0 })],
    [
      "an endless deadline",
      "deadlineMs",
      () => tally.read({ tally: "a" }, { deadlineMs: Number.POSITIVE_INFINITY }),
    ],
    ["null for options", "options", () => Reflect.apply(tally.read, undefined, [{ tally: "a" }, null])],
    [
      "a text for a signal",
      "signal",
      () => Reflect.apply(tally.read, undefined, [{ tally: "a" }, { signal: "now" }]),
    ],
    [
      "a getter that throws",
      "args",
      () =>
        tally.read({
          get tally(): string {
            throw new Error("secret");
          },
        }),
    ],
  ];
  test.each(misuse)("%s is an ArgumentError that names script and argument", async (_, argument, call) => {
    expect(await errorOf(call())).toMatchObject({
      code: "ARGUMENT",
      argument,
      script: expect.stringMatching(/^tally\./),
    });
  });

  test.each([
    ["namespace", () => createScriptClient(redis, scripts, { namespace: "a:b" })],
    ["tenant", () => moonpath.tenant("a{b}")],
    ["tenant", () => moonpath.tenant("")],
    ["tenant", () => moonpath.tenant("a\n")],
    ["deadlineMs", () => createScriptClient(redis, scripts, { deadlineMs: Number.NaN })],
    ["retries", () => createScriptClient(redis, scripts, { retries: -1 })],
    ["redis", () => createScriptClient(sharedRedis({ keyPrefix: "x:", lazyConnect: true }), scripts)],
  ])("a client is refused for its %s", (argument, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
  });
});
