import { describe, expect, test } from "vitest";
import { BusyError } from "../../../src/core/errors.js";
import type { Replay } from "../../../src/http/adapters/index.js";
import { codeOf, order, partsOf, shops } from "../../support/adapters/shops.js";
import { freshKey } from "../../support/http.js";
import { eventually } from "../../support/wait.js";

describe.each(Object.entries(shops))("%s:", (_, shop) => {
  test.each([
    { name: "JSON", body: '{"a":1}', type: "application/json" },
    { name: "text", body: "Grüße 👋", type: "text/plain; charset=utf-8" },
    { name: "bytes", body: Buffer.from([0, 255, 128, 10]), type: "application/octet-stream" },
    { name: "control characters", body: Buffer.alloc(100), type: "application/octet-stream" },
  ])(
    "a reply of $name is replayed with status, kept headers and body, without cookies",
    async ({ body, type }) => {
      let runs = 0;
      const headers = { "content-type": type, "set-cookie": "a=b", location: "/orders/1", "x-other": "1" };
      const url = await shop(async () => {
        runs++;
        return { status: 201, headers, body };
      }, {});
      const key = freshKey();
      const [first, second] = [await partsOf(order(url, key)), await partsOf(order(url, key))];
      expect([first.status, first.body, first.replayed]).toEqual([201, Buffer.from(body), null]);
      expect([second.status, second.body, second.replayed, runs]).toEqual([
        201,
        Buffer.from(body),
        "true",
        1,
      ]);
      expect(first.headers.getSetCookie()).toEqual(["a=b"]);
      const kept = ["content-type", "location", "set-cookie", "x-other"].map((name) =>
        second.headers.get(name),
      );
      expect(kept).toEqual([type, "/orders/1", null, null]);
    },
  );

  test("a reply without a body is replayed without one", async () => {
    const url = await shop(async () => ({ status: 204 }), {});
    const key = freshKey();
    expect((await partsOf(order(url, key))).status).toBe(204);
    const { status, text, replayed } = await partsOf(order(url, key));
    expect([status, text, replayed]).toEqual([204, "", "true"]);
  });

  test("several values of a field are replayed, and those of Set-Cookie stay apart", async () => {
    const cookies = ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2"];
    const headers = { "set-cookie": cookies, link: ["</a>", "</b>"] };
    const url = await shop(async () => ({ headers, body: "ok" }), { headers: ["Set-Cookie", "link"] });
    const key = freshKey();
    await order(url, key);
    const second = await partsOf(order(url, key));
    expect(second.replayed).toBe("true");
    expect([second.headers.getSetCookie(), second.headers.get("link")]).toEqual([cookies, "</a>, </b>"]);
  });

  test("a stream begins before its end, and its request does not run again", async () => {
    let [runs, end] = [0, () => {}];
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    async function* body() {
      yield "first ";
      await ended;
      yield "last";
    }
    const url = await shop(async () => {
      runs++;
      return { headers: { "content-type": "text/plain" }, body: body() };
    }, {});
    const key = freshKey();
    const response = await order(url, key);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("first ");
    expect(await codeOf(order(url, key))).toEqual([409, "REPLY_NOT_KEPT"]);
    end();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("last");
    expect(runs).toBe(1);
  });

  test("a reply above maxReplyBytes is sent whole, and its request does not run again", async () => {
    let runs = 0;
    const body = "x".repeat(300_000);
    const url = await shop(async () => ({ status: 201, body: `${++runs}${body}` }), {});
    const key = freshKey();
    expect((await partsOf(order(url, key))).text).toBe(`1${body}`);
    const second = await partsOf(order(url, key));
    expect([second.status, second.replayed]).toEqual([409, "true"]);
    expect(JSON.parse(second.text)).toMatchObject({ code: "REPLY_NOT_KEPT", firstStatus: 201 });
  });

  test("a handler that throws leaves the key free", async () => {
    let runs = 0;
    const url = await shop(async () => {
      if (++runs === 1) throw new Error("no database");
      return { body: `run ${runs}` };
    }, {});
    const key = freshKey();
    expect((await partsOf(order(url, key))).status).toBe(500);
    expect((await partsOf(order(url, key))).text).toBe("run 2");
    expect((await partsOf(order(url, key))).replayed).toBe("true");
  });

  test("with onFailure unknown, a handler that throws blocks the key until the lease ends", async () => {
    const url = await shop(() => Promise.reject(new Error("timed out")), { onFailure: "unknown" });
    const key = freshKey();
    expect((await partsOf(order(url, key))).status).toBe(500);
    expect(await codeOf(order(url, key))).toEqual([409, "IN_PROGRESS"]);
  });

  test("a retryable error leaves the key free, whatever status its page has", async () => {
    let runs = 0;
    const url = await shop(async () => {
      if (++runs === 1) throw new BusyError("somebody has the lock");
      return { body: `run ${runs}` };
    }, {});
    const key = freshKey();
    // The error page of Express and Hono, that of requestListener, and that of the host.
    expect([409, 423, 500]).toContain((await partsOf(order(url, key))).status);
    expect((await partsOf(order(url, key))).text).toBe("run 2");
  });

  test.each([408, 423, 425, 429, 500, 503])("a reply with status %d leaves the key free", async (status) => {
    let runs = 0;
    const url = await shop(async () => ({ status: ++runs === 1 ? status : 200, body: `${runs}` }), {});
    const key = freshKey();
    expect((await partsOf(order(url, key))).status).toBe(status);
    expect((await partsOf(order(url, key))).text).toBe("2");
  });

  test("a `keep` that throws blocks the key until the lease ends, because the effect exists", async () => {
    let [runs, failing] = [0, true];
    const keep = () => {
      if (failing) throw new Error("no");
      return true;
    };
    const reply = async () => ({
      headers: { "content-length": "1", location: "/orders/1" },
      body: `${++runs}`,
    });
    const url = await shop(reply, { keep, leaseMs: 1_000 });
    const key = freshKey();
    const first = await partsOf(order(url, key));
    expect([first.status, first.headers.get("location"), first.body.length > 1]).toEqual([500, null, true]);
    failing = false;
    // At once, unless the machine is so busy that the lease has ended.
    await eventually("the lease ends", async () => {
      const { status, text } = await partsOf(order(url, key));
      if (status === 409) expect(runs).toBe(1);
      expect([status, text]).toEqual([200, "2"]);
    });
  });

  test("onReplay hears of each replay, and no reply fails with it", async () => {
    const heard: Replay[] = [];
    const onReplay = (replay: Replay) => {
      heard.push(replay);
      if (heard.length === 1) throw new Error("no");
      return Promise.reject(new Error("no"));
    };
    const url = await shop(async () => ({ status: 201, body: "ok" }), { onReplay });
    const key = freshKey();
    await order(url, key);
    expect(heard).toEqual([]);
    for (const _ of [1, 2]) {
      const { status, replayed } = await partsOf(order(url, key));
      expect([status, replayed]).toEqual([201, "true"]);
    }
    expect(await codeOf(order(url, key, { body: '{"lamp":2}' }))).toEqual([422, "PAYLOAD_MISMATCH"]);
    const replay = { method: "POST", route: "/orders", status: 201 };
    expect(heard).toEqual([replay, replay]);
  });
});
