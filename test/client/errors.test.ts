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

  test("gives every code a meaning, an action and an HTTP status", () => {
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
    {
      message: "CORRUPT total user_script:2",
      code: "CORRUPT",
      source: "lua/tally/raise.lua:20",
      detail: "CORRUPT total",
    },
    {
      message: "CORRUPT total at user_script:4: ",
      code: "CORRUPT",
      source: "lua/tally/raise.lua:40",
      detail: "CORRUPT total",
    },
    {
      message: "ARGUMENT tally.raise starts_at_ms, ends_at_ms: in order",
      code: "ARGUMENT",
      source: "lua/tally/raise.lua:30",
      detail: "argument startsAtMs, endsAtMs: in order",
    },
    { message: "CORRUPT total", code: "CORRUPT", source: "lua/tally/raise.lua:30", detail: "CORRUPT total" },
    {
      message: "CORRUPT total user_script:99",
      code: "CORRUPT",
      source: "generated/lua/tally/raise.lua:99",
      detail: "CORRUPT total",
    },
    {
      message: "ARGUMENT tally.raise quantity: units",
      code: "ARGUMENT",
      source: "lua/tally/raise.lua:30",
      detail: "argument quantity: units",
    },
    {
      message: "ARGUMENT limits, sale.units: not so many",
      code: "ARGUMENT",
      source: "lua/tally/raise.lua:30",
      detail: "argument limits, sale.units: not so many",
    },
    {
      message: "ARGUMENT tally.raise expected 1 key and 1 argument",
      code: "ARGUMENT",
      source: "lua/tally/raise.lua:30",
      detail: "argument args: expected 1 key and 1 argument",
    },
    {
      message: "ARGUMENT too many",
      code: "ARGUMENT",
      source: "lua/tally/raise.lua:30",
      detail: "argument args: too many",
    },
    { message: "SOMETHING else", code: "SCRIPT", source: "lua/tally/raise.lua:30", detail: null },
    { message: "OOM no room", code: "OUT_OF_MEMORY", source: "lua/tally/raise.lua:30", detail: null },
  ])("with the message $message has the code $code", async ({ message, code, source, detail }) => {
    const error = await errorOf(tally.raise({ tally: "a", message }, { deadlineMs: 300 }));
    expect(error).toMatchObject({ code, source, script: "tally.raise" });
    if (detail !== null)
      expect(error).toMatchObject({ message: `tally.raise 1.2.0 at ${source}: ${detail}` });
  });

  test("names the field of a reply that differs from its declaration", async () => {
    const error = await errorOf(tally.drifted({ tally: "a" }));
    expect(error).toMatchObject({ code: "REPLY", field: "total", script: "tally.drifted" });
  });
});

describe("the text of an error", () => {
  const secret = "secret-Zq7";
  afterEach(() => redis.del(key(secret)));

  const everything = (error: unknown) =>
    inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);

  test.each([
    {
      name: "a wrong type",
      prepare: () => redis.set(key(secret), secret),
      call: () => tally.add({ tally: secret, change: 1, operation: secret }),
    },
    {
      name: "a corrupt field",
      prepare: () => redis.hset(key(secret), "total", secret),
      call: () => tally.add({ tally: secret, change: 1 }),
    },
    {
      name: "a message of the script",
      prepare: null,
      call: () => tally.raise({ tally: secret, message: `FAILED on ${secret}` }),
    },
    {
      name: "the arguments of an unknown command",
      prepare: null,
      call: () =>
        tally.raise({
          tally: "a",
          message: `ERR unknown command 'x', with args beginning with: 'y${secret}'`,
        }),
    },
    { name: "a reply", prepare: null, call: () => tally.drifted({ tally: secret }) },
    { name: "an argument", prepare: null, call: () => tally.add({ tally: `${secret}{}`, change: 1 }) },
    {
      name: "the deadline",
      prepare: null,
      call: () => tally.spin({ tally: secret, change: 20_000 }, { deadlineMs: 20 }),
    },
  ])("holds no key, argument or stored value after $name", async ({ prepare, call }) => {
    await prepare?.();
    const error = await errorOf(call());
    expect(error).toBeInstanceOf(MoonpathError);
    expect(everything(error)).not.toContain(secret);
    expect(everything(error)).toContain("tally");
  });
});

test.each([
  {
    name: "an argument that contains another",
    args: ["secret", "secret-Zq7"],
    message: "FAILED on secret-Zq7",
  },
  {
    name: "an argument with line breaks",
    args: ["name\r\nsecret-Zq7"],
    message: "FAILED on name  secret-Zq7",
  },
])("an error's message leaves out $name", ({ args, message }) => {
  const answer = Object.assign(new Error(message), { name: "ReplyError" });
  const error = typedError(scripts.tally.add, { keys: [], args }, answer);
  expect(error.message).toBe("tally.add 1.2.0: FAILED on …");
});

describe("a client in plain JavaScript", () => {
  const misuse: { name: string; argument: string; call: () => Promise<unknown> }[] = [
    { name: "no arguments", argument: "args", call: () => Reflect.apply(tally.read, undefined, []) },
    { name: "null", argument: "args", call: () => Reflect.apply(tally.read, undefined, [null]) },
    { name: "a missing field", argument: "tally", call: () => Reflect.apply(tally.read, undefined, [{}]) },
    {
      name: "text for a number",
      argument: "change",
      call: () => Reflect.apply(tally.bump, undefined, [{ tally: "a", change: "5" }]),
    },
    { name: "NaN", argument: "change", call: () => tally.bump({ tally: "a", change: Number.NaN }) },
    { name: "a fraction", argument: "change", call: () => tally.bump({ tally: "a", change: 1.5 }) },
    {
      name: "a number out of bounds",
      argument: "change",
      call: () => tally.bump({ tally: "a", change: -1 }),
    },
    {
      name: "a deadline of 0 ms",
      argument: "deadlineMs",
      call: () => tally.read({ tally: "a" }, { deadlineMs: 0 }),
    },
    {
      name: "an endless deadline",
      argument: "deadlineMs",
      call: () => tally.read({ tally: "a" }, { deadlineMs: Number.POSITIVE_INFINITY }),
    },
    {
      name: "null for options",
      argument: "options",
      call: () => Reflect.apply(tally.read, undefined, [{ tally: "a" }, null]),
    },
    {
      name: "a text for a signal",
      argument: "signal",
      call: () => Reflect.apply(tally.read, undefined, [{ tally: "a" }, { signal: "now" }]),
    },
    {
      name: "a getter that throws",
      argument: "args",
      call: () =>
        tally.read({
          get tally(): string {
            throw new Error("secret");
          },
        }),
    },
  ];
  test.each(misuse)("refuses a call with $name by script and argument", async ({ argument, call }) => {
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
  ])("refuses a wrong %s", (argument, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "ARGUMENT", argument }));
  });
});
