import { configDefaults, defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import { LongestFirst } from "./test/support/setup/longest-first.js";

// `moonpath/client` and the like lead to the sources, so that nothing must be built to run a test.
const conditions = ["moonpath-source"];

/**
 * What `vitest run --mode quick` leaves out: programs, failovers, races, the output of all of lua/, and
 * files that wait for seconds until a lease ends.
 */
const SLOW = [
  "test/**/*.race.test.ts",
  "test/{command,package,storefront,testing}/**",
  "test/client/{cluster,listen,eviction,faults}.test.ts",
  "test/client/script/noscript.test.ts",
  "test/expiry/{killed-worker,worker.lease}.test.ts",
  "test/idempotency/exactly-once.test.ts",
  "test/lock/{lease,unknown}.test.ts",
  "test/next/app.test.ts",
  "test/scheduler/{leadership,scheduler}.test.ts",
  "test/docs/{examples,links}.test.ts",
  "test/structure/old-names.test.ts",
  "test/tools/{audit,bench,faults,fuzz,models,mutate,prose,release,servers}/**",
  "test/tools/codegen/{cli,commands,disk,emit,golden,lock,report}/**",
  "test/tools/codegen/golden.test.ts",
  "test/tools/codegen/checks/{late-failures,own-scripts}.test.ts",
  "test/tools/codegen/parse/source-limits.test.ts",
];

/**
 * What `npm run test:docker` runs, with all servers in Docker: tests of connections, clusters, Sentinel,
 * PostgreSQL and `moonpath/testing`. `test/client/replication.test.ts` is missing, because its replica
 * connects to a proxy of the test, and `connection/causes.test.ts`, because its server reads a
 * certificate of the test.
 */
const DOCKER = [
  "test/testing/**/*.test.ts",
  "test/**/*cluster.test.ts",
  "test/client/{acl,eviction,faults,lifetime,listen,observer,refusals}.test.ts",
  "test/client/connection/!(causes).test.ts",
  "test/client/script/*.test.ts",
  "test/client/{batching,many}/faults.test.ts",
  "test/{postgres,queues,stock}/**/*.test.ts",
  "test/limit/redis-away.test.ts",
  "test/lock/unknown.test.ts",
];

/**
 * `MOONPATH_CLIENT=ioredis-5` or `iovalkey`: the tests and the sources import this library in place of
 * ioredis. `npm run test:clients` sets it.
 */
const library = process.env["MOONPATH_CLIENT"];
const alias =
  library === "ioredis-5" || library === "iovalkey" ? [{ find: /^ioredis$/, replacement: library }] : [];

/** Every test. */
export const all: ViteUserConfig & Required<Pick<ViteUserConfig, "test">> = {
  resolve: { conditions, alias },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    // One Redis and one cluster of six for the whole run; tests keep apart by random namespaces.
    globalSetup: ["test/support/setup/servers.ts"],
    // For programs that a test starts.
    env: { NODE_OPTIONS: "--conditions=moonpath-source" },
    // Files of one worker share their modules: importing them for each file took more time than the
    // tests.
    isolate: false,
    setupFiles: ["test/support/setup/each-file.ts"],
    pool: "forks",
    // Half of the tests' time is waiting, so two workers a core keep both cores busy.
    maxWorkers: 4,
    // A second run finds the compiled modules of the first. With Docker the run starts without them:
    // the cache makes Vite throw when the stack of an error in the global setup is read.
    experimental: { fsModuleCache: process.env["MOONPATH_SERVERS"] !== "docker" },
    sequence: { sequencer: LongestFirst },
    // A test on a real server takes milliseconds, and on a busy machine seconds. A test that never ends
    // costs one minute.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // One line a file, the same in CI as on a terminal; failures are shown in full.
    reporters: ["default"],
  },
};

const quick = { test: { maxWorkers: 3, exclude: [...configDefaults.exclude, ...SLOW] } };

/** A container starts slowly, and while it does, tests with short leases lack the time of the machine. */
const docker: ViteUserConfig = {
  ...all,
  test: {
    ...all.test,
    include: DOCKER,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
};

export default defineConfig(({ mode }) => {
  if (mode === "docker") return docker;
  return mode === "quick" ? mergeConfig(all, quick) : all;
});
