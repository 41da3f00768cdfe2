import { expect, test } from "vitest";
import { runChild } from "../support/child.js";
import { freshNamespace } from "../support/redis.js";
import { within } from "../support/wait.js";

test.each(["worker", "sweeper", "scheduler", "counter", "sync"])(
  "code after stop() of a %s runs, also if the process has no connection any more",
  { timeout: 60_000 },
  async (kind) => {
    const child = await runChild("expiry/stop-process.ts", freshNamespace(), kind);
    const stopped = child.line(({ what }) => what === "stopped");
    expect(await within("the process goes on after stop()", stopped, 20_000)).toEqual({ what: "stopped" });
  },
);
