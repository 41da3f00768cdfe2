import { inspect } from "node:util";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { safeCause, typedError } from "../../src/client/call/typed-error.js";
import {
  ArgumentError,
  createScriptClient,
  MoonpathError,
  RecordedError,
  ScriptError,
} from "../../src/client/index.js";
import { MAX_MESSAGE_LENGTH, printable } from "../../src/core/printable.js";
import { type RedisServer, startRedis } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { startLyingProxy } from "../support/client/lying-proxy.js";
import { cpuMsSince } from "../support/cpu-time.js";
import { freshNamespace } from "../support/redis.js";

const MEGABYTES = 5_000_000;
const nothing = { keys: [], args: [] };
const answer = (message: string) => Object.assign(new Error(message), { name: "ReplyError" });
const told = (message: string, args: readonly string[] = [], keys: readonly string[] = []) =>
  typedError(scripts.tally.add, { keys, args }, answer(message)).message;

/** All that a log would hold of it. */
function everything(error: unknown): string {
  return [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    error instanceof Error ? error.stack : "",
  ].join("\n");
}

describe("a message of the server", () => {
  test.each([
    ["an unknown code", `WEIRD ${"x".repeat(MEGABYTES)}`],
    ["a code without an end", "X".repeat(MEGABYTES)],
    ["an argument's name", `ARGUMENT tally.add ${"n".repeat(MEGABYTES)}: units`],
    ["what an argument should be", `ARGUMENT tally.add quantity: ${"x".repeat(MEGABYTES)}`],
    ["a line", `CORRUPT total user_script:${"1".repeat(MEGABYTES)}`],
    ["spaces", `CORRUPT total user_script:1${" ".repeat(MEGABYTES)}x`],
    ["control characters", `WEIRD ${"\u0000".repeat(MEGABYTES)}`],
  ])("hole 14: is cut if it has 5 MB (%s)", (_, message) => {
    const start = process.cpuUsage();
    const error = typedError(scripts.tally.add, nothing, answer(message));
    expect(cpuMsSince(start)).toBeLessThan(1_000);
    expect(error.message.length).toBeLessThan(MAX_MESSAGE_LENGTH + 200);
    expect(everything(error).length).toBeLessThan(20_000);
    expect(error.message + (error.cause instanceof Error ? error.cause.message : "")).not.toMatch(/\p{Cc}/u);
  });

  test("hole 14: stays as it is, or ends with a mark if it is cut", () => {
    expect(told("SOMETHING else")).toBe("tally.add 1.2.0: SOMETHING else");
    expect(told(`WEIRD ${"x".repeat(2_000)}`).endsWith("x…")).toBe(true);
  });

  test("hole 14: becomes one line with escaped control characters", () => {
    expect(told("WEIRD \u001b[31mred\u0007\r\nsecond\u2028third\u0085\u202e")).toBe(
      "tally.add 1.2.0: WEIRD \\u001b[31mred\\u0007\\u000d\\u000asecond\\u2028third\\u0085\\u202e",
    );
    expect(printable("\ud83d\ude00 a\ud83d")).toBe("\ud83d\ude00 a\\ud83d");
    expect(printable(`${"x".repeat(998)}\ud83d\ude00yy`)).toBe(`${"x".repeat(998)}…`);
  });

  test.each([
    ["at the cut", 985],
    ["shortly before the cut", 900],
    ["at the beginning", 10],
  ])("hole 14: holds no part of a value that stands %s", (_, before) => {
    for (const length of [500, 1_000_000]) {
      const secret = `secret-${"Zq7".repeat(length)}`;
      const message = told(`WEIRD ${"x".repeat(before)} ${secret} end`, [secret]);
      expect(message).not.toContain("secret");
      expect(message).not.toContain("Zq7");
    }
  });

  test.each([
    ["of 9,000 units", [`secret-${"Zq7".repeat(3_000)}`]],
    ["that overlap", ["secret-one", "one-two-Zq7"]],
    ["with line breaks", ["secret\r\nZq7-and-more"]],
  ])("hole 14: leaves out values %s", (_, args) => {
    const echoed = args
      .join("")
      .replace("secret-oneone", "secret-one")
      .replace(/[\r\n]/g, " ");
    expect(told(`WEIRD ${echoed} end`, args)).toBe("tally.add 1.2.0: WEIRD … end");
  });

  test("hole 14: leaves out a long value that the server has cut", () => {
    const secret = `secret-${"Zq7".repeat(500)}`;
    expect(told(`WEIRD '${secret.slice(0, 128)}'`, [secret])).not.toContain("Zq7");
  });

  test("hole 14: is cleaned within a second if it has 5 MB and a thousand values", () => {
    const args = Array.from({ length: 1_000 }, (_, index) => `order-${"0".repeat(900)}${index}`);
    const keys = Array.from({ length: 1_000 }, (_, index) => `shop:{acme:p${index}}:stock`);
    for (const message of [
      "order-000 ".repeat(500_000),
      args.join(" ").repeat(5),
      "orde".repeat(1_250_000),
    ]) {
      const start = process.cpuUsage();
      const cause = safeCause(answer(`WEIRD ${message}`), { keys, args }, []);
      expect(cpuMsSince(start)).toBeLessThan(1_000);
      expect(cause.message.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    }
  });
});

describe("an error of the client", () => {
  test.each([
    ["ArgumentError", (text: string) => new ArgumentError("a", text)],
    ["ScriptError", (text: string) => new ScriptError(text)],
    ["RecordedError", (text: string) => new RecordedError(text)],
  ])("hole 14: has a short and printable message (%s)", (_, make) => {
    const error = make(`\u001b[2J${"x".repeat(MEGABYTES)}`);
    expect(error.message.length).toBeLessThan(MAX_MESSAGE_LENGTH + 200);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });
});

describe("a hostile server", () => {
  test.each([
    { name: "EVALSHA", code: "SCRIPT", asked: /\r\nevalsha\r\n/i },
    // The server has loaded the script all the same, so the call runs, and no replica confirms it.
    { name: "SCRIPT LOAD", code: "NOT_REPLICATED", asked: /\r\nload\r\n/i },
    { name: "WAIT", code: "NOT_REPLICATED", asked: /\r\nwait\r\n/i },
  ])(
    "hole 14: causes a short, printable error if it answers $name with 5 MB of control characters",
    async ({ code, asked }) => {
      const server: RedisServer = await startRedis({ own: true });
      const lie = `-WEIRD ${"\u001b[31m".repeat(MEGABYTES / 5)}\r\n`;
      const proxy = await startLyingProxy(server, (reply, request) => (asked.test(request) ? lie : reply));
      const redis = new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password });
      redis.on("error", () => {});
      const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
      afterTest(
        () => server.stop(),
        () => proxy.stop(),
        () => redis.disconnect(),
        () => client.close(),
      );
      const { tally } = client.tenant("acme");
      // One after the other: the lie answers all that came in one piece.
      const ready = await client.ready().catch((error: unknown) => error);
      const call = await errorOf(
        tally.bump({ tally: "a", change: 1 }, { minReplicas: 1, replicaWaitMs: 20 }),
      );
      expect(call).toMatchObject({ code });
      const ends = [ready, call];
      for (const end of ends) {
        if (end === undefined) continue;
        expect(end).toBeInstanceOf(MoonpathError);
        expect(everything(end).length).toBeLessThan(20_000);
        expect(everything(end).replace(/\n/g, "")).not.toMatch(/\p{Cc}/u);
      }
    },
  );
});
