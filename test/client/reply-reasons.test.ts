import { Command, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createMoonpath, replyReasons } from "../../src/index.js";
import { afterTest } from "../support/cleanup.js";
import { clientOver, single } from "../support/client/connections.js";
import { errorOf } from "../support/client/fixtures.js";
import { startLyingProxy } from "../support/client/lying-proxy.js";
import { freshNamespace } from "../support/redis.js";

/** A call of a single form, and one of a many form. */
function start(options: { host: string; port: number; password: string }) {
  const redis = new Redis(options);
  const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000 });
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  const { stock } = moonpath.tenant("acme");
  const args = { product: "lamp", low: 0 };
  const single = () => stock.read(args, { batching: false });
  const many = async () => {
    const [first] = await stock.read.many([args, { ...args, product: "vase" }]);
    if (first?.ok === false) throw first.error;
  };
  return { redis, moonpath, single, many };
}

function expected(reason: keyof typeof replyReasons) {
  const advice = replyReasons[reason];
  return { code: "REPLY", reason, message: expect.stringMatching(new RegExp(`; ${escaped(advice)}$`)) };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("a REPLY error has the reason, and its advice", () => {
  test("contract: the script replies with something else than declared", async () => {
    const { tally } = clientOver(new Redis(single()));
    const error = await errorOf(tally.drifted({ tally: "a" }));
    expect(error).toMatchObject({ ...expected("contract"), field: "total" });
  });

  test("queued: the caller has an open transaction on the connection", async () => {
    const { redis, moonpath, ...calls } = start(single());
    await moonpath.ready();
    for (const call of [calls.single, calls.many]) {
      await redis.multi({ pipeline: false });
      expect(await errorOf(call())).toMatchObject(expected("queued"));
      await redis.exec();
      await call();
    }
  });

  test("transformed: a reply transformer of ioredis changes the reply", async () => {
    const { moonpath, ...calls } = start(single());
    await moonpath.ready();
    Command.setReplyTransformer("evalsha", (reply) => ({ reply }));
    afterTest(() => Command.setReplyTransformer("evalsha", (reply) => reply));
    // A single call receives its reply as the parser has it.
    expect(await calls.single()).toMatchObject({ outcome: "unknown" });
    expect(await errorOf(calls.many())).toMatchObject(expected("transformed"));
  });

  test("packed: a proxy changes the bytes of a batch", async () => {
    const target = single();
    // The reply is a list with one text of bytes. Its bytes are overwritten.
    const lie = (reply: string, request: string) =>
      /evalsha/i.test(request) && /^\*1\r\n\$\d+\r\n/.test(reply)
        ? reply.replace(
            /^(\*1\r\n\$\d+\r\n)([\s\S]*)(\r\n)$/,
            (_, head, bytes, end) => head + "\xc1".repeat(bytes.length) + end,
          )
        : reply;
    const proxy = await startLyingProxy(target, lie);
    afterTest(() => proxy.stop());
    const { moonpath, many } = start({ ...target, host: "127.0.0.1", port: proxy.port });
    await moonpath.ready();
    expect(await errorOf(many())).toMatchObject(expected("packed"));
  });
});
