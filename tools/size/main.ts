/**
 * Measures what Moonpath adds to a project with ioredis:
 *
 *     npm run size
 *
 * It packs the package, installs it beside ioredis into an empty folder, and bundles small services
 * there. The exit code is 1 if the package is too large.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { measureBundle, SIZED_BUNDLES } from "./bundles.js";
import { addedTo, exactly, MAX_BYTES, MAX_PACKAGES, packagesIn, withInstalled } from "./installed.js";

const HELP = `Usage: npm run size [-- --parts]

Packs the package, installs it beside ioredis into an empty folder, and prints what it adds. Then it bundles small
services with esbuild, minified and with ioredis outside, and prints their sizes. The exit code is 1 if the package
adds more than ${MAX_PACKAGES} packages or ${MAX_BYTES} bytes.

Options:
  --parts  also print the largest parts of each bundle

Example: npm run size -- --parts
`;

const PACK_LIMIT_MS = 300_000;
const SHOWN_PARTS = 25;

const [option] = process.argv.slice(2);
if (option !== undefined && option !== "--parts") {
  if (option === "--help") process.stdout.write(HELP);
  else process.stderr.write(`error: unknown option ${option}\n\n${HELP}`);
  process.exit(option === "--help" ? 0 : 2);
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const shown = (bytes: number) => `${bytes.toLocaleString("en")} bytes`;

const folder = await mkdtemp(join(tmpdir(), "moonpath-size-"));
try {
  await promisify(execFile)("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: root,
    timeout: PACK_LIMIT_MS,
    maxBuffer: 10_000_000,
  });
  const [tarball] = await readdir(folder);
  if (tarball === undefined) throw new Error("npm pack wrote no file");
  await measure(join(folder, tarball));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(tarball: string): Promise<void> {
  const ioredis = await exactly(root, "ioredis");
  const base = await withInstalled([ioredis], packagesIn);
  await withInstalled([ioredis, tarball], async (project) => {
    const added = addedTo(base, await packagesIn(project));
    const bytes = added.reduce((sum, one) => sum + one.bytes, 0);
    console.log(`beside ${ioredis}: ${added.length} packages, ${shown(bytes)}`);
    for (const one of added) console.log(`  ${one.name}: ${shown(one.bytes)}`);
    if (added.length > MAX_PACKAGES || bytes > MAX_BYTES) process.exitCode = 1;
    for (const bundle of SIZED_BUNDLES) {
      const measured = await measureBundle(project, bundle);
      console.log(`bundle of ${bundle.name}: ${shown(measured.bytes)}`);
      if (option === undefined) continue;
      for (const [name, part] of measured.parts.slice(0, SHOWN_PARTS)) console.log(`  ${part} ${name}`);
    }
  });
}
