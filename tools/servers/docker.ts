/**
 * Runs the tests of the servers with all servers in Docker:
 *
 *     tsx tools/servers/docker.ts [--required] [arguments of vitest…]
 *
 * Where no Docker engine answers, it says so and exits with 0, or with 1 if `--required` is given.
 */
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { findEngine } from "../../src/testing/docker/engine.js";
import { TestingError } from "../../src/testing/index.js";

const USAGE = `Usage: npm run test:docker -- [--required] [arguments of vitest…]

Runs the tests of the client, clusters, Sentinel, PostgreSQL and moonpath/testing with all servers
in Docker. Without a Docker engine it runs nothing.

  --required   exit with code 1 if no engine answers
  --help       print this text

Example: npm run test:docker -- --required test/client/cluster.test.ts
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const isRequired = args.includes("--required");
  try {
    const { client } = await findEngine();
    const { serverVersion, operatingSystem } = client.info.containerRuntime;
    process.stdout.write(`test:docker: Docker ${serverVersion} on ${operatingSystem}\n`);
  } catch (error) {
    if (!(error instanceof TestingError)) throw error;
    process.stdout.write(`test:docker: ${isRequired ? "FAIL" : "skipped"}: ${error.message}\n`);
    return isRequired ? 1 : 0;
  }
  const rest = args.filter((arg) => arg !== "--required");
  const { status, signal, error } = spawnSync("vitest", ["run", "--mode", "docker", ...rest], {
    stdio: "inherit",
    env: { ...process.env, MOONPATH_SERVERS: "docker" },
  });
  if (error) throw error;
  return status ?? 128 + (signal ? constants.signals[signal] : 0);
}

process.exitCode = await main(process.argv.slice(2));
