import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findProgram, type Machine } from "../../../src/testing/process/machine.js";
import { ensureNginx, ensureRedis } from "../../../tools/servers/install.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "moonpath-install-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The programs of the system that Node and the installation need, and no Redis. */
const SYSTEM_PROGRAMS = ["cat", "chmod", "flock", "rm", "sh", "timeout"];

/** Makes a folder for the PATH whose apt-get appends its arguments to `calls`, and then runs `body`. */
async function pathWithApt(body: string): Promise<string> {
  for (const name of SYSTEM_PROGRAMS) {
    const program = findProgram(name, process.env["PATH"] ?? "");
    if (program !== undefined) await symlink(program, join(folder, name));
  }
  await executable("apt-get", `echo "$@" >>"${folder}/calls"\n${body}`);
  return folder;
}

async function executable(name: string, body: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, name), 0o755);
}

async function aptCalls(): Promise<string[]> {
  const text = await readFile(join(folder, "calls"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean);
}

const sourceUrl = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);

/** Runs a module in a process of its own with this PATH, and without servers in the environment. */
function runModule(code: string, path: string): Promise<{ readonly out: string; readonly err: string }> {
  const { REDIS_URL: _, MOONPATH_REDIS_BINARY: __, MOONPATH_SERVERS: ___, ...env } = process.env;
  const args = ["--import", "tsx", "--input-type=module", "-e", code];
  const options = { env: { ...env, PATH: path }, cwd: fileURLToPath(new URL("../../..", import.meta.url)) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, out, err) => {
      if (error) reject(error);
      else resolve({ out: out.trim(), err: err.trim() });
    });
  });
}

const installCode = () => `
  import { installRedis } from ${sourceUrl("tools/servers/install.ts")};
  const files = { lock: ${JSON.stringify(join(folder, "lock"))}, policy: ${JSON.stringify(join(folder, "policy"))} };
  await installRedis(files).then(() => console.log("installed"), ({ name, message }) => console.log(name, message));
`;

/** Copies the policy file that is in force while apt-get runs, and installs a redis-server. */
const WORKING_APT = () => `cp_policy() { cat "${folder}/policy" >"${folder}/policy-seen"; }
case "$*" in
  *install*) cp_policy; printf '#!/bin/sh\\n' >"${folder}/redis-server"; chmod 755 "${folder}/redis-server";;
esac`;

describe("moonpath/testing", () => {
  test("never runs apt-get, and its error names the commands to run", async () => {
    const path = await pathWithApt("");
    const { out } = await runModule(
      `import { startRedis } from ${sourceUrl("src/testing/index.ts")};
       await startRedis().then(() => console.log("started"), ({ code, message }) => console.log(code, message));`,
      path,
    );
    // An engine of Docker may answer on the machine of a developer.
    if (out !== "started") {
      expect(out).toMatch(/^TESTING_NO_REDIS /);
      expect(out).toContain("sudo apt-get install redis-server");
      expect(out).toContain("brew install redis");
      expect(out).toContain("npm install --save-dev testcontainers");
    }
    expect(await aptCalls()).toEqual([]);
  }, 60_000);

  test("has no source file that calls a package manager", async () => {
    const sources = new URL("../../../src/", import.meta.url);
    const files = await readdir(sources, { recursive: true });
    const callers: string[] = [];
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const text = await readFile(new URL(file, sources), "utf8");
      if (/flock|DEBIAN_FRONTEND|servers\/install/.test(text)) callers.push(file);
    }
    expect(callers).toEqual([]);
  });
});

describe("installRedis", () => {
  test("announces the installation and prevents the package from starting a service", async () => {
    const path = await pathWithApt(WORKING_APT());
    const { out, err } = await runModule(installCode(), path);
    expect(out).toBe("installed");
    expect(err).toBe("moonpath: found no Redis server; installing the package redis-server with apt-get");
    const options = "-q -y -o DPkg::Lock::Timeout=60 -o Acquire::Retries=2";
    expect(await aptCalls()).toEqual([
      `${options} update`,
      `${options} install --no-install-recommends redis-server`,
    ]);
    expect(await readFile(join(folder, "policy-seen"), "utf8")).toBe("#!/bin/sh\nexit 101\n");
    expect(await readdir(folder)).not.toContain("policy");
  }, 60_000);

  test("does nothing if another process has installed the program in the meantime", async () => {
    const path = await pathWithApt(WORKING_APT());
    await executable("redis-server", "");
    const { out } = await runModule(installCode(), path);
    expect(out).toBe("installed");
    expect(await aptCalls()).toEqual([]);
  }, 60_000);

  test("keeps an existing policy-rc.d and reports the last lines of a failed apt-get", async () => {
    const path = await pathWithApt('echo "E: no space left" >&2\nexit 100');
    await writeFile(join(folder, "policy"), "the machine's own");
    const { out } = await runModule(installCode(), path);
    expect(out).toMatch(/^InstallError The installation of redis-server with apt-get exited with code 100\./);
    expect(out).toContain("  E: no space left");
    expect(await readFile(join(folder, "policy"), "utf8")).toBe("the machine's own");
  }, 60_000);
});

describe("ensureRedis", () => {
  const bare: Machine = { env: {}, findProgram: () => undefined, isDockerAvailable: async () => false };

  async function installs(
    need: Parameters<typeof ensureRedis>[0],
    machine: Partial<Machine>,
    canInstall = true,
  ): Promise<number> {
    let count = 0;
    const install = async () => void count++;
    await ensureRedis(need, { ...bare, ...machine }, { canInstall: () => canInstall, install });
    return count;
  }

  const single = { own: false };
  const group = { own: true, group: true };
  const docker = { isDockerAvailable: async () => true };

  test.each([
    { name: "nothing is there", need: single, machine: {}, count: 1 },
    { name: "this process may not install", need: single, machine: {}, canInstall: false, count: 0 },
    { name: "REDIS_URL is set", need: single, machine: { env: { REDIS_URL: "redis://a:1" } }, count: 0 },
    { name: "a program is there", need: single, machine: { findProgram: () => "/bin/redis" }, count: 0 },
    { name: "Docker answers", need: single, machine: docker, count: 0 },
    { name: "a group is needed, and Docker answers", need: group, machine: docker, count: 0 },
    {
      name: "a named program is missing",
      need: single,
      machine: { env: { MOONPATH_REDIS_BINARY: "redis-9" } },
      count: 0,
    },
  ])("installs $count times if $name", async ({ need, machine, canInstall, count }) => {
    expect(await installs(need, machine, canInstall)).toBe(count);
  });
});

describe("ensureNginx", () => {
  test("installs it only if it is missing and may be installed, and says why it is not there", async () => {
    let count = 0;
    const installer = (canInstall: boolean) => ({
      canInstall: () => canInstall,
      install: async () => void count++,
    });
    expect(await ensureNginx(() => true, installer(true))).toBeUndefined();
    expect(count).toBe(0);
    expect(await ensureNginx(() => false, installer(false))).toBe(
      "there is no nginx with its purge module; run apt-get install nginx libnginx-mod-http-cache-purge",
    );
    expect(count).toBe(0);
    expect(await ensureNginx(() => false, installer(true))).toBeUndefined();
    expect(count).toBe(1);
  });
});
