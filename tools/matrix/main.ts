import { release, type } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { type RedisServer, redisFromUrl, startRedis, TestingError } from "../../src/testing/index.js";
import { ensureRedis } from "../servers/install.js";
import type { Cell } from "./cell.js";
import { clientCells } from "./cells/clients.js";
import { runtimeCells } from "./cells/runtimes.js";
import { MatrixError } from "./install.js";
import { createProject, type Project } from "./project.js";
import { type Group, type Row, record } from "./results.js";

interface Options {
  readonly smoke: boolean;
  readonly only?: readonly string[];
  readonly page: boolean;
}

const cells: Readonly<Record<Group, readonly Cell[]>> = { runtimes: runtimeCells, clients: clientCells };

async function main(): Promise<number> {
  const { group, options } = readArguments();
  const chosen = cells[group].filter(({ id }) => options.only === undefined || options.only.includes(id));
  let server: RedisServer | undefined;
  let project: Project | undefined;
  const rows: Row[] = [];
  try {
    await ensureRedis({ own: true, group: false });
    server = await startRedis({ own: true });
    project = await createProject();
    const engine = await engineOf(server.url);
    const where = `${engine}, ${type()} ${release().split("-")[0]}, ${process.arch}`;
    for (const cell of chosen)
      rows.push(await runCell(group, cell, { project, server, isSmoke: options.smoke }, where));
  } finally {
    await project?.remove();
    await server?.stop();
  }
  if (options.page)
    record(
      group,
      rows,
      cells[group].map(({ id }) => id),
    );
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

async function runCell(
  group: Group,
  cell: Cell,
  context: Parameters<Cell["run"]>[0],
  where: string,
): Promise<Row> {
  const startedAt = performance.now();
  const { ok, figure, output } = await cell.run(context).catch((error: unknown) => {
    if (!(error instanceof MatrixError)) throw error;
    return { ok: false, figure: "", output: error.message };
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const tests = cell.tests[context.isSmoke ? "smoke" : "full"];
  const details = [tests, figure, `${seconds} s`].filter((part) => part !== "").join(", ");
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${cell.id} ${cell.title.replaceAll("`", "")} (${details})\n`);
  if (!ok) process.stdout.write(`${output.trimEnd().replace(/^/gm, "     ")}\n`);
  const day = new Date().toISOString().slice(0, 10);
  return { id: cell.id, group, title: cell.title, tests, ok, figure, where, day };
}

/** The name and version of the server. */
async function engineOf(url: string): Promise<string> {
  const redis = redisFromUrl(url);
  try {
    const info = String(await redis.call("INFO", ["server"]));
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    return valkey ? `Valkey ${valkey}` : `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? "?"}`;
  } finally {
    redis.disconnect();
  }
}

function readArguments(): { group: Group; options: Options } {
  const group: Group = process.argv[2] === "clients" ? "clients" : "runtimes";
  const ids = cells[group].map(({ id }) => id);
  const only = (text: string): string[] => {
    const chosen = text.split(",").map((id) => id.trim());
    if (chosen.every((id) => ids.includes(id))) return chosen;
    throw new InvalidArgumentError(`The cells are ${ids.join(", ")}.`);
  };
  const options = new Command(`npm run test:${group} --`)
    .description(
      group === "runtimes"
        ? "Runs the packed package on each runtime, compiler and test runner of docs/support.md."
        : "Runs the tests of the client with each client library of docs/support.md.",
    )
    .option("--smoke", "run one smoke test of each cell", false)
    .option("--only <cells>", `run only these cells, such as ${ids.slice(0, 2).join(",")}`, only)
    .option("--page", "write the results to docs/support.md", false)
    .addHelpText("after", `\nCells: ${ids.join(", ")}\n\nExample: npm run test:${group} -- --smoke`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(process.argv.slice(3), { from: "user" })
    .opts<Options>();
  return { group, options };
}

process.exitCode = await main().catch((error: unknown) => {
  // No server program was found, or a package cannot be installed: print no stack.
  if (!(error instanceof TestingError || error instanceof MatrixError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return 2;
});
