/**
 * Runs a command with real servers at hand:
 *
 *     tsx src/testing/run.ts [--postgres] [--cluster] -- command arguments…
 *
 * The command finds Redis in REDIS_URL (with --cluster, all nodes of a cluster) and PostgreSQL in DATABASE_URL.
 * Its exit code becomes ours, signals are passed on to it, and the servers end with it.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { startRedisCluster } from "./cluster.js";
import { reasonOf, TestingError } from "./errors.js";
import { startPostgres } from "./postgres.js";
import { startRedis } from "./redis.js";

const usage = "Usage: tsx src/testing/run.ts [--postgres] [--cluster] -- command arguments…";

interface Wish {
  readonly postgres: boolean;
  readonly cluster: boolean;
  readonly command: string;
  readonly args: readonly string[];
}

function parse(args: readonly string[]): Wish {
  const split = args.indexOf("--");
  const options = args.slice(0, split);
  const [command, ...rest] = args.slice(split + 1);
  const unknown = options.find((option) => option !== "--postgres" && option !== "--cluster");
  if (split < 0 || command === undefined || unknown !== undefined) {
    throw new TestingError(
      "TESTING_BAD_OPTION",
      unknown === undefined ? usage : `Unknown option ${unknown}. ${usage}`,
    );
  }
  return {
    postgres: options.includes("--postgres"),
    cluster: options.includes("--cluster"),
    command,
    args: rest,
  };
}

/** Resolves with the command's exit code: 128 and the signal's number if a signal ended it, as in a shell. */
function runCommand({ command, args }: Wish, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // A terminal sends Ctrl-C to the command as well as to us.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new TestingError("TESTING_BAD_OPTION", `Cannot run ${command}: ${error.message}`)),
    );
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

async function main(): Promise<number> {
  const wish = parse(process.argv.slice(2));
  const servers: { readonly stop: () => Promise<void> }[] = [];
  const env = { ...process.env };
  try {
    const redis = wish.cluster ? await startRedisCluster() : await startRedis();
    servers.push(redis);
    env["REDIS_URL"] = redis.url;
    if (wish.postgres) {
      const postgres = await startPostgres();
      servers.push(postgres);
      env["DATABASE_URL"] = postgres.url;
    }
    return await runCommand(wish, env);
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof TestingError ? `${error.code}: ` : ""}${reasonOf(error)}\n`);
    process.exitCode = 1;
  },
);
