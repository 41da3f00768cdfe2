import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FOLDER = fileURLToPath(new URL("./peers/", import.meta.url));
const INSTALL_LIMIT_MS = 120_000;

/**
 * Loads a library that the bench measures beside Moonpath. The first use installs the libraries of
 * `peers/package.json`, because nothing else in the repository needs them.
 */
export async function loadPeer(name: string): Promise<unknown> {
  const require = createRequire(`${FOLDER}package.json`);
  try {
    require.resolve(name);
  } catch {
    await install();
  }
  return require(name);
}

async function install(): Promise<void> {
  try {
    await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: FOLDER,
      timeout: INSTALL_LIMIT_MS,
    });
  } catch (cause) {
    throw new Error(`The bench could not install its peers. Run npm ci in ${FOLDER}.`, { cause });
  }
}
