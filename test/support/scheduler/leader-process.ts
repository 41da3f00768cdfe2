// Started by scheduler.test.ts: one process of a fleet. Arguments: the namespace, its own name.
import { createMoonpath } from "../../../src/index.js";
import { createScheduler } from "../../../src/scheduler/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";

const [namespace = "", owner = ""] = process.argv.slice(2);
const acme = createMoonpath(redisFromUrl(process.env["REDIS_URL"] ?? ""), {
  namespace,
  deadlineMs: 5_000,
}).tenant("acme");
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const scheduler = createScheduler({
  tenant: acme,
  owner,
  leaseMs: 2_000,
  onLeading: (leading) => tell({ what: leading ? "leads" : "ceded" }),
  jobs: [
    {
      name: "tick",
      schedule: "* * * * * *",
      run: async ({ fence }) => {
        tell({ what: "tick", fence });
        return `by ${owner}`;
      },
    },
  ],
});
scheduler.start();
process.on("SIGTERM", async () => {
  const how = await scheduler.stop();
  tell({ what: how });
  process.exit();
});
tell({ what: "started" });
