/**
 * Starts real servers and runs a command:
 *
 *     tsx tools/servers/run.ts [--postgres] [--cluster] -- command arguments…
 *
 * The command gets REDIS_URL (with --cluster, all nodes of a cluster) and DATABASE_URL. The program
 * forwards signals to the command, stops the servers after it, and exits with its exit code.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { startPostgres, startRedis, startRedisCluster, TestingError } from "../../src/testing/index.js";
import { ensureRedis } from "./install.js";

const USAGE = "Usage: tsx tools/servers/run.ts [--postgres] [--cluster] -- command arguments…";

interface RunOptions {
  readonly postgres: boolean;
  readonly cluster: boolean;
  readonly command: string;
  readonly args: readonly string[];
}

function parse(args: readonly string[]): RunOptions {
  const split = args.indexOf("--");
  const flags = args.slice(0, split);
  const [command, ...rest] = args.slice(split + 1);
  const unknown = flags.find((flag) => flag !== "--postgres" && flag !== "--cluster");
  if (split < 0 || command === undefined || unknown !== undefined) {
    throw new TestingError(
      "TESTING_BAD_OPTION",
      unknown === undefined ? USAGE : `Unknown option ${unknown}. ${USAGE}`,
    );
  }
  return {
    postgres: flags.includes("--postgres"),
    cluster: flags.includes("--cluster"),
    command,
    args: rest,
  };
}

/**
 * Resolves with the command's exit code. After a signal, it is 128 plus the signal's number, as in
 * a shell.
 */
function runCommand({ command, args }: RunOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // A terminal sends SIGINT to the command as well.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new TestingError("TESTING_BAD_OPTION", `Cannot run ${command}: ${error.message}`)),
    );
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const options = parse(process.argv.slice(2));
  const servers: { readonly stop: () => Promise<void> }[] = [];
  const env = { ...process.env };
  try {
    await ensureRedis({ own: false, group: options.cluster });
    const redis = options.cluster ? await startRedisCluster() : await startRedis();
    servers.push(redis);
    env["REDIS_URL"] = redis.url;
    if (options.postgres) {
      const postgres = await startPostgres();
      servers.push(postgres);
      env["DATABASE_URL"] = postgres.url;
    }
    return await runCommand(options, env);
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof TestingError ? `${error.code}: ` : ""}${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
